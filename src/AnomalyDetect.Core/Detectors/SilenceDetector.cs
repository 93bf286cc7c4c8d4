using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Lanes;

namespace AnomalyDetect.Core.Detectors;

/// <summary>
/// <c>telemetry_silence</c>: nothing at all from a tenant for so long that chance does not explain it. Under a Poisson count of mean m, silence has
/// probability e^−m; so what was expected meanwhile, divided by the over-dispersion of the tenant's minutes, is held against <see cref="SilenceOptions.Expected"/>.
/// Whoever breaks in may turn the log off first (ATT&amp;CK T1562.008); a producer that broke down is worth knowing as well.
/// </summary>
internal sealed class SilenceDetector(TenantScope scope)
{
    /// <summary>After this long the tenant is taken for gone: the alert ends and its baselines are stale.</summary>
    public const int GivenUpMinutes = 24 * 60;

    private const float AliveMemory = 120; // minutes of the same hour of day: two days
    private const float UsuallyAlive = 0.9f; // who is silent for a quarter of an hour at the same time of day is that for the second time

    private readonly SilenceOptions _options = scope.Signals.TelemetrySilence;
    private readonly float[] _alive = Enumerable.Repeat(1f, 24).ToArray(); // by hour of day, the share of minutes the baselines learned from
    private double _expected;
    private int _minutes;

    /// <summary>Whether further silent minutes still matter.</summary>
    public bool Watches => _options.Enabled && _minutes < GivenUpMinutes;

    /// <summary>At this time of day the tenant is silent for longer now and then.</summary>
    public bool IsUsual(long minute) => _alive[(int)(minute / 60 % 24)] < UsuallyAlive;

    /// <summary>A minute closed with something in it.</summary>
    public void Heard(long minute)
    {
        (_expected, _minutes) = (0, 0);
        Note(minute, 1);
    }

    /// <summary>
    /// Of a long silence the baselines learn nothing, so what they expect is true only of the minutes they did learn from. Who is heard of twice a day is
    /// not missed every afternoon.
    /// </summary>
    private void Note(long minute, float alive)
    {
        ref var share = ref _alive[(int)(minute / 60 % 24)];
        share += (alive - share) / AliveMemory;
    }

    /// <param name="expected">What the closed, empty minute should have held, in counts freed of over-dispersion.</param>
    public void Silent(long minute, double expected, Outcome outcome)
    {
        if (!_options.Enabled) return;
        _expected += expected * _alive[(int)(minute / 60 % 24)];
        _minutes++;
        Note(minute, _minutes > RateDetector.SilentMinutes ? 0 : 1);
        if (_minutes < _options.Minimum.TotalMinutes || _expected <= _options.Expected) return;
        var end = (minute + 1) * TimeSpan.TicksPerMinute;
        var seen = new Observation(end, end - (_minutes * TimeSpan.TicksPerMinute), end, 0, _expected, _options.Expected, null, Severity.Medium);
        var entity = new Entity(EntityKind.Tenant, scope.Tenant.Text);
        var episode = scope.Alerts.Raise(null, Signal.TelemetrySilence, entity, seen, outcome);
        scope.Alerts.Tell(episode, outcome);
    }

    public void Save(StateWriter writer)
    {
        writer.Double(_expected);
        writer.Int(_minutes);
        writer.Raw<float>(_alive);
    }

    public void Load(ref StateReader reader)
    {
        _expected = reader.Double();
        _minutes = reader.Int();
        reader.Raw(_alive.AsSpan());
    }
}
