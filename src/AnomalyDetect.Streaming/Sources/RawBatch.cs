using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Streaming.Sources;

/// <summary>One undecoded record of a batch: where it lies in the buffer and in its log.</summary>
/// <param name="ObservedAt">Null in files, where it is the running maximum of event time.</param>
/// <param name="Format">Null: the source's.</param>
/// <param name="KeyLength">Bytes right before the record that name its tenant; -1 when its source has no keys, 0 when the key is missing.</param>
public readonly record struct RawRecord(long Offset, int Start, int Length, DateTime? ObservedAt, bool TrustInternal, string? Format, int KeyLength = -1);

/// <summary>
/// Consecutive records of one log partition, first raw and then decoded (<see cref="Events"/>). Pooled: it belongs to whoever was handed it until
/// <see cref="Release"/>; slices in its events end with that.
/// </summary>
public sealed class RawBatch
{
    private readonly RawBatchPool? _pool;
    private int _references = 1;

    internal RawBatch(RawBatchPool? pool, int capacity) => (_pool, Buffer) = (pool, new byte[capacity]);

    public byte[] Buffer { get; private set; }

    /// <summary>Bytes of <see cref="Buffer"/> taken; for sources that append.</summary>
    public int Used { get; set; }

    public List<RawRecord> Records { get; } = [];

    public int Partition { get; set; }

    /// <summary>The position of the first record not in this batch.</summary>
    public long NextOffset { get; set; }

    /// <summary>The newest ObservedAt of the log up to <see cref="NextOffset"/>; unset in files, until it is decoded.</summary>
    public DateTime ObservedAt { get; set; }

    /// <summary>Not records but a partition coming or going.</summary>
    internal PartitionChange? Change { get; set; }

    /// <summary>What decoding made of the records.</summary>
    public EventBatch Events { get; } = new();

    /// <summary>Per lane, which events are its own; empty where a batch belongs to one lane.</summary>
    internal LaneIndexes Mine { get; } = new();

    /// <summary>Batches whose buffers this one's events point into.</summary>
    internal List<RawBatch> Parents { get; } = [];

    /// <summary>Keeps what is in the buffer up to <see cref="Used"/>.</summary>
    public void EnsureCapacity(int bytes)
    {
        if (Buffer.Length >= bytes) return;
        var larger = new byte[Math.Max(bytes, Buffer.Length * 2)];
        Buffer.AsSpan(0, Used).CopyTo(larger);
        Buffer = larger;
    }

    /// <summary>The batch is handed to this many readers, each of which releases it.</summary>
    internal void Share(int readers) => Interlocked.Add(ref _references, readers - 1);

    /// <summary>Done with it. The last one gives it back to the pool.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) > 0) return;
        foreach (var parent in Parents) parent.Release();
        Parents.Clear();
        Records.Clear();
        Events.Clear();
        Change = null;
        Used = 0;
        ObservedAt = default;
        _references = 1;
        _pool?.Return(this);
    }
}

/// <summary>Keeps a bounded number of batches for their next use, and hands out the one used last, which the processor's cache still holds. Thread-safe.</summary>
/// <param name="capacity">Bytes a new batch holds.</param>
/// <param name="kept">Batches kept at most.</param>
internal sealed class RawBatchPool(int capacity, int kept = 64)
{
    private readonly Stack<RawBatch> _free = new();

    /// <summary>An empty batch.</summary>
    public RawBatch Rent()
    {
        lock (_free)
            if (_free.TryPop(out var batch)) return batch;
        return new RawBatch(this, capacity);
    }

    internal void Return(RawBatch batch)
    {
        // One outsized record must not pin its memory for ever.
        if (batch.Buffer.Length > capacity * 4) return;
        lock (_free)
            if (_free.Count < kept) _free.Push(batch);
    }
}
