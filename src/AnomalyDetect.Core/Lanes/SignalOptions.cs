namespace AnomalyDetect.Core.Lanes;

/// <summary>One set of options a signal, by the signal's name.</summary>
public sealed record SignalOptions
{
    public CrossTenantOptions CrossTenantApiSpike { get; init; } = new();

    /// <summary>More than 10 failed proofs in 60 s from one address, or for one claimed principal; or slowly, or spread over many addresses.</summary>
    public InvalidClaimOptions InvalidClaimInjection { get; init; } = new();

    /// <summary>More than 3 denied grants in an hour by one partner (or delegator).</summary>
    public ThresholdOptions DelegationScopeAbuse { get; init; } = new() { Threshold = 3, Window = TimeSpan.FromHours(1) };

    /// <summary>More than 2 networks on one session in 5 min.</summary>
    public ThresholdOptions SessionHijack { get; init; } = new() { Threshold = 2, Window = TimeSpan.FromMinutes(5) };

    /// <summary>More than 10 denials of one principal in 60 s.</summary>
    public ThresholdOptions PolicyViolationBurst { get; init; } = new() { Threshold = 10, Window = TimeSpan.FromSeconds(60) };

    public RateOptions LoginRate { get; init; } = new();

    public RateOptions ApiCallRate { get; init; } = new();

    public RateOptions DelegationRate { get; init; } = new();

    /// <summary>Failed logins as more than 12 principals from one address in an hour; at most 30.</summary>
    public ThresholdOptions PasswordSpraying { get; init; } = new() { Threshold = 12, Window = TimeSpan.FromHours(1) };

    public StuffingOptions CredentialStuffing { get; init; } = new();

    /// <summary>More than 5 second factors refused or not given by one principal in 10 min.</summary>
    public ThresholdOptions MfaFatigue { get; init; } = new() { Threshold = 5, Window = TimeSpan.FromMinutes(10) };

    /// <summary>One principal is refused more than 12 different resources in 5 min, and more than it is used to; at most 24.</summary>
    public ThresholdOptions ResourceEnumeration { get; init; } = new() { Threshold = 12, Window = TimeSpan.FromMinutes(5) };

    /// <summary>One principal calls more than 5 other tenants in 15 min, and more than it is used to; at most 24.</summary>
    public ThresholdOptions CrossTenantFanOut { get; init; } = new() { Threshold = 5, Window = TimeSpan.FromMinutes(15) };

    public TravelOptions ImpossibleTravel { get; init; } = new();

    public UnfamiliarOptions UnfamiliarSignIn { get; init; } = new();

    public TokenReplayOptions TokenReplay { get; init; } = new();

    public DormantOptions DormantPrincipal { get; init; } = new();

    public SilenceOptions TelemetrySilence { get; init; } = new();

    public MlSpikeOptions MlSpike { get; init; } = new();

    public BudgetOptions Budget { get; init; } = new();

    /// <summary>
    /// CIDR ranges of shared ways out (VPN and proxy egress, office gateways): an address in them says nothing about where a person is, and so is left out
    /// of <c>session_hijack</c>, <c>token_replay</c>, <c>impossible_travel</c> and <c>unfamiliar_sign_in</c>.
    /// </summary>
    public IReadOnlyList<string> EgressRanges { get; init; } = [];
}

/// <summary>
/// A tenant's logins or API calls out of the pattern of their own past, by the ensemble of time-series detectors; and a tenant or principal unlike itself in
/// many features at once, by a trained model.
/// </summary>
public sealed record MlSpikeOptions
{
    public bool Enabled { get; init; } = true;

    /// <summary>Judge by the trained model as well. Its windows are the model's own.</summary>
    public bool Multivariate { get; init; } = true;

    /// <summary>How many of the tenant's busiest principals have a series of API calls of their own, some 1.5 kB each; 0 to 256.</summary>
    public int BusiestPrincipals { get; init; } = 16;

    /// <summary>What makes one point of the series, in whole minutes; 1 to 60. The ensemble says nothing before its hundredth point.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>
/// How many false alerts of the statistical signals (<c>login_rate</c>, <c>api_call_rate</c>, <c>delegation_rate</c>, <c>ml_spike</c>) a tenant's people accept.
/// Hard thresholds are not rationed.
/// </summary>
public sealed record BudgetOptions
{
    /// <summary>
    /// That share a budget equally: three rates and the learned spikes, each over the tenant and over its principals; these spikes by their windows and by runs of them.
    /// </summary>
    public const int Families = 9;

    /// <summary>Of medium severity or higher, per tenant and week; 0.001 to 1,000.</summary>
    public double MediumPerWeek { get; init; } = 0.1;

    /// <summary>Of low severity or higher, per tenant and week; 0.001 to 1,000, and not below the medium ones.</summary>
    public double LowPerWeek { get; init; } = 1;

    /// <summary>Whatever is beyond its σ but rarer than neither is kept for the record, at most so many a tenant, signal and day; 0 to 1,000.</summary>
    public double InfoPerDay { get; init; } = 2;
}

/// <summary>Failed proofs: the hard threshold, and what stays below it.</summary>
public sealed record InvalidClaimOptions : ThresholdOptions
{
    /// <summary>Fires above this count of one address in <see cref="SlowWindow"/>; 1 to 1,000,000.</summary>
    public int SlowThreshold { get; init; } = 30;

    /// <summary>1 min to 24 h.</summary>
    public TimeSpan SlowWindow { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Fires above this count of the whole tenant in <see cref="SpreadWindow"/> (and 5 × its usual), where no single address or principal accounts for them; 1 to 1,000,000.</summary>
    public int SpreadThreshold { get; init; } = 15;

    /// <summary>In whole minutes; 1 to 60.</summary>
    public TimeSpan SpreadWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>From more than this many addresses; 1 to 2,000.</summary>
    public int SpreadSources { get; init; } = 8;
}

/// <summary>Failed logins of many principals from many addresses.</summary>
public sealed record StuffingOptions
{
    public bool Enabled { get; init; } = true;

    /// <summary>Fires above this many failed logins in the window; 1 to 1,000,000.</summary>
    public int Failures { get; init; } = 30;

    /// <summary>And above this many times the tenant's usual; 1 to 1,000.</summary>
    public double Factor { get; init; } = 5;

    /// <summary>From more than this many addresses, as more than this many principals; 1 to 2,000.</summary>
    public int Sources { get; init; } = 15;

    /// <summary>In whole minutes; 1 to 60.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>A sign-in too far from the last place for the time between.</summary>
public sealed record TravelOptions
{
    public bool Enabled { get; init; } = true;

    /// <summary>Nobody travels faster than this, in km/h; 100 to 10,000. Airliners cruise at about 900.</summary>
    public double SpeedKmPerHour { get; init; } = 900;
}

/// <summary>A sign-in from a new country or on a new device, with other evidence.</summary>
public sealed record UnfamiliarOptions
{
    public bool Enabled { get; init; } = true;
}

/// <summary>One token used in turn from two networks.</summary>
public sealed record TokenReplayOptions
{
    public bool Enabled { get; init; } = true;

    /// <summary>A network that is used again within this time after another one; 1 min to 24 h.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>A principal that was silent for long, signs in unlike itself and makes privileged calls.</summary>
public sealed record DormantOptions
{
    public bool Enabled { get; init; } = true;

    /// <summary>How long a principal must have been silent; 1 to 180 days.</summary>
    public TimeSpan After { get; init; } = TimeSpan.FromDays(7);
}

/// <summary>No telemetry at all of a tenant.</summary>
public sealed record SilenceOptions
{
    public bool Enabled { get; init; } = true;

    /// <summary>Never sooner than this; 2 min to 24 h.</summary>
    public TimeSpan Minimum { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Fires when more than this many events, freed of over-dispersion, were expected meanwhile; 5 to 10,000. Chance would explain such a silence e^−25 of the time.</summary>
    public double Expected { get; init; } = 25;
}

/// <summary>A hard threshold over a sliding window (t − W, t], judged at each arrival.</summary>
public record ThresholdOptions
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
