using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Streaming.Sources;

/// <summary>
/// A group member on a thread of its own. It has records gathered into batches a partition, pauses its partitions while the stream is full but goes on polling
/// (so that it stays in the group and rebalances are served), and commits to the group only what a checkpoint in the store stands for.
/// </summary>
internal sealed class KafkaConsumer : IDisposable
{
    private const int QueuedBatches = 16;
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan CommitInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromMilliseconds(500);
    private readonly KafkaOptions _options;
    private readonly PartitionAssignments _assignments;
    private readonly PipelineMetrics _metrics;
    private readonly ILogger _logger;
    private readonly RecordGathering _gathering;
    private readonly GroupOffsets _offsets;
    private readonly PartitionThrottle _throttle;
    private readonly CancellationTokenSource _stopReading = new();
    private readonly CancellationTokenSource _close = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IConsumer<RecordSink.Key, RecordSink.Value>? _consumer;
    private Thread? _thread;
    private Exception? _failure;
    private volatile string? _trouble = "no partitions are assigned yet";
    private long _committedAt;

    public KafkaConsumer(KafkaOptions options, PartitionAssignments assignments, PipelineMetrics metrics, TimeProvider time, ILogger logger) =>
        (_options, _assignments, _metrics, _logger, _gathering, _offsets, _throttle) =
            (options, assignments, metrics, logger, new RecordGathering(Queue, options.TrustInternal, time), new GroupOffsets(options.Topic), new PartitionThrottle(Queue));

    public BatchQueue Queue { get; } = new(QueuedBatches);

    /// <summary>Why nothing can be read just now; null when all is well.</summary>
    public string? Trouble => _trouble;

    /// <summary>Times the partitions were paused because the stream was full.</summary>
    public int Pauses => _throttle.Pauses;

    public void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = $"kafka {_options.Topic}" };
        _thread.Start();
    }

    /// <summary>No more batches; what was read may still be stored, and then <see cref="CloseAsync"/>.</summary>
    public void StopReading() => _stopReading.Cancel();

    /// <summary>A checkpoint is in the store: the group may be told.</summary>
    public void Checkpointed(int partition, long offset) => _offsets.Checkpointed(partition, offset);

    /// <summary>Records between <paramref name="position"/> and the end of the partition, as far as the client knows.</summary>
    public long Behind(int partition, long position)
    {
        try
        {
            var high = _consumer?.GetWatermarkOffsets(new TopicPartition(_options.Topic, partition)).High;
            return high is { IsSpecial: false } end ? end.Value - position : 0;
        }
        catch (Exception e) when (e is KafkaException or ObjectDisposedException)
        {
            return 0;
        }
    }

    /// <summary>Commits the offsets of the checkpoints stored last and leaves the group.</summary>
    public async Task CloseAsync(TimeSpan most)
    {
        StopReading();
        await _close.CancelAsync().ConfigureAwait(false);
        if (_thread is null) return;
        try
        {
            await _closed.Task.WaitAsync(most).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _logger.LogWarning("The Kafka consumer did not close within {Timeout}; the group will notice by its session time-out", most);
        }
    }

    public void Dispose()
    {
        StopReading();
        _close.Cancel();
    }

    private void Run()
    {
        try
        {
            using var consumer = _consumer = Build();
            consumer.Subscribe(_options.Topic);
            while (!_stopReading.IsCancellationRequested && _failure is null) Poll(consumer);
            Queue.Complete(_failure);
            _close.Token.WaitHandle.WaitOne();
            CommitOffsets(consumer, _offsets.Partitions);
            consumer.Close();
        }
        catch (Exception e)
        {
            Queue.Complete(_failure ?? e);
            if (!_close.IsCancellationRequested) _logger.LogError(e, "The Kafka consumer ended");
        }
        finally
        {
            _consumer = null;
            _closed.TrySetResult();
        }
    }

    private void Poll(IConsumer<RecordSink.Key, RecordSink.Value> consumer)
    {
        try
        {
            _throttle.Apply(consumer, _stopReading.Token);
            if (consumer.Consume(_gathering.IsGathering ? 0 : (int)Idle.TotalMilliseconds) is not { Message: not null } record) _gathering.FlushAll();
            else if (_gathering.Add(record)) _trouble = null;
            CommitDue(consumer);
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
        catch (KafkaException e)
        {
            OnError(e.Error);
        }
    }

    private void OnAssigned(IConsumer<RecordSink.Key, RecordSink.Value> consumer, List<TopicPartition> partitions, List<TopicPartitionOffset> offsets)
    {
        foreach (var partition in partitions)
        {
            var (positions, from) = _assignments.Of(consumer, partition);
            var number = partition.Partition.Value;
            _gathering.Begin(number, positions);
            _offsets.Checkpointed(number, from);
            offsets.Add(new TopicPartitionOffset(partition, from));
            _logger.LogInformation("Partition {Partition} is ours, from offset {Offset}", partition, from);
        }

        _throttle.Forget();
        _trouble = null;
    }

    /// <summary>Drains: everything read is stored and checkpointed before the partition goes, or the time is up.</summary>
    private void OnRevoked(IConsumer<RecordSink.Key, RecordSink.Value> consumer, List<TopicPartitionOffset> partitions)
    {
        if (_close.IsCancellationRequested || _failure is not null) return;
        var changes = new List<PartitionChange>();
        foreach (var partition in partitions.Select(p => p.Partition.Value))
        {
            if (_gathering.End(partition) is { } change) changes.Add(change);
        }

        try
        {
            if (!Task.WaitAll([.. changes.Select(c => c.Settled.Task)], (int)_options.RevocationTimeout.TotalMilliseconds, _close.Token))
                _logger.LogError("Partitions {Partitions} were given up before everything read was stored; their next owner repeats it", changes.Select(c => c.Partition));
        }
        catch (OperationCanceledException)
        {
            return;
        }

        CommitOffsets(consumer, changes.Select(c => c.Partition));
        foreach (var change in changes) _offsets.Forget(change.Partition);
    }

    private void OnLost(List<TopicPartitionOffset> partitions)
    {
        foreach (var partition in partitions.Select(p => p.Partition.Value))
        {
            if (!_gathering.Drop(partition)) continue;
            _offsets.Forget(partition);
            _logger.LogWarning("Partition {Partition} of {Topic} was lost: the group took this member for dead", partition, _options.Topic);
        }
    }

    private void CommitDue(IConsumer<RecordSink.Key, RecordSink.Value> consumer)
    {
        if (Stopwatch.GetElapsedTime(_committedAt) < CommitInterval) return;
        _committedAt = Stopwatch.GetTimestamp();
        CommitOffsets(consumer, _gathering.Partitions);
        if (_trouble is null || _gathering.Partitions.Count == 0) return;
        // Nothing tells that a broker is back while no records flow: ask.
        consumer.QueryWatermarkOffsets(new TopicPartition(_options.Topic, _gathering.Partitions.First()), ProbeTimeout);
        _trouble = null;
    }

    private void CommitOffsets(IConsumer<RecordSink.Key, RecordSink.Value> consumer, IEnumerable<int> partitions)
    {
        var offsets = _offsets.Due(partitions);
        if (offsets.Count == 0) return;
        try
        {
            consumer.Commit(offsets);
            _offsets.Committed(offsets);
        }
        catch (KafkaException e)
        {
            // The store is the truth; the group's offsets only follow it, and the next commit says the same again.
            OnError(e.Error);
        }
    }

    private void OnError(Error error)
    {
        if (error.IsFatal || error.Code == ErrorCode.Local_AutoOffsetReset)
        {
            _failure ??= new KafkaSourceException($"Kafka: {error.Reason} ({error.Code}); this run cannot go on", new KafkaException(error));
            return;
        }

        if (error.Code is ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Transport or ErrorCode.Local_Resolve) _trouble = $"the broker is away: {error.Reason}";
        _metrics.SourceError(error.Code.ToString());
        _logger.LogWarning("Kafka: {Reason} ({Code}); trying on", error.Reason, error.Code);
    }

    /// <summary>What a handler throws ends the run with its message, rather than as an oddity of the client.</summary>
    private void Guard(Action handler)
    {
        try
        {
            if (_failure is null) handler();
        }
        catch (Exception e)
        {
            _failure = e is KafkaSourceException ? e : new KafkaSourceException($"Kafka: an assignment could not be taken: {e.Message}", e);
        }
    }

    private IConsumer<RecordSink.Key, RecordSink.Value> Build() =>
        new ConsumerBuilder<RecordSink.Key, RecordSink.Value>(_options.ToConsumerConfig())
            .SetKeyDeserializer(_gathering.Sink)
            .SetValueDeserializer(_gathering.Sink)
            .SetErrorHandler((_, error) => OnError(error))
            .SetLogHandler((_, message) => _logger.LogDebug("librdkafka {Facility}: {Message}", message.Facility, message.Message))
            .SetPartitionsAssignedHandler((consumer, partitions) =>
            {
                var offsets = new List<TopicPartitionOffset>();
                Guard(() => OnAssigned(consumer, partitions, offsets));
                return _failure is null ? offsets : partitions.Select(p => new TopicPartitionOffset(p, Offset.End));
            })
            .SetPartitionsRevokedHandler((consumer, partitions) => Guard(() => OnRevoked(consumer, partitions)))
            .SetPartitionsLostHandler((_, partitions) => Guard(() => OnLost(partitions)))
            .Build();
}
