using AnomalyDetect.Core.Alerts;

namespace AnomalyDetect.Core.Lanes;

/// <summary>How telemetry becomes findings. Every number has its unit in its name or type; ranges are checked by <see cref="EngineOptionsValidator"/>.</summary>
public sealed record DetectionOptions
{
    /// <summary>How far an event may arrive behind its tenant's newest and still count; 0 to 1 h. Null: what the format calls for (native 60 s, CloudTrail 15 min).</summary>
    public TimeSpan? AllowedLateness { get; init; }

    /// <summary>How far ahead of ObservedAt an event's time may be; further ones are counted, and their tenant named. All are judged at ObservedAt. 0 to 1 h.</summary>
    public TimeSpan MaxSkew { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long an event id is remembered at least; not below the lateness.</summary>
    public TimeSpan DedupeHorizon { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>An episode ends this long after its last finding; 1 min to 1 day.</summary>
    public TimeSpan EpisodeGap { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// What stands under an open alert of at least medium severity is not learned as normal, until the alert has lasted this long: then it is the new normal.
    /// 10 min to 7 days.
    /// </summary>
    public TimeSpan AdoptAfter { get; init; } = TimeSpan.FromHours(6);

    public SignalOptions Signals { get; init; } = new();

    /// <summary>Whole signal settings for single tenants, in place of <see cref="Signals"/>.</summary>
    public IReadOnlyDictionary<string, SignalOptions> TenantSignals { get; init; } = new Dictionary<string, SignalOptions>();

    /// <summary>What is expected: findings that match are counted, not told. At most 1,000.</summary>
    public IReadOnlyList<AlertException> Exceptions { get; init; } = [];

    public LimitOptions Limits { get; init; } = new();

    public SignalOptions SignalsOf(string tenant) => TenantSignals.TryGetValue(tenant, out var own) ? own : Signals;
}

/// <summary>
/// Bounds of every per-entity table, per tenant, so that no tenant can crowd out another, and of all of them together. When a table is full, entries idle the longest among those not yet
/// established go first: a flood of new names displaces its own kind.
/// </summary>
public sealed record LimitOptions
{
    /// <summary>
    /// Memory of a lane's state in bytes, all tables of all its tenants together: 1 MiB to 1 PiB. Half of it is set aside, an equal part for each of <see cref="Tenants"/>, which no flood elsewhere can take;
    /// of the other half a table may take a third. A table that gets no more evicts as at its limit. Null: 2 GiB (half of what machines mostly have a processor, for there is a lane a processor),
    /// or what so many tenants need at least where that is more, as with windows that stay open for long.
    /// </summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Tenants a lane keeps; 1 to 10,000,000.</summary>
    public int Tenants { get; init; } = 5_000;

    /// <summary>Per tenant; 16 to 10,000,000.</summary>
    public int Principals { get; init; } = 1_000_000;

    /// <summary>Per tenant; 16 to 10,000,000.</summary>
    public int Sessions { get; init; } = 1_000_000;

    /// <summary>Addresses, principals and partners with a running threshold count, per tenant and signal; 16 to 1,000,000.</summary>
    public int Counters { get; init; } = 50_000;

    /// <summary>Open alerts per tenant; 16 to 100,000.</summary>
    public int OpenAlerts { get; init; } = 5_000;

    /// <summary>Event ids remembered per lane and table; 1,024 to 100,000,000.</summary>
    public int DedupeIds { get; init; } = 4_000_000;
}
