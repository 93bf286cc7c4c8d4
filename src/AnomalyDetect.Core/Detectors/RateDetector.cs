using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Tables;
using AnomalyDetect.Core.Tracing;
using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Detectors;

/// <summary>
/// <c>login_rate</c>, <c>api_call_rate</c>, <c>delegation_rate</c>: closed one-minute windows against the 3σ baseline of the tenant (rises and drops) and of
/// each principal active in them. Beyond 3σ is a finding; what it amounts to is decided by how rare it is under the operator's budget
/// (<see cref="AlertBudget"/>). When a few principals make a tenant's excess, the alerts are theirs alone; when many do, it is the tenant's alone.
/// </summary>
internal sealed partial class RateDetector
{
    /// <summary>Minutes without any event after which a tenant's silence is no longer counted as zeros: no data is not zero.</summary>
    public const int SilentMinutes = 10;

    private const int MostPrincipals = 10;
    private const double Share = 0.8;
    private const int WeekMinutes = 7 * 24 * 60;

    private static readonly Signal[] Signals = [Signal.LoginRate, Signal.ApiCallRate, Signal.DelegationRate];

    private readonly TenantScope _scope;
    private readonly RateOptions[] _options;
    private readonly TenantRate[] _tenant;
    private readonly PrincipalRates _principals;
    private readonly SilenceDetector _silence;
    private readonly MlSpikeDetector _spikes;
    private readonly BusiestPrincipals _busiest;
    private readonly InfoAllowance[] _info = new InfoAllowance[MinuteWindow.PrincipalKinds];
    private readonly MinuteWindow[] _open;
    private readonly List<Risen> _risen = []; // of the window being closed
    private MinuteWindow _current; // used last
    private long _nextMinute = long.MinValue; // first minute not yet closed
    private long _lastMinute; // newest minute with any event

    public RateDetector(TenantScope scope)
    {
        _scope = scope;
        var priors = scope.Rates;
        _tenant = [new(priors?[0]), new(priors?[1]), new(priors?[2]), new()];
        _options = [scope.Signals.LoginRate, scope.Signals.ApiCallRate, scope.Signals.DelegationRate];
        scope.Alerts.Plots = kind => _tenant[(int)kind].Recent.ToSeries();
        scope.Alerts.Principals = () => Count;
        _silence = new SilenceDetector(scope);
        _spikes = new MlSpikeDetector(scope);
        _busiest = new BusiestPrincipals(scope);
        _principals = new PrincipalRates(scope);
        // Minutes between the watermark and the newest time an event may have.
        _open = new MinuteWindow[(int)((scope.Lateness / TimeSpan.TicksPerMinute) + 2)];
        for (var i = 0; i < _open.Length; i++) _open[i] = NewWindow();
        _current = _open[0];
        scope.Memory.Of(TablePart.Minutes).Begin(_open.Length * MinuteWindow.LeastCost, _open.Length * MinuteWindow.CostEach);
    }

    private MinuteWindow NewWindow() => new(_scope.Options.Detection.Limits.Principals, _scope.Memory.Of(TablePart.Minutes));

    public int Count => _principals.Count;

    public long Evictions => _principals.Evictions;

    public long Bytes => _principals.Bytes + (_tenant.Length * TenantRate.Bytes) + _spikes.Bytes + _busiest.Bytes + _open.Sum(w => w.Bytes);

    /// <summary>Of the tenant itself, once everything was seen of it.</summary>
    public long OwnMostBytes => (_tenant.Length * TenantRate.Bytes) + _spikes.MostBytes + _busiest.MostBytes;

    public long PrincipalBytesAt(int principals) => _principals.BytesAt(principals);

    public long WindowBytesAt(int active) => _open.Length * MinuteWindow.BytesAt(active);

    public TenantRate CrossTenant => _tenant[(int)RateKind.CrossTenant];

    public static Signal SignalOf(int kind) => Signals[kind];

    /// <summary>Event time (ticks) of the newest event a principal itself made; 0 when it is not known.</summary>
    public long LastActiveOf(Symbol principal) => _principals.LastActiveOf(principal);

    public void Fetch(Symbol principal) => _principals.Fetch(principal);

    /// <summary>When the next open minute ends (ticks): nothing is to be closed before the watermark is there.</summary>
    public long NextClose => _nextMinute == long.MinValue ? long.MaxValue : (_nextMinute + 1) * TimeSpan.TicksPerMinute;

    /// <summary>An event that is no evidence of anything, but of the telemetry being alive.</summary>
    public void Hear(long time) => Window(time / TimeSpan.TicksPerMinute).Any = true;

    private MinuteWindow Window(long minute) => _current.Minute == minute ? _current : _current = Find(minute);

    private MinuteWindow Find(long minute)
    {
        if (_nextMinute == long.MinValue) _nextMinute = minute - _open.Length + 1;
        var window = _open[(int)(minute % _open.Length)];
        if (window.Minute != minute) window.Open(minute);
        _lastMinute = Math.Max(_lastMinute, minute);
        return window;
    }

    /// <param name="time">Not behind the watermark; <see cref="CloseUpTo"/> has been called with it.</param>
    /// <returns>The principal's index in the tenant's table; negative where the event is nobody's, or is not counted.</returns>
    public int Observe(in TelemetryEvent e, long time)
    {
        var window = Window(time / TimeSpan.TicksPerMinute);
        window.Any = true;

        if (CrossTenantDetector.Counts(e)) window.Add(RateKind.CrossTenant, e);
        RateKind kind;
        switch (e.Type)
        {
            case EventType.Login: kind = RateKind.Login; break;
            case EventType.ApiCall: kind = RateKind.ApiCall; break;
            case EventType.DelegationGrant or EventType.DelegationUse: kind = RateKind.Delegation; break;
            default: return -1;
        }

        window.Add(kind, e);
        _scope.Current?.Note(TraceStep.Window, $"{Names.Of(Signals[(int)kind])}: counted in the minute from {LaneTrace.Time(new DateTime(window.Minute * TimeSpan.TicksPerMinute, DateTimeKind.Utc))}, {LaneTrace.Number(window.Total(kind))} so far");
        if (e.Principal is null || e.IdentitiesAreClaims) return -1;
        var proven = kind != RateKind.Login || e.Outcome == EventOutcome.Success;
        var (index, principal) = _principals.Note(e.Principal, time, proven);
        window.Add(kind, index, principal, e.Count, proven);
        return index;
    }

    /// <summary>Gives back what windows that are over held.</summary>
    public void Trim()
    {
        foreach (var window in _open) window.Trim();
    }

    /// <summary>The index of the principal whose event it is, where it is known already; negative when it is not, or nobody proved to be it.</summary>
    public int IndexOf(in TelemetryEvent e) => e.Principal is null || e.IdentitiesAreClaims ? -1 : _principals.IndexOf(e.Principal);

    /// <summary>Enough is known of a principal to say what it is used to.</summary>
    /// <param name="index">As <see cref="Observe"/> gave it.</param>
    public bool HasHabits(int index) => index >= 0 && _principals.IsEstablished(index);

    /// <summary>The tenant's first day is not over: nobody's hours have been seen yet.</summary>
    public bool IsFirstDay(long minute) => IsFirstDay((int)RateKind.ApiCall, minute);

    /// <summary>How much quieter than on average the tenant usually is at this time, as a logarithm; 0 where it is not, or where the night is not known yet.</summary>
    public double QuietHour(long minute) => _tenant[(int)RateKind.ApiCall].QuietHour(minute);

    /// <summary>Closes every minute that ended by the watermark (ticks).</summary>
    public void CloseUpTo(long watermark, Outcome outcome)
    {
        while (NextClose <= watermark)
        {
            if (_nextMinute > _lastMinute + SilentMinutes)
            {
                if (!_silence.Watches || CrossTenant.Windows == 0)
                {
                    _scope.Alerts.Close(watermark, outcome);
                    _nextMinute = watermark / TimeSpan.TicksPerMinute;
                    return;
                }

                _silence.Silent(_nextMinute, Expected(_nextMinute), outcome);
                _scope.Alerts.Close((_nextMinute + 1) * TimeSpan.TicksPerMinute, outcome);
                _nextMinute++;
                continue;
            }

            Close(_nextMinute, outcome);
            _nextMinute++;
        }
    }

    private void Close(long minute, Outcome outcome)
    {
        var window = _open[(int)(minute % _open.Length)];
        var isOpen = window.Minute == minute;
        if (!isOpen && CrossTenant.Windows == 0) return; // before the tenant's first event
        if (_scope.Trace is { } trace) trace.IsClosing = trace.FollowsMinute(_scope.Tenant, minute);
        var silent = !(isOpen && window.Any) && !_silence.IsUsual(minute);
        for (var kind = 0; kind < MinuteWindow.PrincipalKinds; kind++) CloseKind(minute, kind, isOpen ? window : null, silent, outcome);
        _busiest.Close(minute, isOpen ? window : null, outcome);
        if (_scope.Trace is { } over) over.IsClosing = false;

        CloseCrossTenant(minute, isOpen ? window.Total(RateKind.CrossTenant) : 0, silent);
        if (isOpen && window.Any) _silence.Heard(minute);
        else _silence.Silent(minute, Expected(minute), outcome);
        _scope.Alerts.Close((minute + 1) * TimeSpan.TicksPerMinute, outcome);
        if (isOpen) window.Open(0);
    }

    /// <summary>How many independent events this minute should hold: the most any kind lets expect, each freed of its over-dispersion.</summary>
    private double Expected(long minute)
    {
        var most = 0.0;
        for (var kind = 0; kind < MinuteWindow.PrincipalKinds; kind++)
            if (_tenant[kind].Windows >= _options[kind].WarmUpWindows) most = Math.Max(most, _tenant[kind].ExpectedIndependent(minute));
        return most;
    }

    private void CloseCrossTenant(long minute, long total, bool silent)
    {
        var judged = CrossTenant.Judge(minute, total);
        CrossTenant.Recent.Add(minute, total, judged.Expected);
        CrossTenant.Learn(minute, total, judged, 3, TailEstimate.Threshold, IsHeld(Signal.CrossTenantApiSpike, minute), silent);
    }

    /// <summary>The tenant's own minutes under an open alert are not learned, until the alert has lasted.</summary>
    private bool IsHeld(Signal signal, long minute) =>
        _scope.Alerts.Holds(signal, new Entity(EntityKind.Tenant, _scope.Tenant.Text), minute * TimeSpan.TicksPerMinute);

    private string? WhyHeld(Signal signal, long minute) =>
        _scope.Alerts.WhyHeld(signal, new Entity(EntityKind.Tenant, _scope.Tenant.Text), minute * TimeSpan.TicksPerMinute);

    private void CloseKind(long minute, int kind, MinuteWindow? window, bool silent, Outcome outcome)
    {
        var options = _options[kind];
        var total = window?.Total((RateKind)kind) ?? 0;
        var rate = _tenant[kind];
        var judged = rate.Judge(minute, total);
        var z = judged.Z * rate.Confidence(minute);
        rate.Recent.Add(minute, total, judged.Expected);
        var fires = options.Enabled && rate.Windows >= options.WarmUpWindows && Math.Abs(judged.Z) > options.Sigmas
            && (judged.Z < 0 || total >= options.MinimumCount);
        var budget = fires || z > TailEstimate.Threshold ? new AlertBudget(_scope.Signals.Budget, rate.Tail, WeekMinutes) : default;

        var rarity = fires ? budget.Rate(z, _scope.Trace is null ? null : WindowNotes.Confidence(judged.Z, rate.Confidence(minute))) : default;
        var trace = _scope.Trace is { IsClosing: true } && total > 0 ? _scope.Trace : null;
        if (trace is not null)
            WindowNotes.Judged(
                trace, Signals[kind], judged, rate, minute, options.Sigmas, fires,
                fires ? rarity : new AlertBudget(_scope.Signals.Budget, rate.Tail, WeekMinutes).Rate(z, WindowNotes.Confidence(judged.Z, rate.Confidence(minute))));
        // Before the minute is learned: what is usual is what was usual.
        var contributors = fires && judged.Z > 0 && window is not null ? ContributorsOf(window, kind) : [];
        if (fires && judged.Z > 0 && rarity.Severity > Severity.Low && ExplanationOf(window!, kind, judged, contributors) is { } explained)
            rarity = rarity.AtMost(Severity.Low, explained);
        _risen.Clear();
        var level = window is null ? default : _principals.Close(window, kind, options, rate.Windows >= options.WarmUpWindows, _risen);
        var byPrincipals = 0.0;
        foreach (var risen in _risen) byPrincipals += risen.Judged.Observed - risen.Judged.Expected;
        var byTenant = fires && (judged.Z < 0 || _risen.Count > MostPrincipals || byPrincipals < Share * (judged.Observed - judged.Expected));
        if (byTenant) Report(minute, kind, new Entity(EntityKind.Tenant, _scope.Tenant.Text), judged, rarity, rate, window?.Samples((RateKind)kind) ?? [], contributors, true, outcome);
        if (trace is not null) WindowNotes.Learned(trace, $"{Names.Of(Signals[kind])} of the tenant", WhyHeld(Signals[kind], minute), judged.Z, options.Sigmas);
        rate.Learn(minute, total, judged, options.Sigmas, budget.Medium, IsHeld(Signals[kind], minute), silent);
        _spikes.Close(kind, minute, total, judged, rate, outcome);
        if (_risen.Count == 0 || (byTenant && _risen.Count > MostPrincipals)) return;

        _risen.Sort(static (a, b) => a.Z != b.Z ? b.Z.CompareTo(a.Z) : a.Cell.CompareTo(b.Cell));
        foreach (var risen in _risen)
        {
            ref readonly var cell = ref window!.Cells[risen.Cell];
            var rated = level.Rate(risen.Z, risen.Why);
            Report(
                minute, kind, new Entity(EntityKind.Principal, cell.Principal!.Text), risen.Judged, risen.IsNew ? OfNewcomer(rated, risen.Judged.Observed, AllowedToNewcomers(kind, minute, judged)) : rated, null,
                _scope.SamplesOf?.Invoke([cell.Principal.Text], minute * TimeSpan.TicksPerMinute) ?? [], [],
                cell.IsProven(kind), outcome, risen.IsNew ? " of somebody hardly known yet" : null);
        }
    }

    /// <param name="aim">The entity proved to be itself, so that it may be aimed at.</param>
    private void Report(
        long minute, int kind, Entity entity, in Deviation judged, in Rarity rarity, TenantRate? rate, IEnumerable<string> samples, IReadOnlyList<Contributor> contributors,
        bool aim, Outcome outcome, string? detail = null)
    {
        var start = minute * TimeSpan.TicksPerMinute;
        var end = start + TimeSpan.TicksPerMinute;
        var limit = judged.Limit(Math.Sign(judged.Z) * _options[kind].Sigmas);
        var seen = new Observation(end, start, end, judged.Observed, judged.Expected, limit, judged.Z, rarity.Severity);
        if (_scope.Alerts.Raise(ref _info[kind], _scope.Signals.Budget.InfoPerDay, Signals[kind], entity, seen, outcome) is not { } episode) return;
        (episode.Rarity, episode.Detail) = (rarity, detail);
        if (episode.Peak == seen) episode.Contributors = contributors;
        if (rate is not null) (episode.Plot, episode.Baseline) = ((RateKind)kind, rate.ToSummary(minute));
        if (entity.Kind == EntityKind.Principal)
        {
            episode.Principal = entity.Id;
            if (aim) episode.AddDriver(entity);
        }

        foreach (var id in samples) episode.AddEvent(id);
        _scope.Alerts.Tell(episode, outcome);
    }
}
