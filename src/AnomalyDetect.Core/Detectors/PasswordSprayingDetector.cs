using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Tables;
using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Detectors;

/// <summary>
/// <c>password_spraying</c>: one address fails to log in as many different principals, a try or two each, too slowly for any rate to notice (ATT&amp;CK
/// T1110.003). An address from which as many people succeed is a shared way out, such as an office's: it is reported at low and never blocked.
/// </summary>
internal sealed class PasswordSprayingDetector(TenantScope scope)
{
    internal struct Source : IEvictable
    {
        public DistinctWindow Failed; // principals that could not log in from here
        public DistinctWindow Succeeded; // those that could
        public TriedPrincipals Tried;
        public int FailedCount, SucceededCount; // as of the last event
        public long SucceededAt;
        public Episode? Episode;

        public long LastSeen { get; set; }

        public readonly bool Established => FailedCount > 3;
    }

    private readonly ThresholdOptions _options = scope.Signals.PasswordSpraying;
    private readonly KeyedTable<EntityKey, Source> _sources = new(scope.Options.Detection.Limits.Counters, scope.Signals.PasswordSpraying.Window.Ticks + TimeSpan.TicksPerHour, scope.Memory.Of(TablePart.Spraying), Contributor.Kept * Symbol.TypicalBytes, start: 2);

    public int Count => _sources.Count;

    public long Evictions => _sources.Evictions;

    public long Bytes => _sources.Bytes;

    public void Trim(long now) => _sources.Trim(now);

    public long BytesAt(int entries) => _sources.BytesAt(entries);

    public void Observe(in TelemetryEvent e, long time, Outcome outcome)
    {
        if (!_options.Enabled || e.Type != EventType.Login || e.SourceIp.IsNone || e.Principal is null) return;
        var key = new EntityKey(e.SourceIp.Network);
        var failed = e.Outcome != EventOutcome.Success;
        var index = failed ? _sources.FindOrAdd(key, time, out _) : _sources.Find(key);
        if (index < 0) return; // nothing has failed from here
        ref var source = ref _sources.At(index).State;
        if (time - source.LastSeen >= _options.Window.Ticks) source.Tried = default; // nothing of it stands in the window any more
        source.LastSeen = Math.Max(source.LastSeen, time);
        if (!failed)
        {
            source.SucceededCount = source.Succeeded.Add(e.Principal.Hash, time, _options.Window.Ticks);
            source.SucceededAt = time;
            return;
        }

        if (e.Reason is not (FailureReason.BadPassword or FailureReason.UnknownUser or FailureReason.Other or FailureReason.None)) return;
        source.Tried.Add(e.Principal, e.Count);
        source.FailedCount = source.Failed.Add(e.Principal.Hash, time, _options.Window.Ticks);
        scope.Current?.Count(Signal.PasswordSpraying, key.ToEntity(), source.FailedCount, _options.Threshold, _options.Window);
        if (source.FailedCount <= _options.Threshold) return;

        var shared = source.SucceededAt > time - _options.Window.Ticks && source.SucceededCount * 2 > source.FailedCount;
        var severity = shared ? Severity.Low : source.FailedCount >= 2 * _options.Threshold ? Severity.High : Severity.Medium;
        var seen = new Observation(time, time - _options.Window.Ticks, time, source.FailedCount, 0, _options.Threshold, null, severity);
        var entity = key.ToEntity();
        var episode = source.Episode = scope.Alerts.Raise(source.Episode, Signal.PasswordSpraying, entity, seen, outcome);
        episode.Address = entity.Id;
        if (episode.HasGrown) episode.Contributors = source.Tried.Leading();
        episode.AddEvent(e.Id.ToString());
        if (!shared) episode.AddDriver(entity);
        episode.Detail = shared
            ? $", where {source.SucceededCount} others succeeded, so it may be a shared way out"
            : source.SucceededCount > 0 ? $", and {(source.SucceededCount == 1 ? "one login" : $"{source.SucceededCount} logins")} succeeded from there" : null;
        scope.Alerts.Tell(episode, outcome);
    }

    public void Save(StateWriter writer) => _sources.Save(writer, static (w, entry) =>
    {
        entry.Key.Save(w);
        w.Raw(entry.State.Failed);
        w.Raw(entry.State.Succeeded);
        entry.State.Tried.Save(w);
        w.Raw((entry.State.SucceededAt, entry.State.LastSeen, entry.State.FailedCount, entry.State.SucceededCount));
    });

    public void Load(ref StateReader reader) => _sources.Load(ref reader, static (ref StateReader r, ref KeyedTable<EntityKey, Source>.Entry entry) =>
    {
        entry.Key = EntityKey.Load(ref r);
        entry.State = new Source { Failed = r.Raw<DistinctWindow>(), Succeeded = r.Raw<DistinctWindow>(), Tried = TriedPrincipals.Load(ref r) };
        (entry.State.SucceededAt, entry.State.LastSeen, entry.State.FailedCount, entry.State.SucceededCount) = r.Raw<(long, long, int, int)>();
    });
}
