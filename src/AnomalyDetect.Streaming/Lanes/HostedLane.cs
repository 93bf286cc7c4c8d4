using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Tracing;
using AnomalyDetect.Streaming.History;
using AnomalyDetect.Streaming.Sources;

namespace AnomalyDetect.Streaming.Lanes;

/// <summary>
/// A lane with its positions. After a restart it repeats what lies between its checkpoint and its outcome position: all of that is in the store already, so
/// what comes out is let go, and nothing is stored, sent or counted twice. Options that have changed are taken exactly at the outcome position.
/// </summary>
internal sealed class HostedLane
{
    private readonly CheckpointSchedule? _schedule;
    private readonly TimeProvider _time;
    private readonly bool _keepsFeatures;
    private EngineHistory? _next;
    private string _version;
    private Outcome _outcome = new();
    private DateTime _observedAt;
    private bool _moved;
    private bool _mustSave;
    private List<FeatureRow> _features = []; // of windows closed since _featuresFrom
    private long _featuresFrom;
    private int _windowMinutes;
    private byte[]? _carried; // over a change of options, and nothing has happened since

    private HostedLane(Lane lane, string name, int index, string version, long position, long stored, TimeProvider time, CheckpointSchedule? schedule, bool keepsFeatures = false)
    {
        (Lane, Name, Index, _version, Position, Stored, _time, _schedule) = (lane, name, index, version, position, stored, time, schedule);
        (_keepsFeatures, _featuresFrom) = (keepsFeatures, position);
    }

    public Lane Lane { get; }

    public string Name { get; }

    /// <summary>Its number among the lanes of a shared log, or its partition.</summary>
    public int Index { get; }

    /// <summary>The first offset it has not seen.</summary>
    public long Position { get; private set; }

    /// <summary>Everything before this offset is in the store.</summary>
    public long Stored { get; }

    public DateTime ObservedAt => _observedAt;

    /// <summary>Of all that was handed over, repeated batches not among it.</summary>
    public OutcomeCounters Totals { get; } = new();

    public TimeSpan LastSaveTook { get; private set; }

    /// <summary>Features of closed windows that <see cref="TakeFeatures"/> would give.</summary>
    public int FeaturesKept => _features.Count;

    /// <summary>A lane the store knows, at its checkpoint.</summary>
    /// <param name="keepsFeatures">Features of closed windows are wanted, those of what is repeated among them: <see cref="TakeFeatures"/>.</param>
    public static HostedLane Resume(
        LanePositions positions, int index, EngineHistory engines, ILaneStore store, TimeProvider time, TimeSpan checkpointInterval, bool keepsFeatures = false)
    {
        // A lane's beginning is a checkpoint, so one without has no outcomes either: the process ended between the two.
        var checkpoint = positions.Checkpoint ?? Begin(positions.Lane, positions.OutcomeOffset, default, engines, store).Checkpoint!;
        var options = engines.Of(checkpoint.EngineVersion);
        var lane = Lane.Load(options, checkpoint.State.Span, keepsFeatures);
        var hosted = new HostedLane(
            lane, positions.Lane, index, checkpoint.EngineVersion, checkpoint.NextOffset, positions.OutcomeOffset, time, new CheckpointSchedule(time, checkpointInterval),
            keepsFeatures)
        {
            _observedAt = checkpoint.ObservedAt,
        };
        if (checkpoint.EngineVersion == engines.Version) return hosted;
        hosted._next = engines;
        hosted.TakeNextOptions();
        // No outcome may be made under new options before a checkpoint stands that a replay would begin from.
        if (hosted._mustSave) store.SaveCheckpoint(hosted.Snapshot());
        return hosted;
    }

    /// <summary>For replays without a store. Its options never change and stand in no checkpoint, so they need no version, which takes long to make.</summary>
    public static HostedLane Unstored(EngineOptions options, string name, int index, TimeProvider time, LaneTrace? trace = null, bool collectsFeatures = false) =>
        new(new Lane(options, trace, collectsFeatures), name, index, "", 0, 0, time, null);

    /// <summary>A lane nobody has seen before. Its beginning is stored at once, so that a restart replays from there under the options of its outcomes.</summary>
    public static LanePositions Begin(string name, long start, DateTime observedAt, EngineHistory engines, ILaneStore store)
    {
        var checkpoint = new LaneCheckpoint(name, start, observedAt, engines.Version, new Lane(engines.Current).Save());
        store.Commit([new LaneCommit(name, start, LaneCommits.Nothing, [])]);
        store.SaveCheckpoint(checkpoint);
        return new LanePositions(name, start, checkpoint);
    }

    /// <summary>Takes its events of a batch that lies wholly before or behind the lane's outcome position.</summary>
    /// <param name="shared">The batch belongs to several lanes.</param>
    /// <param name="keepsRejections">This lane hands on the batch's rejections.</param>
    /// <returns>What to store; null for a replayed batch or one it has seen.</returns>
    public LaneCommit? Process(RawBatch batch, bool shared, bool keepsRejections, PipelineMetrics? metrics)
    {
        if (batch.NextOffset <= Position) return null;
        _carried = null;
        if (batch.Records.Count > 0 && (Cuts(batch, Position) || Cuts(batch, Stored)))
            throw new InvalidOperationException($"lane {Name}: a batch of offsets {batch.Records[0].Offset} to {batch.NextOffset} reaches across {Position} or {Stored}");
        if (shared) Lane.Process(batch.Events, batch.Mine.Of(Index), _outcome);
        else Lane.Process(batch.Events, _outcome);
        Position = batch.NextOffset;
        if (batch.ObservedAt > _observedAt) _observedAt = batch.ObservedAt;
        _moved = true;
        if (_keepsFeatures && _outcome.Features.Count > 0) KeepFeatures();
        if (Position <= Stored)
        {
            _outcome.Clear();
            TakeNextOptions();
            return null;
        }

        return HandOver(keepsRejections ? [.. batch.Events.Rejections] : [], metrics);
    }

    /// <summary>
    /// Options waiting for the outcome position are taken where the log has no record left before it (compaction, lost records).
    /// </summary>
    /// <returns>A checkpoint to be stored before anything that comes of the batch.</returns>
    public LaneCheckpoint? Prepare(RawBatch batch)
    {
        if (_next is null || batch.Records.Count == 0 || batch.Records[0].Offset < Stored) return null;
        Position = Stored;
        TakeNextOptions();
        return Snapshot();
    }

    /// <summary>Options that changed while it runs. Where everything it made is handed over it takes them at once, otherwise at the outcome position.</summary>
    /// <returns>The checkpoint they begin with, to be stored before anything that comes of a later batch; null when there is nothing to take now.</returns>
    public LaneCheckpoint? Take(EngineHistory engines)
    {
        if (engines.Version == (_next?.Version ?? _version)) return null;
        _next = engines.Version == _version ? null : engines; // back again before they were taken
        TakeNextOptions();
        return _mustSave ? Snapshot() : null;
    }

    /// <summary>End of input: closes what is open.</summary>
    public LaneCommit Complete(PipelineMetrics? metrics)
    {
        Lane.Complete(_outcome);
        return HandOver([], metrics);
    }

    /// <summary>The state, when it is time or new options were taken; or whenever something has moved, where <paramref name="now"/> is set.</summary>
    public LaneCheckpoint? Save(bool now)
    {
        // Under old options nothing is saved on the way: the next checkpoint is the one the new options begin with.
        if (_schedule is null || !_moved || _next is not null || Position < Stored) return null;
        return now || _mustSave || _schedule.IsDue ? Snapshot() : null;
    }

    /// <summary>What was kept since it was last asked. To be written before a checkpoint that was saved after this.</summary>
    public HistoryBlock? TakeFeatures()
    {
        var block = _features.Count == 0 ? null : new HistoryBlock(Name, _featuresFrom, Position, _windowMinutes, _features);
        if (block is not null) _features = [];
        _featuresFrom = Position;
        return block;
    }

    /// <summary>They are nothing the store takes, and make no commit urgent.</summary>
    private void KeepFeatures()
    {
        _windowMinutes = Lane.WindowMinutes;
        _features.AddRange(_outcome.Features);
        _outcome.Features.Clear();
    }

    private LaneCommit HandOver(IReadOnlyList<Core.Events.Rejection> rejections, PipelineMetrics? metrics)
    {
        metrics?.Count(_outcome, rejections);
        Totals.Add(_outcome.Counters);
        var outcome = _outcome;
        if (outcome.IsEmpty)
        {
            outcome.Clear();
            outcome = LaneCommits.Nothing;
        }
        else
        {
            _outcome = new Outcome();
        }

        return new LaneCommit(Name, Position, outcome, rejections);
    }

    private static bool Cuts(RawBatch batch, long position) => batch.Records[0].Offset < position && batch.NextOffset > position;

    private void TakeNextOptions()
    {
        if (_next is null || Position < Stored) return;
        _carried = Lane.Reconfigure(_next.Current);
        (_version, _next) = (_next.Version, null);
        _mustSave = true;
    }

    private LaneCheckpoint Snapshot()
    {
        var started = _time.GetTimestamp();
        var checkpoint = new LaneCheckpoint(Name, Position, _observedAt, _version, _carried ?? Lane.Save());
        LastSaveTook = _time.GetElapsedTime(started);
        _schedule?.Saved(LastSaveTook);
        (_moved, _mustSave, _carried) = (false, false, null);
        return checkpoint;
    }
}
