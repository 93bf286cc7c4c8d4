using System.Globalization;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Core.Guards;

/// <summary>What is known when a decision asks to take effect.</summary>
/// <param name="Halted">That enforcement in the tenant is halted and why, in one sentence; null while it is not.</param>
/// <param name="Protected">What protects it; null when nothing does.</param>
/// <param name="CoolsUntil">One like it was undone by hand, and there is none before this time (UTC); null: no such thing.</param>
/// <param name="Others">Different things of its scope that were decided against in the tenant (tenants: in all) within the window, without its own.</param>
/// <param name="Known">Principals known of the tenant; null where nobody has counted.</param>
/// <param name="Within">What is protected of a tenant that all of is aimed at: ids or patterns of principals; empty otherwise.</param>
public sealed record AdmissionFacts(
    string? Halted = null, string? Protected = null, DateTime? CoolsUntil = null, int Others = 0, int? Known = null, IReadOnlyList<string>? Within = null);

/// <summary>Whether a decision takes effect.</summary>
/// <param name="State"><see cref="DecisionState.Active"/>, <see cref="DecisionState.Simulated"/>, <see cref="DecisionState.Held"/> or <see cref="DecisionState.Refused"/>.</param>
/// <param name="Reason">In one sentence.</param>
public sealed record Admission(DecisionState State, string Reason);

/// <summary>The guards in their order: what refuses comes before what asks.</summary>
public static class AdmissionPolicy
{
    /// <param name="approved">A person has approved it: nobody is asked again, and what refuses still refuses.</param>
    public static Admission Judge(GuardOptions options, Decision decision, AdmissionFacts facts, bool approved = false)
    {
        if (decision.Simulated) return new Admission(DecisionState.Simulated, "would have acted: the decision is a dry run");
        if (Refusal(options, decision, facts) is { } refusal) return new Admission(DecisionState.Refused, refusal);
        if (!approved && Question(options, decision, facts) is { } question) return new Admission(DecisionState.Held, question);
        return new Admission(DecisionState.Active, "no guard objects");
    }

    private static string? Refusal(GuardOptions options, Decision decision, AdmissionFacts facts)
    {
        if (options.DryRun.Contains(decision.Type)) return $"would have acted: {Names.Of(decision.Type)} is a dry run (response.dry_run)";
        if (facts.Halted is { } halted) return halted;
        if (facts.Protected is { } reason) return reason;
        return facts.CoolsUntil is { } until
            ? string.Create(CultureInfo.InvariantCulture, $"one like it was undone by hand: none again before {until:yyyy-MM-dd HH:mm:ss'Z'} (response.guards.cool_off)")
            : null;
    }

    private static string? Question(GuardOptions options, Decision decision, AdmissionFacts facts)
    {
        if (options.Approval.Types.Contains(decision.Type)) return $"{Names.Of(decision.Type)} needs approval (response.guards.approval.types)";
        if (options.Approval.Ranges && decision.Scope == DecisionScope.Address && AddressRange.TryParse(decision.Value, out var range) && IsMany(range))
            return "a range of addresses needs approval (response.guards.approval.ranges)";
        if (options.Approval.Tenants && decision.Scope == DecisionScope.Tenant) return $"everybody of a tenant needs approval (response.guards.approval.tenants){Reached(facts)}";
        if (facts.Within is { Count: > 0 }) return $"it would reach the protected as well{Reached(facts)}";
        var allowed = options.BlastRadius.Allowed(decision.Scope, facts.Known);
        return facts.Others < allowed
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"it would be number {facts.Others + 1} of its kind ({Names.Of(decision.Scope)}){(decision.Scope == DecisionScope.Tenant ? "" : " in the tenant")} within {options.BlastRadius.Window:c}, and {allowed} are allowed (response.guards.blast_radius)");
    }

    private static string Reached(AdmissionFacts facts) => facts.Within is { Count: > 0 } within
        ? string.Create(CultureInfo.InvariantCulture, $"; of its principals {string.Join(", ", within.Take(5).Select(w => Printable.Of(w)))}{(within.Count > 5 ? $" and {within.Count - 5} more" : "")} are protected and would have to sign in again")
        : "";

    private static bool IsMany(AddressRange range) => range.PrefixLength < (range.First.IsIPv6 ? 64 : 32);
}
