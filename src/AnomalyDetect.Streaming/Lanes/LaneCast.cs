using System.Diagnostics;
using AnomalyDetect.Streaming.Sources;

namespace AnomalyDetect.Streaming.Lanes;

/// <summary>The lanes one host runs, and what it makes of a batch. No threads, no streams: the stage around it sees to those.</summary>
/// <param name="number">Of this host.</param>
/// <param name="hosts">How many there are: a partition belongs to host partition mod hosts.</param>
/// <param name="resume">Makes the lane of an assigned partition; null for a shared log.</param>
/// <param name="saves">False in replays: no checkpoints, and the end of input completes the lanes,</param>
/// <param name="metrics">Null in replays: nobody asks for them.</param>
/// <param name="behind">How far the lane is behind its log, for metrics.</param>
/// <param name="completes">unless more input will follow.</param>
/// <param name="engines">The options to run under, asked with each batch; null where they never change.</param>
internal sealed class LaneCast(
    int number, int hosts, IReadOnlyList<HostedLane> shared, Func<PartitionChange, HostedLane>? resume, bool saves, PipelineMetrics? metrics, Func<HostedLane, LaneLag>? behind = null,
    Func<EngineHistory>? engines = null, bool completes = true)
{
    /// <summary>Features of closed windows a lane keeps at most before they are written, checkpoint or not.</summary>
    private const int MostFeatures = 50_000;

    private readonly bool _only = hosts == 1 && shared.Count == 1;
    private readonly Dictionary<int, HostedLane> _partitions = [];
    private EngineHistory? _taken; // by every lane

    public bool Saves => saves;

    public LaneResult Take(RawBatch batch)
    {
        var result = new LaneResult();
        var started = Stopwatch.GetTimestamp();
        if (batch.Change is { } change)
        {
            if (change.Partition % hosts == number) Apply(change, result);
            return result;
        }

        TakeOptions(result);
        if (resume is null)
        {
            foreach (var lane in shared) Take(lane, batch, !_only, lane.Index == 0, result);
        }
        else if (_partitions.TryGetValue(batch.Partition, out var lane))
        {
            Take(lane, batch, false, true, result);
        }

        metrics?.Taken(Stopwatch.GetElapsedTime(started));
        return result;
    }

    /// <summary>Checkpoints that have fallen due without a batch.</summary>
    public LaneResult SaveDue()
    {
        var result = new LaneResult();
        TakeOptions(result);
        foreach (var lane in All)
        {
            Save(lane, now: false, result);
            metrics?.Report(lane);
            if (behind is not null) metrics?.Lag(lane.Name, behind(lane));
        }

        return result;
    }

    /// <summary>No more batches: the last checkpoints, or in a replay the windows still open.</summary>
    public LaneResult End()
    {
        var result = new LaneResult();
        foreach (var lane in All)
        {
            if (saves) Save(lane, now: true, result);
            else if (completes) result.Commits.Add(lane.Complete(metrics));
        }

        return result;
    }

    private IEnumerable<HostedLane> All => shared.Concat(_partitions.Values);

    /// <summary>One lane a batch: carrying a large state over takes as long as saving and loading it, and the others' events need not wait for all of it.</summary>
    private void TakeOptions(LaneResult result)
    {
        if (engines is null || engines() is var current && ReferenceEquals(current, _taken)) return;
        foreach (var lane in All)
        {
            if (lane.Take(current) is not { } first) continue;
            metrics?.Saved(lane.LastSaveTook, first.State.Length);
            result.First.Add(first);
            result.Add(lane.TakeFeatures());
            return;
        }

        _taken = current;
    }

    private void Take(HostedLane lane, RawBatch batch, bool isShared, bool keepsRejections, LaneResult result)
    {
        if (lane.Prepare(batch) is { } first)
        {
            result.First.Add(first);
            result.Add(lane.TakeFeatures());
        }

        if (lane.Process(batch, isShared, keepsRejections, metrics) is { } commit)
        {
            result.Commits.Add(commit);
            if (batch.Records.Count > 0) result.OldestObservedAt = batch.Records[0].ObservedAt;
        }

        Save(lane, now: false, result);
        if (lane.FeaturesKept > MostFeatures) result.Add(lane.TakeFeatures());
    }

    private void Save(HostedLane lane, bool now, LaneResult result)
    {
        if (lane.Save(now) is not { } checkpoint) return;
        metrics?.Saved(lane.LastSaveTook, checkpoint.State.Length);
        result.Checkpoints.Add(checkpoint);
        result.Add(lane.TakeFeatures());
    }

    private void Apply(PartitionChange change, LaneResult result)
    {
        switch (change.Kind)
        {
            case PartitionChangeKind.Assigned:
                _partitions[change.Partition] = resume!(change);
                break;
            case PartitionChangeKind.Revoked:
                if (_partitions.Remove(change.Partition, out var lane))
                {
                    Save(lane, now: true, result);
                    metrics?.Forget(lane);
                }

                result.Settles = change;
                break;
            default:
                if (_partitions.Remove(change.Partition, out var lost)) metrics?.Forget(lost);
                break;
        }
    }
}

/// <summary>How far a lane is behind its log: records (Kafka) or bytes (journal), and the age of what it took last while there is more.</summary>
internal readonly record struct LaneLag(long Behind, TimeSpan Age);
