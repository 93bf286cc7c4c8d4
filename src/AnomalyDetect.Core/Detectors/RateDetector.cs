using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Tables;
using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Detectors;

/// <summary>
/// <c>login_rate</c>, <c>api_call_rate</c>, <c>delegation_rate</c>: closed one-minute windows against the 3σ baseline of the tenant (rises and drops) and of
/// each principal active in them (rises only: a person who goes home is no anomaly). A principal's baseline is over the minutes it was active in. When a few
/// principals make a tenant's excess, the alerts are theirs alone; when many do, it is the tenant's alone.
/// </summary>
internal sealed class RateDetector
{
    /// <summary>Minutes without any event after which a tenant's silence is no longer counted as zeros: no data is not zero.</summary>
    private const int SilentMinutes = 10;

    private const int MostPrincipals = 10;
    private const double Share = 0.8;

    /// <summary>A cross-tenant spike keeps its minutes out of the baseline for this long; what lasts longer is the new normal.</summary>
    private static readonly long Frozen = TimeSpan.FromHours(6).Ticks;

    internal struct Principal : IEvictable
    {
        public CountBaseline Login, ApiCall, Delegation;

        public long LastSeen { get; set; }

        public readonly bool Established => ApiCall.Windows >= 60;
    }

    private static readonly Signal[] Signals = [Signal.LoginRate, Signal.ApiCallRate, Signal.DelegationRate];

    private readonly TenantScope _scope;
    private readonly RateOptions[] _options;
    private readonly TenantRate[] _tenant = [new(), new(), new(), new()];
    private readonly KeyedTable<SymbolKey, Principal> _principals;
    private readonly MinuteWindow[] _open;
    private readonly List<(int Cell, Deviation Judged)> _risen = []; // of the window being closed
    private long _nextMinute = long.MinValue; // first minute not yet closed
    private long _lastMinute; // newest minute with any event

    public RateDetector(TenantScope scope)
    {
        _scope = scope;
        _options = [scope.Signals.LoginRate, scope.Signals.ApiCallRate, scope.Signals.DelegationRate];
        _principals = new(scope.Options.Detection.Limits.Principals, TimeSpan.FromDays(30).Ticks);
        // Minutes between the watermark and the newest time an event may have.
        _open = new MinuteWindow[(int)((scope.Lateness / TimeSpan.TicksPerMinute) + 2)];
        for (var i = 0; i < _open.Length; i++) _open[i] = new MinuteWindow();
    }

    public int Count => _principals.Count;

    public long Evictions => _principals.Evictions;

    public long Bytes => _principals.Bytes + (_tenant.Length * TenantRate.Bytes) + _open.Sum(w => w.Bytes);

    public TenantRate CrossTenant => _tenant[(int)RateKind.CrossTenant];

    /// <summary>When the next open minute ends (ticks): nothing is to be closed before the watermark is there.</summary>
    public long NextClose => _nextMinute == long.MinValue ? long.MaxValue : (_nextMinute + 1) * TimeSpan.TicksPerMinute;

    /// <param name="time">Not behind the watermark; <see cref="CloseUpTo"/> has been called with it.</param>
    public void Observe(in TelemetryEvent e, long time)
    {
        var minute = time / TimeSpan.TicksPerMinute;
        if (_nextMinute == long.MinValue) _nextMinute = minute - _open.Length + 1;
        var window = _open[(int)(minute % _open.Length)];
        if (window.Minute != minute) window.Open(minute);
        window.Any = true;
        _lastMinute = Math.Max(_lastMinute, minute);

        if (CrossTenantDetector.Counts(e)) window.Add(RateKind.CrossTenant, e);
        RateKind kind;
        switch (e.Type)
        {
            case EventType.Login: kind = RateKind.Login; break;
            case EventType.ApiCall: kind = RateKind.ApiCall; break;
            case EventType.DelegationGrant or EventType.DelegationUse: kind = RateKind.Delegation; break;
            default: return;
        }

        window.Add(kind, e);
        if (e.Principal is null || e.IdentitiesAreClaims) return;
        var index = _principals.FindOrAdd(new SymbolKey(e.Principal), time, out _);
        ref var principal = ref _principals.At(index).State;
        if (time > principal.LastSeen) principal.LastSeen = time;
        window.Add(kind, index, e.Principal, e.Count, kind != RateKind.Login || e.Outcome == EventOutcome.Success);
    }

    /// <summary>Closes every minute that ended by the watermark (ticks).</summary>
    public void CloseUpTo(long watermark, Outcome outcome)
    {
        while (NextClose <= watermark)
        {
            if (_nextMinute > _lastMinute + SilentMinutes)
            {
                _nextMinute = watermark / TimeSpan.TicksPerMinute;
                return;
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
        for (var kind = 0; kind < MinuteWindow.PrincipalKinds; kind++) CloseKind(minute, kind, isOpen ? window : null, outcome);

        if (!_scope.Alerts.AnyRunning(Signal.CrossTenantApiSpike, EntityKind.Tenant, minute * TimeSpan.TicksPerMinute, (minute * TimeSpan.TicksPerMinute) - Frozen))
            CrossTenant.Learn(minute, isOpen ? window.Total(RateKind.CrossTenant) : 0, 3);
        _scope.Alerts.Close((minute + 1) * TimeSpan.TicksPerMinute);
        if (isOpen) window.Open(0);
    }

    private void CloseKind(long minute, int kind, MinuteWindow? window, Outcome outcome)
    {
        var options = _options[kind];
        var total = window?.Total((RateKind)kind) ?? 0;
        var rate = _tenant[kind];
        var judged = rate.Judge(minute, total);
        var fires = options.Enabled && rate.Windows >= options.WarmUpWindows && Math.Abs(judged.Z) > options.Sigmas
            && (judged.Z < 0 || total >= options.MinimumCount);
        rate.Learn(minute, total, options.Sigmas);

        _risen.Clear();
        if (window is not null) ClosePrincipals(window, kind, options);
        var byPrincipals = 0.0;
        foreach (var (_, risen) in _risen) byPrincipals += risen.Observed - risen.Expected;
        var byTenant = fires && (judged.Z < 0 || _risen.Count > MostPrincipals || byPrincipals < Share * (judged.Observed - judged.Expected));
        if (byTenant) Report(minute, kind, new Entity(EntityKind.Tenant, _scope.Tenant.Text), judged, window, true, outcome);
        if (_risen.Count == 0 || (byTenant && _risen.Count > MostPrincipals)) return;

        _risen.Sort(static (a, b) => a.Judged.Z != b.Judged.Z ? b.Judged.Z.CompareTo(a.Judged.Z) : a.Cell.CompareTo(b.Cell));
        foreach (var (cellIndex, risen) in _risen)
        {
            ref readonly var cell = ref window!.Cells[cellIndex];
            Report(minute, kind, new Entity(EntityKind.Principal, cell.Principal.Text), risen, null, kind != 0 || cell.Unproven * 2 <= cell.Login, outcome);
        }
    }

    private void ClosePrincipals(MinuteWindow window, int kind, RateOptions options)
    {
        var cells = window.Cells;
        for (var i = 0; i < cells.Length; i++)
        {
            ref readonly var cell = ref cells[i];
            ref var entry = ref _principals.At(cell.Index);
            if (!entry.Used || !entry.Key.Symbol.Equals(cell.Principal)) continue; // evicted meanwhile
            ref var baseline = ref kind == 0 ? ref entry.State.Login : ref kind == 1 ? ref entry.State.ApiCall : ref entry.State.Delegation;
            var count = cell.Of(kind);
            if (options.Enabled && count >= options.MinimumCount && baseline.Windows >= options.WarmUpWindows)
            {
                var judged = baseline.Judge(count, 1);
                if (judged.Z > options.Sigmas) _risen.Add((i, judged));
            }

            baseline.Learn(count, 1, 1, options.Sigmas);
        }
    }

    /// <param name="aim">The entity proved to be itself, so that it may be aimed at.</param>
    private void Report(long minute, int kind, Entity entity, in Deviation judged, MinuteWindow? window, bool aim, Outcome outcome)
    {
        var options = _options[kind];
        var start = minute * TimeSpan.TicksPerMinute;
        var end = start + TimeSpan.TicksPerMinute;
        var limit = judged.Limit(Math.Sign(judged.Z) * options.Sigmas);
        var seen = new Observation(end, start, end, judged.Observed, judged.Expected, limit, judged.Z, SeverityScale.Rate(judged.Z));
        var episode = _scope.Alerts.Find(Signals[kind], entity, end);
        if (episode is null) episode = _scope.Alerts.Open(Signals[kind], entity, seen);
        else episode.Take(seen);

        if (entity.Kind == EntityKind.Principal)
        {
            episode.Principal = entity.Id;
            if (aim) episode.AddDriver(entity);
        }

        if (window is not null)
            foreach (var id in window.Samples((RateKind)kind)) episode.AddEvent(id);
        _scope.Alerts.Tell(episode, outcome);
    }

    public void Save(StateWriter writer)
    {
        writer.Long(_nextMinute);
        writer.Long(_lastMinute);
        foreach (var rate in _tenant) rate.Save(writer);
        _principals.Save(writer, static (w, entry) =>
        {
            w.Symbol(entry.Key.Symbol);
            w.Raw(entry.State.Login);
            w.Raw(entry.State.ApiCall);
            w.Raw(entry.State.Delegation);
            w.Long(entry.State.LastSeen);
        });
        writer.Int(_open.Length);
        foreach (var window in _open) window.Save(writer);
    }

    public void Load(ref StateReader reader)
    {
        _nextMinute = reader.Long();
        _lastMinute = reader.Long();
        foreach (var rate in _tenant) rate.Load(ref reader);
        _principals.Load(ref reader, static (ref StateReader r, ref KeyedTable<SymbolKey, Principal>.Entry entry) =>
        {
            entry.Key = new SymbolKey(r.Symbol());
            entry.State = new Principal
            {
                Login = r.Raw<CountBaseline>(),
                ApiCall = r.Raw<CountBaseline>(),
                Delegation = r.Raw<CountBaseline>(),
                LastSeen = r.Long(),
            };
        });
        // Another lateness has another number of open minutes: each goes to its place, and what no longer has one was late anyway.
        for (var left = reader.Count(); left > 0; left--)
        {
            var window = new MinuteWindow();
            window.Load(ref reader);
            if (window.Minute > 0) _open[(int)(window.Minute % _open.Length)] = window;
        }
    }
}
