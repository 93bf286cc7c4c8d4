using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Core.Tables;
using AnomalyDetect.Core.Tracing;
using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Alerts;

/// <summary>What may be learned from an entity's window.</summary>
internal enum Teaching : byte
{
    /// <summary>What stands out is learned as if it stood less far out.</summary>
    Ordinary,

    /// <summary>It stands under an open alert: nothing.</summary>
    Held,

    /// <summary>The alert has lasted: this is the new normal, and learned as it is.</summary>
    Adopted,
}

/// <summary>
/// The open alerts of one tenant. Detectors open episodes and report to them; the book cuts revisions, links what concerns the same entity, and hands each
/// revision to the playbook.
/// </summary>
/// <param name="beside">The tenant's own book, where this is the one of a shadow model: what no model told there counts here too.</param>
/// <param name="memory">Of the tenant; null: it may grow to its limit.</param>
internal sealed partial class AlertBook(string tenant, EngineOptions options, LaneTrace? trace = null, AlertBook? beside = null, TenantMemory? memory = null)
{
    private const int Start = 4; // of open alerts, before there is more room

    private readonly Dictionary<(Signal, EntityKind, string), Episode> _open = [];
    private readonly SortedDictionary<Signal, AlertGroup> _groups = [];
    private readonly OffenceBook _offences = new(memory?.Of(beside is null ? TablePart.Offences : TablePart.ShadowOffences));
    private readonly PaidRoom _room = new(memory?.Of(beside is null ? TablePart.Alerts : TablePart.ShadowAlerts), Start, options.Detection.Limits.OpenAlerts, Episode.TypicalBytes);
    private bool _wants; // more room, when an event comes
    private readonly long _gap = options.Detection.EpisodeGap.Ticks;

    public int Count => _open.Count;

    public long Bytes => BytesAt(_open.Count) + _offences.Bytes;

    public static long BytesAt(int open) => open * (long)Episode.TypicalBytes;

    /// <summary>Gives the tenant's last hour of a rate, for the plot of an alert that shows in it.</summary>
    public Func<RateKind, Series?>? Plots { private get; set; }

    /// <summary>How many principals of the tenant are known; what a share of it is a share of.</summary>
    public Func<int>? Principals { private get; set; }

    public long Evictions { get; private set; }

    /// <summary>The running episode about this entity, if it is not over at <paramref name="at"/>.</summary>
    public Episode? Find(Signal signal, Entity entity, long at) =>
        _open.TryGetValue((signal, entity.Kind, entity.Id), out var episode) && !episode.IsOver(at, _gap) ? episode : null;

    /// <summary>The open episode about this entity, over or not; for reading a checkpoint.</summary>
    public Episode? Get(Signal signal, Entity entity) => _open.GetValueOrDefault((signal, entity.Kind, entity.Id));

    public bool IsRunning(Episode? episode, long at) => episode is not null && !episode.IsOver(at, _gap);

    /// <summary>The entity's running episode with the finding in it, or a new one; nothing is told before <see cref="Tell"/>.</summary>
    /// <param name="known">The episode the detector remembers; null when it remembers none.</param>
    public Episode Raise(Episode? known, Signal signal, Entity entity, in Observation seen, Outcome outcome)
    {
        var episode = IsRunning(known, seen.At) ? known : Find(signal, entity, seen.At);
        if (episode is null) return Open(signal, entity, seen, outcome);
        episode.Take(seen);
        return episode;
    }

    /// <summary>As above, but what is only for the record opens no episode once the allowance is used up: it is counted, and null is returned.</summary>
    public Episode? Raise(ref InfoAllowance allowance, double perDay, Signal signal, Entity entity, in Observation seen, Outcome outcome)
    {
        var running = Find(signal, entity, seen.At);
        if (running is not null || seen.Severity > Severity.Info || allowance.Take(seen.At, perDay)) return Raise(running, signal, entity, seen, outcome);
        outcome.Counters.Unreported++;
        if (trace is not null && trace.Concerns(entity)) trace.Note(TraceStep.Finding, $"{Names.Of(signal)} at {Names.Of(entity.Kind)} {entity.Id}: only for the record, and there were {LaneTrace.Number(perDay)} such alerts today (budget.info_per_day), so it is counted and not told");
        return null;
    }

    /// <summary>What an open alert of at least medium severity about the entity (of a tenant, any in it) means for learning from what it does.</summary>
    public Teaching TeachingOf(Entity entity, long at)
    {
        var own = TeachingOf(entity, at, ofModels: true);
        if (beside is null || own == Teaching.Held) return own;
        var others = beside.TeachingOf(entity, at, ofModels: false);
        return others == Teaching.Ordinary ? own : others;
    }

    private Teaching TeachingOf(Entity entity, long at, bool ofModels)
    {
        var teaching = Teaching.Ordinary;
        foreach (var episode in _open.Values)
        {
            if (!ofModels && episode.Contributions.Count > 0) continue;
            if (episode.Severity < Severity.Medium || episode.IsOver(at, _gap) || !(entity.Kind == EntityKind.Tenant || episode.Concerns(entity))) continue;
            if (!HasLasted(episode, at)) return Teaching.Held;
            teaching = Teaching.Adopted;
        }

        return teaching;
    }

    /// <summary>An open alert of at least medium severity of this signal about the entity has not lasted so long that what it tells of is the new normal.</summary>
    public bool Holds(Signal signal, Entity entity, long at) =>
        Count > 0 && Find(signal, entity, at) is { Severity: >= Severity.Medium } open && !HasLasted(open, at);

    /// <summary>In words, why what the entity does is not learned; null where it is.</summary>
    /// <param name="signal">Whose alerts hold it; null: any's.</param>
    public string? WhyHeld(Signal? signal, Entity entity, long at)
    {
        foreach (var episode in InOrder())
        {
            if (episode.Severity < Severity.Medium || episode.IsOver(at, _gap) || HasLasted(episode, at)) continue;
            if (signal is null ? entity.Kind == EntityKind.Tenant || episode.Concerns(entity) : episode.Signal == signal && episode.Entity == entity)
                return $"alert {episode.Id} ({Names.Of(episode.Signal)}, {Names.Of(episode.Severity)}) is open since {LaneTrace.Time(episode.First.At)}, and what it tells of is the new normal only after {options.Detection.AdoptAfter:c} (adopt_after)";
        }

        return null;
    }

    private bool HasLasted(Episode episode, long at) => episode.First.At <= at - options.Detection.AdoptAfter.Ticks;

    /// <summary>
    /// Another alert tells already why something about the entity is odd between <paramref name="from"/> and <paramref name="to"/>: one about it, or, of a
    /// tenant, any in it.
    /// </summary>
    public bool Explains(Signal signal, Entity entity, long from, long to) =>
        Explains(signal, entity, from, to, ofModels: true) || (beside is not null && beside.Explains(signal, entity, from, to, ofModels: false));

    private bool Explains(Signal signal, Entity entity, long from, long to, bool ofModels)
    {
        foreach (var episode in _open.Values)
        {
            if (ofModels ? episode.Signal == signal && episode.Entity == entity : episode.Contributions.Count > 0) continue;
            if (episode.Severity < Severity.Low || episode.Revision == 0 || episode.LastAt + _gap < from || episode.First.At > to) continue;
            if (entity.Kind == EntityKind.Tenant || episode.Concerns(entity) || episode.Principal == entity.Id) return true;
        }

        return false;
    }

    /// <summary>Opens an episode; nothing is told before <see cref="Tell"/>.</summary>
    public Episode Open(Signal signal, Entity entity, in Observation first, Outcome outcome)
    {
        if (_open.Count >= _room.Count && !Grow()) EvictOne(first.At, outcome);
        var episode = new Episode(signal, entity, IdOf(signal, entity, first.At), first);
        if (!_groups.TryGetValue(signal, out var group) || group.IsOver(first.At, _gap)) _groups[signal] = group = new AlertGroup(episode.Id, first.At);
        episode.Group = group;
        Link(episode, first.At);
        if (Get(signal, entity) is { } over) Resolve(over, AlertResolution.Quiet, over.LastAt + _gap, outcome);
        _open.Add((signal, entity.Kind, entity.Id), episode);
        return episode;
    }

    /// <summary>Cuts a revision if the episode is new or has grown, and asks the playbook what is to be done about it.</summary>
    public void Tell(Episode episode, Outcome outcome)
    {
        outcome.Counters.Findings[(int)episode.Signal]++;
        episode.Group!.LastAt = Math.Max(episode.Group.LastAt, episode.LastAt);
        if (!episode.HasGrown)
        {
            if (trace is not null && trace.Follows(episode)) trace.Hold(episode);
            return;
        }

        foreach (var exception in options.Detection.Exceptions)
        {
            if (!exception.Covers(tenant, episode)) continue;
            outcome.Counters.Excepted++;
            if (trace is not null && trace.Follows(episode))
                trace.Note(TraceStep.Finding, $"{Names.Of(episode.Signal)} at {Names.Of(episode.Entity.Kind)} {episode.Entity.Id} is excepted until {LaneTrace.Time(exception.Until.UtcDateTime)}: {exception.Reason}");
            return;
        }

        var followed = trace is not null && trace.Follows(episode) ? trace : null;
        if (followed is not null)
        {
            followed.Begin(episode.Latest.At, episode.Growth);
            AlertNotes.Found(followed, episode, options.Detection.SignalsOf(tenant).Budget);
        }

        if (episode.Evidence.Count == Episode.EvidenceKept) episode.Evidence.RemoveAt(1);
        if (episode.Evidence.Count == 0) episode.Evidence.Add(episode.First);
        if (episode.Evidence[^1] != episode.Peak) episode.Evidence.Add(episode.Peak);
        episode.Revised();
        var tells = episode.Group.Tells(episode);
        var alert = AlertRevision.Of(episode, tenant, SeriesOf(episode));
        outcome.Alerts.Add(alert);
        if (followed is not null) AlertNotes.Revised(followed, alert);
        var decided = outcome.Decisions.Count;
        PlaybookEvaluator.Evaluate(options, alert, episode, _offences, tells, outcome, followed);
        if (outcome.Decisions.Count > decided && Principals is not null) outcome.Principals[tenant] = Principals();
    }

    /// <summary>Resolves what ended before <paramref name="now"/>.</summary>
    public void Close(long now, Outcome outcome)
    {
        if (_open.Count == 0) return;
        List<Episode>? over = null;
        foreach (var episode in _open.Values)
            if (episode.IsOver(now, _gap)) (over ??= []).Add(episode);
        if (over is null) return;
        foreach (var episode in over.Order(ByAge)) Resolve(episode, AlertResolution.Quiet, episode.LastAt + _gap, outcome);
        _room.Shrink(_open.Count);
    }

    /// <summary>An event is there, so that memory may be asked for what windows wanted when they closed.</summary>
    public void Prepare()
    {
        if (!_wants) return;
        _wants = false;
        Grow();
    }

    private bool Grow()
    {
        if (_room.Grow()) return true;
        _wants |= !_room.IsLargest;
        return false;
    }

    /// <summary>The tenant itself is put out of its table for want of room.</summary>
    public void Displace(Outcome outcome)
    {
        foreach (var episode in InOrder().ToList()) Resolve(episode, AlertResolution.Displaced, episode.LastAt, outcome);
    }

    /// <summary>The alert's last revision, where it was told at all. Nobody is told of it: it is for the record, and for whoever asks what is still open.</summary>
    private void Resolve(Episode episode, AlertResolution resolution, long at, Outcome outcome)
    {
        episode.Ended = true;
        _open.Remove((episode.Signal, episode.Entity.Kind, episode.Entity.Id));
        if (episode.Revision == 0) return;
        episode.Revised();
        outcome.Alerts.Add(AlertRevision.Of(episode, tenant, SeriesOf(episode), resolution, at));
        if (trace is not null && trace.Follows(episode)) AlertNotes.Resolved(trace, episode, resolution, at, options.Detection.EpisodeGap);
    }

    private Series? SeriesOf(Episode episode) => episode.Plot is { } rate ? Plots?.Invoke(rate) : null;

    /// <summary>Evidence adds up: another open alert of at least medium severity about the same entity raises one of at least medium severity by a step.</summary>
    private void Link(Episode episode, long at)
    {
        // In a storm most open alerts have nothing to do with each other: only those that have are put in order.
        foreach (var other in _open.Values.Where(o => o.Signal != episode.Signal && !o.IsOver(at, _gap) && o.Concerns(episode.Entity)).Order(ByAge))
        {
            if (episode.Related.Count == Episode.DriversKept) break;
            episode.Related.Add(other.Id);
            if (other.Related.Count < Episode.DriversKept) other.Related.Add(episode.Id);
            if (episode.Severity == episode.First.Severity && episode.Severity is Severity.Medium or Severity.High && other.Severity >= Severity.Medium)
                episode.Severity++;
        }
    }

    private void EvictOne(long at, Outcome outcome)
    {
        // What is over already makes room without a loss.
        Close(at, outcome);
        if (_open.Count < _room.Count) return;
        Resolve(_open.Values.Min(ByWorth)!, AlertResolution.Displaced, at, outcome);
        Evictions++;
    }

    /// <summary>By age, for a dictionary's own order depends on what was in it before.</summary>
    private IEnumerable<Episode> InOrder() => _open.Values.Order(ByAge);

    private static readonly Comparer<Episode> ByAge = Comparer<Episode>.Create(static (a, b) =>
        a.First.At != b.First.At ? a.First.At.CompareTo(b.First.At) : string.CompareOrdinal(a.Id, b.Id));

    private static readonly Comparer<Episode> ByWorth = Comparer<Episode>.Create(static (a, b) =>
        a.Severity != b.Severity ? a.Severity.CompareTo(b.Severity) : a.LastAt != b.LastAt ? a.LastAt.CompareTo(b.LastAt) : ByAge.Compare(a, b));

    private string IdOf(Signal signal, Entity entity, long at)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{tenant}\n{Names.Of(signal)}\n{Names.Of(entity.Kind)}\n{entity.Id}\n{at}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));
    }
}
