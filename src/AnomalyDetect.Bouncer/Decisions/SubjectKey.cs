using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Bouncer.Decisions;

/// <summary>What a decision is aimed at within its tenant. Addresses are looked up by their bits, so that no text is made of them for each request.</summary>
internal readonly struct SubjectKey : IEquatable<SubjectKey>
{
    private readonly string _tenant;
    private readonly string? _value;
    private readonly UInt128 _address;
    private readonly DecisionScope _scope;

    private SubjectKey(string tenant, DecisionScope scope, string? value, UInt128 address) => (_tenant, _scope, _value, _address) = (tenant, scope, value, address);

    public static SubjectKey Of(string tenant, DecisionScope scope, string value) => new(tenant, scope, value, 0);

    /// <param name="source">An <see cref="AddressRange.Source"/>.</param>
    public static SubjectKey Of(string tenant, UInt128 source) => new(tenant, DecisionScope.Address, null, source);

    /// <summary>False where an address cannot be read, or is a range that no request is looked up by.</summary>
    public static bool TryOf(Decision decision, out SubjectKey key)
    {
        key = default;
        if (decision.Scope != DecisionScope.Address)
        {
            key = Of(decision.TenantId, decision.Scope, decision.Value);
            return decision.Value.Length > 0;
        }

        if (!AddressRange.TryParse(decision.Value, out var range)) return false;
        var source = AddressRange.Source(range.First);
        key = Of(decision.TenantId, source);
        return range.Mask == UInt128.MaxValue || (range.Mask == UInt128.MaxValue << 64 && source == range.First);
    }

    public bool Equals(SubjectKey other) =>
        _scope == other._scope && _address == other._address && string.Equals(_value, other._value, StringComparison.Ordinal)
        && string.Equals(_tenant, other._tenant, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is SubjectKey other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_tenant, _scope, _value, _address);
}
