namespace AnomalyDetect.Core.Playbooks;

/// <summary>Whether decisions are carried out, and what is never aimed at.</summary>
public sealed record EnforcementOptions
{
    /// <summary>Off is dry run: everything is decided and recorded, nothing is enforced.</summary>
    public bool Enforce { get; init; }

    /// <summary>Per tenant, in place of <see cref="Enforce"/>.</summary>
    public IReadOnlyDictionary<string, bool> Tenants { get; init; } = new Dictionary<string, bool>();

    /// <summary>Types that are decided and recorded everywhere, and enforced nowhere.</summary>
    public IReadOnlyList<DecisionType> DryRun { get; init; } = [];

    /// <summary>CIDR ranges never blocked, beside loopback, private and link-local ones: own egress, proxies, partners' offices.</summary>
    public IReadOnlyList<string> NeverTarget { get; init; } = [];

    public bool Enforces(string tenant, DecisionType type) => EnforcesFor(tenant) && !DryRun.Contains(type);

    public bool EnforcesFor(string tenant) => Tenants.TryGetValue(tenant, out var own) ? own : Enforce;
}
