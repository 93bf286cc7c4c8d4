using System.IO.Hashing;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Tables;
using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Detectors;

/// <summary>
/// <c>resource_enumeration</c>: one principal asks for one resource after the other and gets none of them, because it is not there or not for it (broken
/// object level authorization is looked for this way, OWASP API1:2023; ATT&amp;CK T1526). A client that asks whether things exist does so every day, and is
/// held against its own most; while the rest of the tenant is refused as well, the service is more likely at fault, and it is reported at low.
/// </summary>
internal sealed class ResourceEnumerationDetector(TenantScope scope)
{
    private const long SpellGap = 30 * TimeSpan.TicksPerMinute; // after which a walk is over
    private const double Beyond = 0.5; // of the threshold, beyond the principal's own most
    private const double ToldCounts = 0.5; // what people were told of makes itself usual only half
    private const double Forgets = 0.1; // of what is usual, at a walk that comes to less
    private const int MostHigh = DistinctWindow.Capacity - 2;

    internal struct Walker : IEvictable
    {
        public DistinctWindow Refused; // resources
        public FadingCount Recent; // refused calls
        public long SpellAt;
        public float Usual; // the most that earlier walks came to
        public short Peak; // of this one
        public short Count; // as of the last event
        public bool Told; // of this one

        public long LastSeen { get; set; }

        public readonly bool Established => Usual > 1 || Count > 3;
    }

    private readonly ThresholdOptions _options = scope.Signals.ResourceEnumeration;
    private readonly KeyedTable<SymbolKey, Walker> _walkers = new(scope.Options.Detection.Limits.Counters, scope.Options.Detection.AdoptAfter.Ticks + scope.Signals.ResourceEnumeration.Window.Ticks);
    private FadingCount _calls, _refused; // of the tenant

    public int Count => _walkers.Count;

    public long Evictions => _walkers.Evictions;

    public long Bytes => _walkers.Bytes;

    public long BytesAt(int entries) => _walkers.BytesAt(entries);

    /// <param name="e">An API call.</param>
    public void Observe(in TelemetryEvent e, long time, Outcome outcome)
    {
        if (!_options.Enabled) return;
        _calls.Add(e.Count, time, _options.Window.Ticks);
        if (e.Outcome == EventOutcome.Success || e.IsServerError || e.Resource.IsEmpty || e.Principal is null || e.IdentitiesAreClaims) return;

        _refused.Add(e.Count, time, _options.Window.Ticks);
        ref var walker = ref _walkers.At(_walkers.FindOrAdd(new SymbolKey(e.Principal), time, out _)).State;
        EndSpells(ref walker, time);
        walker.LastSeen = Math.Max(walker.LastSeen, time);
        walker.Recent.Add(e.Count, time, _options.Window.Ticks);
        walker.Count = (short)walker.Refused.Add(XxHash3.HashToUInt64(e.Resource.Utf8), time, _options.Window.Ticks);
        walker.Peak = Math.Max(walker.Peak, walker.Count);
        var limit = Math.Max(_options.Threshold, (int)Math.Round(walker.Usual + (Beyond * _options.Threshold)));
        var entity = new Entity(EntityKind.Principal, e.Principal.Text);
        scope.Current?.Count(Signal.ResourceEnumeration, entity, walker.Count, limit, _options.Window);
        if (walker.Count > limit) Report(e, time, limit, entity, ref walker, outcome);
    }

    private void Report(in TelemetryEvent e, long time, int limit, Entity entity, ref Walker walker, Outcome outcome)
    {
        // Denials by the dozen in a minute are told of already, and answered.
        if (scope.Alerts.Find(Signal.PolicyViolationBurst, entity, time) is not null) return;

        // What the principal found is among the calls as well, for it is not counted apart.
        var others = _refused.Value - walker.Recent.ValueAt(time, _options.Window.Ticks);
        var outage = Outage.Explains(others, _calls.Value - _refused.Value + others);
        var severity = outage ? Severity.Low : walker.Count >= Math.Min(2 * limit, MostHigh) ? Severity.High : Severity.Medium;
        var seen = new Observation(time, time - _options.Window.Ticks, time, walker.Count, Math.Round(walker.Usual), limit, null, severity);
        walker.Told = true;
        var episode = scope.Alerts.Raise(null, Signal.ResourceEnumeration, entity, seen, outcome);
        episode.Principal = entity.Id;
        episode.Session ??= e.Session?.Text;
        episode.AddEvent(e.Id.ToString());
        if (!outage) episode.AddDriver(entity);
        episode.Detail = outage ? ", while others in the tenant are refused as well, so the service may be at fault" : walker.Usual >= 1 ? $", where {walker.Usual:0} were its most so far" : null;
        scope.Alerts.Tell(episode, outcome);
    }

    /// <summary>What a walk came to is usual once it is over, or has lasted so long that it is no walk.</summary>
    private void EndSpells(ref Walker walker, long time)
    {
        if (walker.SpellAt == 0)
        {
            walker.SpellAt = time;
            return;
        }

        var adopted = time - walker.SpellAt >= scope.Options.Detection.AdoptAfter.Ticks;
        if (!adopted && time - walker.LastSeen < SpellGap) return;
        walker.Usual += (float)((walker.Peak - walker.Usual) * (walker.Peak < walker.Usual ? Forgets : walker.Told && !adopted ? ToldCounts : 1));
        (walker.Peak, walker.SpellAt, walker.Told) = (0, time, false);
    }

    public void Save(StateWriter writer)
    {
        writer.Raw((_calls, _refused));
        _walkers.Save(writer, static (w, entry) =>
        {
            w.Symbol(entry.Key.Symbol);
            w.Raw(entry.State.Refused);
            w.Raw((entry.State.Recent, entry.State.SpellAt, entry.State.LastSeen, entry.State.Usual, entry.State.Peak, entry.State.Count, entry.State.Told));
        });
    }

    public void Load(ref StateReader reader)
    {
        (_calls, _refused) = reader.Raw<(FadingCount, FadingCount)>();
        _walkers.Load(ref reader, static (ref StateReader r, ref KeyedTable<SymbolKey, Walker>.Entry entry) =>
        {
            entry.Key = new SymbolKey(r.Symbol());
            entry.State = new Walker { Refused = r.Raw<DistinctWindow>() };
            (entry.State.Recent, entry.State.SpellAt, entry.State.LastSeen, entry.State.Usual, entry.State.Peak, entry.State.Count, entry.State.Told) = r.Raw<(FadingCount, long, long, float, short, short, bool)>();
        });
    }
}
