using AnomalyDetect.Streaming.Sources;
using Confluent.Kafka;

namespace AnomalyDetect.Streaming.Replay;

/// <summary>
/// One partition of a topic from a time on to where it ends when this is made. No group is joined and nothing is committed, so a service that reads the topic
/// notices nothing. Tenants are keys, so each partition's are its own.
/// </summary>
public sealed class KafkaLog : ReplayLog
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly KafkaOptions _options;
    private readonly TopicPartition _partition;
    private readonly DateTime _since;
    private readonly long _from, _to;

    private KafkaLog(KafkaOptions options, TopicPartition partition, DateTime since, long from, long to) =>
        (_options, _partition, _since, _from, _to) = (options, partition, since, from, to);

    public override string Name => $"partition {_partition.Partition.Value} of {_partition.Topic}";

    /// <summary>The topic's partitions that hold records of then or later.</summary>
    /// <exception cref="KafkaSourceException">The broker is away, or has no such topic.</exception>
    public static IReadOnlyList<KafkaLog> Of(KafkaOptions options, DateTime from) => Of(options, from, Patience);

    internal static IReadOnlyList<KafkaLog> Of(KafkaOptions options, DateTime from, TimeSpan patience)
    {
        try
        {
            using var consumer = Build(options);
            using var client = new DependentAdminClientBuilder(consumer.Handle).Build();
            var topic = client.GetMetadata(options.Topic, patience).Topics.Single();
            if (topic.Error.IsError) throw new KafkaSourceException($"The topic {options.Topic} cannot be read ({topic.Error.Reason}); check its name and this client's rights.");
            var starts = consumer.OffsetsForTimes(topic.Partitions.Select(p => new TopicPartitionTimestamp(options.Topic, p.PartitionId, new Timestamp(from))), Patience);
            var logs = new List<KafkaLog>();
            foreach (var start in starts.OrderBy(s => s.Partition.Value))
            {
                var end = consumer.QueryWatermarkOffsets(start.TopicPartition, Patience);
                var first = start.Offset.Value >= 0 ? start.Offset.Value
                    : end.High > end.Low && NewestOf(consumer, start.TopicPartition, end.High) >= from ? end.Low.Value // a broker that keeps no index of times
                    : end.High.Value;
                if (first < end.High) logs.Add(new KafkaLog(options, start.TopicPartition, from, first, end.High.Value));
            }

            return logs;
        }
        catch (KafkaException e)
        {
            throw new KafkaSourceException($"The broker {options.BootstrapServers} does not answer ({e.Error.Reason}); check kafka.bootstrap_servers and kafka.client.", e);
        }
    }

    internal override IBatchReader Open(RawBatchPool pool) => new Reader(this, pool);

    private static DateTime NewestOf(IConsumer<byte[]?, byte[]?> consumer, TopicPartition partition, Offset end)
    {
        consumer.Assign(new TopicPartitionOffset(partition, end - 1));
        var record = consumer.Consume(Patience);
        consumer.Unassign();
        return record is null or { IsPartitionEOF: true } ? DateTime.MinValue : record.Message.Timestamp.UtcDateTime;
    }

    private static ConsumerConfig Client(KafkaOptions options)
    {
        var config = options.ToConsumerConfig();
        config.AutoOffsetReset = AutoOffsetReset.Earliest;
        config.EnablePartitionEof = true;
        config.ConsumeResultFields = "all";
        return config;
    }

    private static IConsumer<byte[]?, byte[]?> Build(KafkaOptions options) => new ConsumerBuilder<byte[]?, byte[]?>(Client(options)).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();

    private sealed class Reader : IBatchReader
    {
        private const int BatchRecords = 512;
        private const int BatchBytes = 256 << 10;
        private readonly KafkaLog _log;
        private readonly RawBatchPool _pool;
        private readonly IConsumer<byte[]?, byte[]?> _consumer;
        private DateTime _observedAt;
        private bool _begun, _ended;

        public Reader(KafkaLog log, RawBatchPool pool)
        {
            (_log, _pool, _consumer) = (log, pool, Build(log._options));
            _consumer.Assign(new TopicPartitionOffset(log._partition, log._from));
        }

        public RawBatch? Read()
        {
            if (_ended) return null;
            var batch = _pool.Rent();
            batch.Partition = _log._partition.Partition.Value;
            while (!_ended && batch.Records.Count < BatchRecords && batch.Used < BatchBytes)
            {
                var record = _consumer.Consume(Patience) ?? throw new KafkaSourceException($"The broker {_log._options.BootstrapServers} has sent nothing of {_log.Name} for {Patience.TotalSeconds} s; check that it is up and try again.");
                if (!record.IsPartitionEOF && (_begun |= record.Message.Timestamp.UtcDateTime >= _log._since)) Add(batch, record);
                _ended = record.IsPartitionEOF || record.Offset.Value >= _log._to - 1;
            }

            batch.ObservedAt = _observedAt;
            if (batch.Records.Count > 0) return batch;
            batch.Release();
            return null;
        }

        public void Dispose() => _consumer.Dispose();

        private void Add(RawBatch batch, ConsumeResult<byte[]?, byte[]?> record)
        {
            var (key, value) = (record.Message.Key ?? [], record.Message.Value ?? []);
            if (record.Message.Timestamp.UtcDateTime is var at && at > _observedAt) _observedAt = at;
            batch.EnsureCapacity(batch.Used + key.Length + value.Length);
            key.CopyTo(batch.Buffer, batch.Used);
            value.CopyTo(batch.Buffer, batch.Used + key.Length);
            batch.Records.Add(new RawRecord(record.Offset.Value, batch.Used + key.Length, value.Length, _observedAt, _log._options.TrustInternal, null, key.Length));
            batch.Used += key.Length + value.Length;
            batch.NextOffset = record.Offset.Value + 1;
        }
    }
}
