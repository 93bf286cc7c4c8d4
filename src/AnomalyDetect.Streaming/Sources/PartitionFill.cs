using Confluent.Kafka;

namespace AnomalyDetect.Streaming.Sources;

/// <summary>The batch a partition's records are being gathered in, and the partition's clock.</summary>
/// <param name="observedAt">Of the last record before; ObservedAt never runs back within a partition.</param>
/// <param name="cut">The offset no batch reaches across.</param>
internal sealed class PartitionFill(int partition, DateTime observedAt, long cut, RawBatchPool pool, TimeProvider time)
{
    private const int BatchRecords = 512;
    private const int BatchBytes = 256 << 10;

    /// <summary>A producer's clock may be this far ahead before we stop believing it: one wrong stamp must not move a partition's clock for good.</summary>
    private static readonly TimeSpan MostAhead = TimeSpan.FromMinutes(2);
    private DateTime _observedAt = observedAt;
    private DateTime _latest;

    public RawBatch? Batch { get; private set; }

    public bool IsFull => Batch is { } batch && (batch.Records.Count >= BatchRecords || batch.Used >= BatchBytes);

    /// <summary>A record at this offset must begin a new batch.</summary>
    public bool MustEndBefore(long offset) => Batch is { Records.Count: > 0 } batch && batch.Records[0].Offset < cut && offset >= cut;

    public RawBatch Open()
    {
        if (Batch is { } open) return open;
        _latest = time.GetUtcNow().UtcDateTime + MostAhead;
        Batch = pool.Rent();
        Batch.Partition = partition;
        return Batch;
    }

    public DateTime Observe(Timestamp timestamp)
    {
        if (timestamp.Type == TimestampType.NotAvailable) return _observedAt == default ? _observedAt = _latest - MostAhead : _observedAt;
        var at = timestamp.UtcDateTime;
        if (at > _latest) at = _latest;
        return at > _observedAt ? _observedAt = at : _observedAt;
    }

    /// <summary>What was gathered, ready to go; null when nothing was.</summary>
    public RawBatch? Close()
    {
        if (Batch is not { } batch) return null;
        Batch = null;
        if (batch.Records.Count == 0)
        {
            batch.Release();
            return null;
        }

        batch.NextOffset = batch.Records[^1].Offset + 1;
        batch.ObservedAt = _observedAt;
        return batch;
    }
}
