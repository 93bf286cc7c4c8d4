using AnomalyDetect.Core.Persistence;
using Confluent.Kafka;

namespace AnomalyDetect.Streaming.Sources;

/// <summary>
/// Consumed records on their way into batches: one open batch for each partition that is ours, which goes to the queue when it is full, when nothing more is
/// waiting, or when the partition goes. Of the polling thread, which also deserialises through <see cref="Sink"/>.
/// </summary>
internal sealed class RecordGathering(BatchQueue queue, bool trustInternal, TimeProvider time)
{
    private readonly RawBatchPool _pool = new(64 << 10);
    private readonly Dictionary<int, PartitionFill> _fills = [];

    public RecordSink Sink { get; } = new();

    public IReadOnlyCollection<int> Partitions => _fills.Keys;

    /// <summary>Some partition may have records gathered: then a poll does not wait. It spares looking at every partition for every record.</summary>
    public bool IsGathering { get; private set; }

    /// <summary>The partition is ours, from where the store says it stands.</summary>
    public void Begin(int partition, LanePositions positions)
    {
        _fills[partition] = new PartitionFill(partition, positions.Checkpoint?.ObservedAt ?? default, positions.OutcomeOffset, _pool, time);
        Announce(new PartitionChange(PartitionChangeKind.Assigned, partition, positions));
    }

    /// <summary>The partition goes in good order: what was gathered of it is still handed on, and after it the word that it goes.</summary>
    /// <returns>Null when it was not ours.</returns>
    public PartitionChange? End(int partition)
    {
        if (!_fills.Remove(partition, out var fill)) return null;
        Flush(fill);
        return Announce(new PartitionChange(PartitionChangeKind.Revoked, partition, null));
    }

    /// <summary>The partition is another's already: what was gathered of it is dropped.</summary>
    /// <returns>It was ours.</returns>
    public bool Drop(int partition)
    {
        if (!_fills.Remove(partition, out var fill)) return false;
        if (fill.Batch is { } open) Sink.LetGo(open);
        fill.Close()?.Release();
        Announce(new PartitionChange(PartitionChangeKind.Lost, partition, null));
        return true;
    }

    /// <returns>The record was of a partition that is ours, and is kept.</returns>
    public bool Add(ConsumeResult<RecordSink.Key, RecordSink.Value> record)
    {
        if (!_fills.TryGetValue(record.Partition.Value, out var fill))
        {
            Sink.Discard();
            return false;
        }

        if (fill.MustEndBefore(record.Offset.Value)) Flush(fill);
        var batch = fill.Open();
        IsGathering = true;
        Sink.Place(batch, record.Offset.Value, record.Message.Value.Length, fill.Observe(record.Message.Timestamp), trustInternal);
        if (fill.IsFull) Flush(fill);
        return true;
    }

    public void FlushAll()
    {
        foreach (var fill in _fills.Values) Flush(fill);
        IsGathering = false;
    }

    private void Flush(PartitionFill fill)
    {
        if (fill.Batch is { } open) Sink.LetGo(open);
        if (fill.Close() is { } batch) queue.Add(batch);
    }

    private PartitionChange Announce(PartitionChange change)
    {
        var batch = _pool.Rent();
        batch.Partition = change.Partition;
        batch.Change = change;
        queue.Add(batch);
        return change;
    }
}
