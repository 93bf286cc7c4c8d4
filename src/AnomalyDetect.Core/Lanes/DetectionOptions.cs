namespace AnomalyDetect.Core.Lanes;

/// <summary>How telemetry becomes findings. Every number has its unit in its name or type; ranges are checked by <see cref="EngineOptionsValidator"/>.</summary>
public sealed record DetectionOptions
{
    /// <summary>How far an event may arrive behind its tenant's newest and still count; 0 to 1 h. Null: what the format calls for (native 60 s, CloudTrail 15 min).</summary>
    public TimeSpan? AllowedLateness { get; init; }

    /// <summary>How far ahead of ObservedAt an event's time may be; further ones are judged at ObservedAt + this. 0 to 1 h.</summary>
    public TimeSpan MaxSkew { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long an event id is remembered at least; not below the lateness.</summary>
    public TimeSpan DedupeHorizon { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>An episode ends this long after its last finding; 1 min to 1 day.</summary>
    public TimeSpan EpisodeGap { get; init; } = TimeSpan.FromMinutes(15);

    public SignalOptions Signals { get; init; } = new();

    /// <summary>Whole signal settings for single tenants, in place of <see cref="Signals"/>.</summary>
    public IReadOnlyDictionary<string, SignalOptions> TenantSignals { get; init; } = new Dictionary<string, SignalOptions>();

    public LimitOptions Limits { get; init; } = new();

    public SignalOptions SignalsOf(string tenant) => TenantSignals.TryGetValue(tenant, out var own) ? own : Signals;
}

/// <summary>One set of options a signal, by the signal's name.</summary>
public sealed record SignalOptions
{
    public CrossTenantOptions CrossTenantApiSpike { get; init; } = new();

    /// <summary>More than 10 failed proofs in 60 s from one address, or for one claimed principal.</summary>
    public ThresholdOptions InvalidClaimInjection { get; init; } = new() { Threshold = 10, Window = TimeSpan.FromSeconds(60) };

    /// <summary>More than 3 denied grants in an hour by one partner (or delegator).</summary>
    public ThresholdOptions DelegationScopeAbuse { get; init; } = new() { Threshold = 3, Window = TimeSpan.FromHours(1) };

    /// <summary>More than 2 networks on one session in 5 min.</summary>
    public ThresholdOptions SessionHijack { get; init; } = new() { Threshold = 2, Window = TimeSpan.FromMinutes(5) };

    /// <summary>More than 10 denials of one principal in 60 s.</summary>
    public ThresholdOptions PolicyViolationBurst { get; init; } = new() { Threshold = 10, Window = TimeSpan.FromSeconds(60) };

    public RateOptions LoginRate { get; init; } = new();

    public RateOptions ApiCallRate { get; init; } = new();

    public RateOptions DelegationRate { get; init; } = new();
}

/// <summary>A hard threshold over a sliding window (t − W, t], judged at each arrival.</summary>
public sealed record ThresholdOptions
{
    public bool Enabled { get; init; } = true;

    /// <summary>Fires above this count; 1 to 1,000,000.</summary>
    public int Threshold { get; init; } = 10;

    /// <summary>1 s to 24 h.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(60);
}

public sealed record CrossTenantOptions
{
    public bool Enabled { get; init; } = true;

    /// <summary>The sliding window; 1 to 15 min.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Fires above this many times the expected count; 1.5 to 1,000.</summary>
    public double Factor { get; init; } = 5;

    /// <summary>And above this count however small the baseline; 1 to 1,000,000.</summary>
    public int Floor { get; init; } = 50;

    /// <summary>How long a new tenant's spikes are reported at low severity only, and so not enforced; 0 to 7 days.</summary>
    public TimeSpan Learning { get; init; } = TimeSpan.FromHours(1);
}

/// <summary>A closed one-minute window's count against a 3σ baseline.</summary>
public sealed record RateOptions
{
    public bool Enabled { get; init; } = true;

    /// <summary>Fires beyond this many standard deviations; 2 to 20.</summary>
    public double Sigmas { get; init; } = 3;

    /// <summary>Closed windows before the baseline may judge; 10 to 10,080.</summary>
    public int WarmUpWindows { get; init; } = 60;

    /// <summary>Counts below this are never a rise worth telling; 0 to 1,000,000.</summary>
    public int MinimumCount { get; init; } = 5;
}

/// <summary>
/// Bounds of every per-entity table, per tenant, so that no tenant can crowd out another. When a table is full, entries idle the longest among those not yet
/// established go first: a flood of new names displaces its own kind.
/// </summary>
public sealed record LimitOptions
{
    /// <summary>Tenants a lane keeps; 1 to 10,000,000.</summary>
    public int Tenants { get; init; } = 100_000;

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
