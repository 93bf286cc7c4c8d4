using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Core.Guards;

/// <summary>What stands between a decision and its enforcement, whatever the playbook says.</summary>
public sealed record GuardOptions
{
    /// <summary>Types that are never enforced, not even where a decision was made before they were listed.</summary>
    public IReadOnlyList<DecisionType> DryRun { get; init; } = [];

    /// <summary>CIDR ranges nothing is aimed at, beside those that are never public.</summary>
    public IReadOnlyList<string> NeverTarget { get; init; } = [];

    public ApprovalOptions Approval { get; init; } = new();

    public BlastRadiusOptions BlastRadius { get; init; } = new();

    /// <summary>After an undo by hand no new decision of the type against the same for so long; 0 (none) to 30 days.</summary>
    public TimeSpan CoolOff { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Every problem, with its path as the configuration has it.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        Within("response.guards.cool_off", CoolOff, TimeSpan.Zero, TimeSpan.FromDays(30));
        Within("response.guards.approval.timeout", Approval.Timeout, TimeSpan.FromMinutes(1), TimeSpan.FromDays(7));
        Within("response.guards.blast_radius.window", BlastRadius.Window, TimeSpan.FromMinutes(1), TimeSpan.FromDays(7));
        foreach (var (name, value) in new[] { ("principals", BlastRadius.Principals), ("sessions", BlastRadius.Sessions), ("addresses", BlastRadius.Addresses), ("partners", BlastRadius.Partners), ("tenants", BlastRadius.Tenants), ("least", BlastRadius.Least) })
            if (value is < 0 or > 1_000_000) problems.Add($"response.guards.blast_radius.{name}: must be 0 to 1,000,000, not {value}");
        if (!(BlastRadius.Percent is >= 0 and <= 100)) problems.Add($"response.guards.blast_radius.percent: must be 0 to 100, not {BlastRadius.Percent}");
        foreach (var text in NeverTarget)
            if (!AddressRange.TryParse(text, out _)) problems.Add($"response.never_target: '{Printable.Of(text)}' is not an address or CIDR range such as 203.0.113.0/24");
        return problems;

        void Within(string path, TimeSpan value, TimeSpan least, TimeSpan most)
        {
            if (value < least || value > most) problems.Add($"{path}: must be {least:c} to {most:c}, not {value:c}");
        }
    }
}

/// <summary>What a person has to approve first.</summary>
public sealed record ApprovalOptions
{
    public IReadOnlyList<DecisionType> Types { get; init; } = [DecisionType.SuspendPartnerToken];

    /// <summary>Also what is aimed at more than one IPv4 address or IPv6 /64.</summary>
    public bool Ranges { get; init; } = true;

    /// <summary>Also what is aimed at everybody of a tenant. Where a person asked for it, somebody else has to approve it.</summary>
    public bool Tenants { get; init; } = true;

    /// <summary>Who is told that a decision waits, by each webhook that any of them listens at; empty: nobody.</summary>
    public IReadOnlyList<Audience> Approvers { get; init; } = [Audience.SecurityLead, Audience.OnCall];

    /// <summary>Refused when nobody has answered by then; 1 min to 7 days.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(1);
}

/// <summary>How many different things of one tenant may be decided against in a window. What goes beyond waits for a person, as what needs approval does.</summary>
public sealed record BlastRadiusOptions
{
    /// <summary>1 min to 7 days.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromHours(1);

    public int Principals { get; init; } = 50;

    /// <summary>And as many tokens.</summary>
    public int Sessions { get; init; } = 200;

    public int Addresses { get; init; } = 500;

    public int Partners { get; init; } = 5;

    /// <summary>Whole tenants, of all there are.</summary>
    public int Tenants { get; init; } = 1;

    /// <summary>Of the tenant's known principals, for principals, sessions and tokens; 0 to 100.</summary>
    public double Percent { get; init; } = 20;

    /// <summary>The percentage never allows fewer than this: a small tenant is not stopped at its first.</summary>
    public int Least { get; init; } = 5;

    /// <param name="known">The tenant's known principals; null where nobody has counted.</param>
    public int Allowed(DecisionScope scope, int? known)
    {
        var most = scope switch
        {
            DecisionScope.Principal => Principals,
            DecisionScope.Session or DecisionScope.Token => Sessions,
            DecisionScope.Address => Addresses,
            DecisionScope.Tenant => Tenants,
            _ => Partners,
        };
        if (known is null || scope is DecisionScope.Address or DecisionScope.Partner or DecisionScope.Tenant) return most;
        return Math.Min(most, Math.Max(Least, (int)(known.Value * Percent / 100)));
    }
}
