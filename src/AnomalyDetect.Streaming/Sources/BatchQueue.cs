using System.Threading.Channels;

namespace AnomalyDetect.Streaming.Sources;

/// <summary>Between the thread that polls and the stream: says when it is full, and leaves it to the poller to stop.</summary>
internal sealed class BatchQueue(int most) : IDisposable
{
    private readonly Channel<RawBatch> _batches = Channel.CreateUnbounded<RawBatch>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly SemaphoreSlim _taken = new(0);
    private int _count;

    public bool IsFull => Volatile.Read(ref _count) >= most;

    public void Add(RawBatch batch)
    {
        Interlocked.Increment(ref _count);
        if (!_batches.Writer.TryWrite(batch)) Interlocked.Decrement(ref _count);
    }

    /// <summary>Waits while the queue is full; false when it still is.</summary>
    public bool WaitForRoom(TimeSpan most, CancellationToken cancellation)
    {
        var until = Environment.TickCount64 + (long)most.TotalMilliseconds;
        while (IsFull)
        {
            var left = until - Environment.TickCount64;
            if (left <= 0 || !_taken.Wait((int)left, cancellation)) return !IsFull;
        }

        return true;
    }

    public bool TryTake(out RawBatch batch)
    {
        if (!_batches.Reader.TryRead(out batch!)) return false;
        Interlocked.Decrement(ref _count);
        if (_taken.CurrentCount == 0) _taken.Release();
        return true;
    }

    /// <summary>True when there is something to take; false at the end; faults when the poller failed.</summary>
    public Task<bool> WaitAsync() => _batches.Reader.WaitToReadAsync().AsTask();

    public void Complete(Exception? failure) => _batches.Writer.TryComplete(failure);

    public void Dispose() => _taken.Dispose();
}
