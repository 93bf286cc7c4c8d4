using Confluent.Kafka;

namespace AnomalyDetect.Streaming.Sources;

/// <summary>Pauses a consumer's partitions while the stream is full, and resumes them when it is not. Of the polling thread.</summary>
internal sealed class PartitionThrottle(BatchQueue queue)
{
    private static readonly TimeSpan PauseAfter = TimeSpan.FromMilliseconds(500);
    private bool _paused;

    /// <summary>Times the partitions were paused.</summary>
    public int Pauses { get; private set; }

    /// <exception cref="OperationCanceledException">Cancelled while waiting for room.</exception>
    public void Apply<TKey, TValue>(IConsumer<TKey, TValue> consumer, CancellationToken cancellation)
    {
        // A short stall is waited out: pausing throws away what the client has fetched ahead.
        if (queue.IsFull && !_paused && !queue.WaitForRoom(PauseAfter, cancellation))
        {
            consumer.Pause(consumer.Assignment);
            _paused = true;
            Pauses++;
        }
        else if (_paused && !queue.IsFull)
        {
            consumer.Resume(consumer.Assignment);
            _paused = false;
        }
    }

    /// <summary>Partitions just assigned are not paused.</summary>
    public void Forget() => _paused = false;
}
