using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Core.Guards;

/// <summary>Something nothing is ever aimed at, because a person said so.</summary>
/// <param name="TenantId">In this tenant only; null: in all.</param>
/// <param name="Kind">What <paramref name="Value"/> names. Sessions and tokens of a protected principal are protected with it; of a tenant, only what is aimed at all of it.</param>
/// <param name="Value">An id or <see cref="Glob"/>; for addresses an address or CIDR range.</param>
/// <param name="ExpiresAt">Until when (UTC); null: until it is taken away.</param>
public sealed record Protection(string Id, string? TenantId, DecisionScope Kind, string Value, string Reason, string Actor, DateTime AddedAt, DateTime? ExpiresAt)
{
    public bool HoldsAt(DateTime now) => !(ExpiresAt <= now);

    /// <summary>What is wrong with it, in one sentence; null when it can be used.</summary>
    public static string? Problem(DecisionScope kind, string? value) => kind switch
    {
        DecisionScope.Address => AddressRange.TryParse(value ?? "", out _) ? null : "value must be an address or a CIDR range such as 203.0.113.0/24",
        _ => Glob.IsPattern(value ?? "") ? null : $"value must be an id, or a pattern with * and ?, of 1 to {Glob.MaxLength} characters",
    };
}

/// <summary>Everything that is protected. Immutable and replaced whole.</summary>
public sealed class ProtectedSet
{
    private readonly AddressRange[] _never;
    private readonly (Protection Protection, AddressRange Range, Glob? Glob)[] _own;

    public ProtectedSet(IEnumerable<string> neverTarget, IEnumerable<Protection> protections)
    {
        _never = [.. AddressRange.NeverPublic, .. neverTarget.Select(AddressRange.Parse)];
        _own = [.. protections.Select(p => p.Kind == DecisionScope.Address ? (p, AddressRange.Parse(p.Value), (Glob?)null) : (p, default, new Glob(p.Value)))];
    }

    public IReadOnlyList<Protection> Protections => [.. _own.Select(p => p.Protection)];

    /// <summary>Something of somebody may be protected through whose it is, so that it matters who that is.</summary>
    public bool AsksForPrincipalOf(Decision decision) =>
        decision.Scope is DecisionScope.Session or DecisionScope.Token && Array.Exists(_own, p => p.Protection.Kind == DecisionScope.Principal);

    /// <summary>Principals that what is aimed at everybody of the tenant would reach: ids or patterns.</summary>
    public IReadOnlyList<string> Within(Decision decision, DateTime now) => decision.Scope != DecisionScope.Tenant
        ? []
        : [.. _own.Select(o => o.Protection).Where(p => p.Kind == DecisionScope.Principal && p.HoldsAt(now) && (p.TenantId is null || p.TenantId == decision.TenantId)).Select(p => p.Value)];

    /// <summary>Why nothing is to be done against it, in one sentence; null when it may.</summary>
    /// <param name="principal">Whose session or token it is, where that is known.</param>
    public string? Why(Decision decision, string? principal, DateTime now)
    {
        AddressRange? range = null;
        if (decision.Scope == DecisionScope.Address)
        {
            if (!AddressRange.TryParse(decision.Value, out var parsed)) return "its value is not an address";
            range = parsed;
            foreach (var never in _never)
                if (never.Overlaps(parsed)) return $"{never} is never a target";
        }

        foreach (var own in _own)
            if (own.Protection.HoldsAt(now) && Covers(own, decision, range, principal)) return $"{Names.Of(own.Protection.Kind)} {own.Protection.Value} is protected ({own.Protection.Id}): {own.Protection.Reason}";
        return null;
    }

    private static bool Covers((Protection Protection, AddressRange Range, Glob? Glob) own, Decision decision, AddressRange? range, string? principal)
    {
        if (own.Protection.TenantId is { } tenant && tenant != decision.TenantId) return false;
        if (own.Protection.Kind == decision.Scope) return range is { } address ? own.Range.Overlaps(address) : own.Glob!.IsMatch(decision.Value);
        return own.Protection.Kind == DecisionScope.Principal && decision.Scope is DecisionScope.Session or DecisionScope.Token && principal is not null && own.Glob!.IsMatch(principal);
    }
}
