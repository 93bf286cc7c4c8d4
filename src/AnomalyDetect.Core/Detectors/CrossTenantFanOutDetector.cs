using System.Globalization;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Tables;
using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Detectors;

/// <summary>
/// <c>cross_tenant_fan_out</c>: one principal calls into one other tenant after the other, at whatever pace (a partner's access is abused to look around
/// among those that trust it; ATT&amp;CK T1199). Each is held against its own most, so that who serves many tenants is told of once; of one that is
/// new itself, too little is known for more than low.
/// </summary>
/// <remarks>A volume of calls is <see cref="CrossTenantDetector"/>'s, which names who makes it; what it tells is not told again.</remarks>
internal sealed class CrossTenantFanOutDetector(TenantScope scope)
{
    private const int MostHigh = DistinctWindow.Capacity - 2;

    internal struct Visitor : IEvictable
    {
        public DistinctSpell Visited; // tenants
        public bool IsNew; // as the principal itself

        public long LastSeen { get; set; }

        public readonly bool Established => Visited.Usual > 0;
    }

    private readonly ThresholdOptions _options = scope.Signals.CrossTenantFanOut;
    private readonly KeyedTable<SymbolKey, Visitor> _visitors = new(scope.Options.Detection.Limits.Counters, TimeSpan.FromDays(30).Ticks, scope.Memory.Of(TablePart.Visitors));

    public int Count => _visitors.Count;

    public long Evictions => _visitors.Evictions;

    public long Bytes => _visitors.Bytes;

    public void Trim(long now) => _visitors.Trim(now);

    public long BytesAt(int visitors) => _visitors.BytesAt(visitors);

    /// <param name="e">A call into another tenant.</param>
    /// <param name="isKnown">The principal has habits here.</param>
    public void Observe(in TelemetryEvent e, long time, bool isKnown, Outcome outcome)
    {
        if (!_options.Enabled || e.Principal is null || e.IdentitiesAreClaims) return;
        ref var visitor = ref _visitors.At(_visitors.FindOrAdd(new SymbolKey(e.Principal), time, out var added)).State;
        if (added) visitor.IsNew = !isKnown;
        if (visitor.IsNew && isKnown)
        {
            visitor.Visited.Adopt();
            visitor.IsNew = false;
        }

        visitor.LastSeen = Math.Max(visitor.LastSeen, time);
        visitor.Visited.Add(e.TargetTenant!.Hash, time, _options.Window.Ticks, scope.Options.Detection.AdoptAfter.Ticks);
        var limit = visitor.Visited.LimitOf(_options.Threshold);
        var entity = new Entity(EntityKind.Principal, e.Principal.Text);
        scope.Current?.Count(Signal.CrossTenantFanOut, entity, visitor.Visited.Count, limit, _options.Window);
        if (visitor.Visited.Count > limit && !IsToldOf(entity, time)) Report(e, time, limit, entity, ref visitor, outcome);
    }

    /// <summary>As one of those that make a spike of such calls, and answered.</summary>
    private bool IsToldOf(Entity entity, long time) =>
        scope.Alerts.Find(Signal.CrossTenantApiSpike, new Entity(EntityKind.Tenant, scope.Tenant.Text), time) is { } spike && spike.Concerns(entity);

    private void Report(in TelemetryEvent e, long time, int limit, Entity entity, ref Visitor visitor, Outcome outcome)
    {
        var seen = visitor.Visited;
        var severity = visitor.IsNew ? Severity.Low : seen.Count >= Math.Min(2 * limit, MostHigh) ? Severity.High : Severity.Medium;
        visitor.Visited.Told();
        var episode = scope.Alerts.Raise(
            null, Signal.CrossTenantFanOut, entity, new Observation(time, time - _options.Window.Ticks, time, seen.Count, Math.Round(seen.Usual), limit, null, severity), outcome);
        (episode.Principal, episode.Partner) = (entity.Id, e.Partner?.Text ?? episode.Partner);
        episode.AddEvent(e.Id.ToString());
        episode.AddDriver(entity);
        episode.Detail = visitor.IsNew ? ", but is new itself, so that its habits are not known yet"
            : seen.Usual >= 1 ? string.Create(CultureInfo.InvariantCulture, $", where {seen.Usual:0} {(Math.Round(seen.Usual) == 1 ? "was" : "were")} its most so far") : "";
        scope.Alerts.Tell(episode, outcome);
    }

    public void Save(StateWriter writer) => _visitors.Save(writer, static (w, entry) =>
    {
        w.Symbol(entry.Key.Symbol);
        w.Raw(entry.State);
    });

    public void Load(ref StateReader reader) => _visitors.Load(ref reader, static (ref StateReader r, ref KeyedTable<SymbolKey, Visitor>.Entry entry) =>
    {
        entry.Key = new SymbolKey(r.Symbol());
        entry.State = r.Raw<Visitor>();
    });
}
