using AnomalyDetect.Core.Guards;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Service.Http;

/// <param name="Rule">Name of the playbook's rule they came of.</param>
/// <param name="Since">In force since then or later.</param>
public sealed record UndoManyRequest(string? Rule, DateTimeOffset? Since, string? Tenant, string? Reason)
{
    /// <summary>What is wrong beside a missing reason, in one sentence; null when it can be asked.</summary>
    internal string? Problem => Rule is null && Since is null && Tenant is null ? "Say which: name at least one of rule, since and tenant." : null;
}

public sealed record UndoManyAnswer(int Undone);

/// <param name="Steps">Oldest first.</param>
/// <param name="Ended">Whom and what a revocation of many has cut off, as enforcers report it; null where none has.</param>
public sealed record DecisionLifeAnswer(string Id, DecisionState State, IReadOnlyList<DecisionStep> Steps, DecisionReach? Ended = null);

/// <summary>Decisions that wait for a person, oldest first.</summary>
public sealed record HeldList(IReadOnlyList<HeldRow> Held);

/// <param name="AlertId">Null where a person asked for it without one.</param>
/// <param name="Why">Why it is not simply carried out.</param>
/// <param name="WaitsUntil">Refused when nobody has answered by then.</param>
/// <param name="RequestedBy">The person who asked for it, who cannot approve it; null: the playbook.</param>
public sealed record HeldRow(string Id, string TenantId, string? AlertId, DecisionType Type, DecisionScope Scope, string Value, string? Rule, DateTime ExpiresAt, string Why, DateTime WaitsUntil, string? RequestedBy)
{
    public static HeldRow Of(HeldDecision held) => new(
        held.Decision.Id, held.Decision.TenantId, held.Decision.AlertId, held.Decision.Type, held.Decision.Scope, held.Decision.Value, held.Decision.Rule, held.Decision.ExpiresAt,
        held.Reason, held.Until, held.RequestedBy);
}

/// <param name="State"><c>active</c> or <c>refused</c>: a guard may refuse what a person approves.</param>
public sealed record ApprovalAnswer(string Id, DecisionState State, string Reason);

/// <param name="TenantId">Null: in every tenant, for a key of every tenant only.</param>
/// <param name="Kind"><c>principal</c>, <c>partner</c>, <c>address</c>, <c>session</c>, <c>token</c>, or <c>tenant</c> (only of what is aimed at all of it).</param>
/// <param name="Value">An id or a pattern with <c>*</c> and <c>?</c>; for addresses an address or CIDR range.</param>
/// <param name="ExpiresAt">Null: until it is taken away.</param>
public sealed record ProtectionRequest(string? TenantId, DecisionScope? Kind, string? Value, DateTimeOffset? ExpiresAt, string? Reason)
{
    /// <summary>What is wrong beside a missing reason, in one sentence; null when it can be asked.</summary>
    internal string? Problem(DateTimeOffset now) => Kind is not { } kind
        ? "Say in \"kind\" what value names: principal, partner, address, session, token or tenant."
        : Protection.Problem(kind, Value) is { } wrong ? $"The {wrong}." : ExpiresAt <= now ? "The expires_at has passed already." : null;
}

/// <param name="Undone">Decisions in force against it that were undone.</param>
/// <param name="Refused">Decisions against it that waited for approval and are refused.</param>
public sealed record ProtectionAnswer(Protection Protection, int Undone, int Refused);

public sealed record ProtectionList(IReadOnlyList<Protection> Protections);

/// <param name="TenantId">Only in this tenant; null: in every tenant, for a key of every tenant only.</param>
public sealed record HaltRequest(string? Reason, string? TenantId = null)
{
    private const int MaxTenantLength = 128;

    /// <summary>What is wrong beside a missing reason, in one sentence; null when it can be asked.</summary>
    internal string? Problem => TenantId is null or { Length: > 0 and <= MaxTenantLength } ? null : $"The tenant_id must have 1 to {MaxTenantLength} characters.";
}

/// <param name="Halted">All enforcement is halted.</param>
/// <param name="Tenants">In which tenants it is halted by itself, beside that: of those the key sees.</param>
/// <param name="Withdrawn">Decisions this call took out of force, or refused while they waited.</param>
public sealed record EnforcementStateAnswer(bool Halted, IReadOnlyList<TenantHalt> Tenants, DateTime? Since = null, string? Actor = null, string? Reason = null, int? Withdrawn = null)
{
    internal static EnforcementStateAnswer Of(IGuardStore guards, Func<string, bool> sees, int? withdrawn = null)
    {
        IReadOnlyList<TenantHalt> tenants = [.. guards.HaltedTenants.Where(h => sees(h.TenantId!)).Select(h => new TenantHalt(h.TenantId!, h.Since, h.Actor, h.Reason))];
        return guards.Halted is { } halt ? new(true, tenants, halt.Since, halt.Actor, halt.Reason, withdrawn) : new(false, tenants, Withdrawn: withdrawn);
    }
}

/// <summary>That enforcement is halted in one tenant.</summary>
public sealed record TenantHalt(string TenantId, DateTime Since, string Actor, string Reason);

/// <param name="Version">Hash of the playbook in force, as the ledger calls it.</param>
/// <param name="Problem">Why the file as it is now is not in force; null when it is.</param>
/// <param name="History">Newest first.</param>
public sealed record PlaybookAnswer(string Version, string Source, string? Problem, IReadOnlyList<PlaybookTaken> History);

/// <param name="Note">For the record; may be left out.</param>
public sealed record AcknowledgeRequest(string? Note);
