using System.Globalization;
using System.Runtime.CompilerServices;
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
/// <c>cross_tenant_api_spike</c>: calls into other tenants over the last five minutes, beyond a multiple of what the time of week lets expect and a floor.
/// Its drivers are the fewest principals and partners that make 80 % of the excess.
/// </summary>
internal sealed class CrossTenantDetector(TenantScope scope, TenantRate baseline)
{
    private const int Minutes = 8;
    private const double Share = 0.8;

    [InlineArray(Minutes)]
    internal struct MinuteCounts
    {
        private int _first;
    }

    /// <summary>The calls of one principal and partner: the last minutes, and the habit (mean per minute) before them.</summary>
    internal struct Caller : IEvictable
    {
        public MinuteCounts Counts;
        public long Minute;
        public float Habit;
        public int Seen;

        public long LastSeen { get; set; }

        public readonly bool Established => Seen > 60;
    }

    private readonly CrossTenantOptions _options = scope.Signals.CrossTenantApiSpike;
    private readonly KeyedTable<PairKey, Caller> _callers = new(scope.Options.Detection.Limits.Counters, TimeSpan.FromDays(7).Ticks, scope.Memory.Of(TablePart.Callers));
    private readonly SecondsRing _window = new(scope.Signals.CrossTenantApiSpike.Window, TimeSpan.FromTicks(scope.Lateness));
    private Episode? _episode;

    public int Count => _callers.Count;

    public long Evictions => _callers.Evictions;

    public long Bytes => _callers.Bytes + _window.Bytes;

    /// <summary>Whatever is seen.</summary>
    public long OwnBytes => _window.Bytes;

    public void Trim(long now) => _callers.Trim(now);

    public long BytesAt(int callers) => _callers.BytesAt(callers) + _window.Bytes;

    public static bool Counts(in TelemetryEvent e) => e.Type is EventType.ApiCall or EventType.DelegationUse && e.IsCrossTenant;

    public void Observe(in TelemetryEvent e, long time, Outcome outcome)
    {
        if (!_options.Enabled) return;
        var claims = e.IdentitiesAreClaims;
        AddCaller(new PairKey(claims ? null : e.Principal, claims ? null : e.Partner), time, e.Count);

        var observed = _window.Add(time, e.Count);
        if (observed <= _options.Floor)
        {
            scope.Current?.Count(Signal.CrossTenantApiSpike, new Entity(EntityKind.Tenant, scope.Tenant.Text), observed, _options.Floor, _options.Window);
            return;
        }

        var expected = baseline.Expected(time / TimeSpan.TicksPerMinute).Expected * _options.Window.TotalMinutes;
        var threshold = Math.Max(_options.Floor, _options.Factor * expected);
        scope.Current?.Count(Signal.CrossTenantApiSpike, new Entity(EntityKind.Tenant, scope.Tenant.Text), observed, threshold, _options.Window);
        scope.Current?.Note(TraceStep.Baseline, $"cross_tenant_api_spike: {LaneTrace.Number(expected)} expected in {_options.Window:c}");
        if (observed <= threshold) return;

        var learning = time - scope.FirstSeen < _options.Learning.Ticks;
        var seen = new Observation(
            time, time - _options.Window.Ticks, time, observed, expected, threshold, null, SeverityScale.CrossTenant(observed / threshold, learning));
        var entity = new Entity(EntityKind.Tenant, scope.Tenant.Text);
        _episode = scope.Alerts.Raise(_episode, Signal.CrossTenantApiSpike, entity, seen, outcome);

        if (_episode.HasGrown)
        {
            (_episode.Plot, _episode.Baseline) = (RateKind.CrossTenant, baseline.ToSummary(time / TimeSpan.TicksPerMinute));
            _episode.Detail = Drive(_episode, time, observed, observed - expected) + (learning ? ", in its first hour, when there is no baseline yet" : "");
        }

        _episode.AddEvent(e.Id.ToString());
        scope.Alerts.Tell(_episode, outcome);
    }

    private void AddCaller(in PairKey key, long time, int count)
    {
        ref var caller = ref _callers.At(_callers.FindOrAdd(key, time, out var added)).State;
        var minute = time / TimeSpan.TicksPerMinute;
        if (added) caller.Minute = minute;
        caller.LastSeen = Math.Max(caller.LastSeen, time);
        if (caller.Seen < int.MaxValue) caller.Seen++;
        if (minute > caller.Minute) MoveTo(ref caller, minute);
        else if (minute <= caller.Minute - Minutes) return;
        caller.Counts[(int)(minute % Minutes)] += count;
    }

    /// <summary>Minutes that leave the ring become habit.</summary>
    private static void MoveTo(ref Caller caller, long minute)
    {
        for (var steps = 0; caller.Minute < minute && steps < Minutes; steps++)
        {
            caller.Minute++;
            ref var leaving = ref caller.Counts[(int)(caller.Minute % Minutes)];
            caller.Habit += (leaving - caller.Habit) / CountBaseline.MeanMemory;
            leaving = 0;
        }

        if (caller.Minute == minute) return;
        caller.Habit *= (float)Math.Pow(1 - (1.0 / CountBaseline.MeanMemory), minute - caller.Minute);
        caller.Minute = minute;
    }

    /// <summary>Names the drivers, and says who they are. Greedy cover of the excess; of two that explain as much the narrower, a principal, is taken before a partner.</summary>
    private string Drive(Episode episode, long time, double observed, double excess)
    {
        var minute = time / TimeSpan.TicksPerMinute;
        var span = (int)Math.Clamp(Math.Ceiling(_options.Window.TotalMinutes) + 1, 1, Minutes);
        var begun = (double)(time % TimeSpan.TicksPerMinute) / TimeSpan.TicksPerMinute; // of the minute; as much of the first one lies before the window
        List<(PairKey Key, double Excess)> callers = [];
        var made = new Dictionary<Entity, (double Observed, double Expected)>();
        for (var n = 0; n < _callers.HighIndex; n++)
        {
            ref var entry = ref _callers.At(n);
            if (!entry.Used || minute - entry.State.Minute >= span || (entry.Key.Principal is null && entry.Key.Partner is null)) continue;
            var recent = 0.0;
            for (var m = Math.Max(minute - span + 1, entry.State.Minute - Minutes + 1); m <= entry.State.Minute; m++)
                recent += entry.State.Counts[(int)(m % Minutes)] * (m > minute - span + 1 ? 1 : 1 - begun);
            var usual = entry.State.Habit * _options.Window.TotalMinutes;
            foreach (var entity in EntitiesOf(entry.Key)) made[entity] = made.GetValueOrDefault(entity) is var (sum, expected) ? (sum + recent, expected + usual) : default;
            if (recent > usual) callers.Add((entry.Key, recent - usual));
        }

        episode.Contributors = Contributor.Leading(made.Select(m => Contributor.Of(m.Key, m.Value.Observed, m.Value.Expected, observed, claimed: false)));
        var above = callers.Sum(c => c.Excess);
        if (above < (1 - Share) * excess) return ", though nobody makes many more than usual";
        var left = above * (1 - Share);
        List<string> named = [];
        while (episode.Drivers.Count < Episode.DriversKept && callers.Count > 0 && callers.Sum(c => c.Excess) > left)
        {
            var best = callers.SelectMany(c => new[] { (c.Key.Principal, EntityKind.Principal, c.Excess), (c.Key.Partner, EntityKind.Partner, c.Excess) })
                .Where(c => c.Item1 is not null)
                .GroupBy(c => new Entity(c.Item2, c.Item1!.Text))
                .Select(g => (Entity: g.Key, Excess: g.Sum(c => c.Excess)))
                .OrderByDescending(c => c.Excess).ThenBy(c => c.Entity.Kind).ThenBy(c => c.Entity.Id, StringComparer.Ordinal)
                .First();
            episode.AddDriver(best.Entity);
            if (named.Count < 3)
                named.Add(string.Create(CultureInfo.InvariantCulture, $"{Names.Of(best.Entity.Kind)} {best.Entity.Id} ({Math.Min(100, 100 * best.Excess / Math.Max(1, excess)):0} %)"));
            callers.RemoveAll(c => best.Entity.Id == (best.Entity.Kind == EntityKind.Principal ? c.Key.Principal : c.Key.Partner)?.Text);
        }

        if (episode.Drivers.Count == 1)
        {
            episode.Principal = episode.Drivers[0].Kind == EntityKind.Principal ? episode.Drivers[0].Id : null;
            episode.Partner = episode.Drivers[0].Kind == EntityKind.Partner ? episode.Drivers[0].Id : null;
        }

        return named.Count > 0 ? ", most of the excess by " + string.Join(", ", named) : "";
    }

    private static IEnumerable<Entity> EntitiesOf(PairKey key)
    {
        if (key.Principal is not null) yield return new Entity(EntityKind.Principal, key.Principal.Text);
        if (key.Partner is not null) yield return new Entity(EntityKind.Partner, key.Partner.Text);
    }

    public void Save(StateWriter writer)
    {
        _window.Save(writer);
        _callers.Save(writer, static (w, entry) =>
        {
            w.Symbol(entry.Key.Principal);
            w.Symbol(entry.Key.Partner);
            w.Raw(entry.State.Counts);
            w.Raw((entry.State.Minute, entry.State.LastSeen, entry.State.Habit, entry.State.Seen));
        });
    }

    public void Load(ref StateReader reader)
    {
        _window.Load(ref reader);
        _callers.Load(ref reader, static (ref StateReader r, ref KeyedTable<PairKey, Caller>.Entry entry) =>
        {
            entry.Key = new PairKey(r.SymbolOrNull(), r.SymbolOrNull());
            entry.State.Counts = r.Raw<MinuteCounts>();
            (entry.State.Minute, entry.State.LastSeen, entry.State.Habit, entry.State.Seen) = r.Raw<(long, long, float, int)>();
        });
    }
}
