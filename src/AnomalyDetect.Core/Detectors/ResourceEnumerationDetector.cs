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
    private const int MostHigh = DistinctWindow.Capacity - 2;

    internal struct Walker : IEvictable
    {
        public DistinctSpell Refused; // resources
        public FadingCount Recent; // refused calls

        public long LastSeen { get; set; }

        public readonly bool Established => Refused.Usual > 1 || Refused.Count > 3;
    }

    private readonly ThresholdOptions _options = scope.Signals.ResourceEnumeration;
    private readonly KeyedTable<SymbolKey, Walker> _walkers = new(scope.Options.Detection.Limits.Counters, scope.Options.Detection.AdoptAfter.Ticks + scope.Signals.ResourceEnumeration.Window.Ticks, scope.Memory.Of(TablePart.Enumeration));
    private FadingCount _calls, _refused; // of the tenant

    public int Count => _walkers.Count;

    public long Evictions => _walkers.Evictions;

    public long Bytes => _walkers.Bytes;

    public void Trim(long now) => _walkers.Trim(now);

    public long BytesAt(int entries) => _walkers.BytesAt(entries);

    /// <param name="e">An API call.</param>
    public void Observe(in TelemetryEvent e, long time, Outcome outcome)
    {
        if (!_options.Enabled) return;
        _calls.Add(e.Count, time, _options.Window.Ticks);
        if (e.Outcome == EventOutcome.Success || e.IsServerError || e.Resource.IsEmpty || e.Principal is null || e.IdentitiesAreClaims) return;

        _refused.Add(e.Count, time, _options.Window.Ticks);
        ref var walker = ref _walkers.At(_walkers.FindOrAdd(new SymbolKey(e.Principal), time, out _)).State;
        walker.LastSeen = Math.Max(walker.LastSeen, time);
        walker.Recent.Add(e.Count, time, _options.Window.Ticks);
        walker.Refused.Add(XxHash3.HashToUInt64(e.Resource.Utf8), time, _options.Window.Ticks, scope.Options.Detection.AdoptAfter.Ticks);
        var limit = walker.Refused.LimitOf(_options.Threshold);
        var entity = new Entity(EntityKind.Principal, e.Principal.Text);
        scope.Current?.Count(Signal.ResourceEnumeration, entity, walker.Refused.Count, limit, _options.Window);
        if (walker.Refused.Count > limit) Report(e, time, limit, entity, ref walker, outcome);
    }

    private void Report(in TelemetryEvent e, long time, int limit, Entity entity, ref Walker walker, Outcome outcome)
    {
        // Denials by the dozen in a minute are told of already, and answered.
        if (scope.Alerts.Find(Signal.PolicyViolationBurst, entity, time) is not null) return;

        // What the principal found is among the calls as well, for it is not counted apart.
        var others = _refused.Value - walker.Recent.ValueAt(time, _options.Window.Ticks);
        var outage = Outage.Explains(others, _calls.Value - _refused.Value + others);
        var severity = outage ? Severity.Low : walker.Refused.Count >= Math.Min(2 * limit, MostHigh) ? Severity.High : Severity.Medium;
        var seen = new Observation(time, time - _options.Window.Ticks, time, walker.Refused.Count, Math.Round(walker.Refused.Usual), limit, null, severity);
        walker.Refused.Told();
        var episode = scope.Alerts.Raise(null, Signal.ResourceEnumeration, entity, seen, outcome);
        episode.Principal = entity.Id;
        episode.Session ??= e.Session?.Text;
        episode.AddEvent(e.Id.ToString());
        if (!outage) episode.AddDriver(entity);
        episode.Detail = outage ? ", while others in the tenant are refused as well, so the service may be at fault" : walker.Refused.Usual >= 1 ? $", where {walker.Refused.Usual:0} were its most so far" : null;
        scope.Alerts.Tell(episode, outcome);
    }

    public void Save(StateWriter writer)
    {
        writer.Raw((_calls, _refused));
        _walkers.Save(writer, static (w, entry) =>
        {
            w.Symbol(entry.Key.Symbol);
            w.Raw(entry.State);
        });
    }

    public void Load(ref StateReader reader)
    {
        (_calls, _refused) = reader.Raw<(FadingCount, FadingCount)>();
        _walkers.Load(ref reader, static (ref StateReader r, ref KeyedTable<SymbolKey, Walker>.Entry entry) =>
        {
            entry.Key = new SymbolKey(r.Symbol());
            entry.State = r.Raw<Walker>();
        });
    }
}
