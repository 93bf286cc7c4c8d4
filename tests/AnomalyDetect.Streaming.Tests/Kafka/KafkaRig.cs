using System.Text;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Formats;
using AnomalyDetect.Streaming.Pipelines;
using AnomalyDetect.Streaming.Sources;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;

namespace AnomalyDetect.Streaming.Tests.Kafka;

/// <summary>A cluster with one topic, traffic on it, and pipelines that read it.</summary>
internal sealed class KafkaRig : IDisposable
{
    public const string Topic = "telemetry";
    private readonly int _partitions;

    public KafkaRig(int partitions = 4)
    {
        _partitions = partitions;
        try
        {
            Cluster = new MockKafkaCluster();
        }
        catch (DllNotFoundException e) when (Environment.GetEnvironmentVariable("ANOMALYDETECT_REQUIRE_ALL") != "1")
        {
            Assert.Inconclusive($"librdkafka cannot be loaded here: {e.Message}");
            throw;
        }

        Cluster.CreateTopic(Topic, partitions);
        Kafka = new KafkaOptions
        {
            BootstrapServers = Cluster.BootstrapServers,
            Topic = Topic,
            GroupId = "anomalydetect",
            Settings = new Dictionary<string, string>
            {
                ["session.timeout.ms"] = "4000", ["heartbeat.interval.ms"] = "500", ["reconnect.backoff.max.ms"] = "500", ["socket.timeout.ms"] = "3000",
                ["topic.metadata.refresh.interval.ms"] = "1000",
            },
        };
    }

    public MockKafkaCluster Cluster { get; }

    public KafkaOptions Kafka { get; set; }

    public CollectorRegistry Registry { get; } = Metrics.NewCustomRegistry();

    /// <summary>Records by key; a null key is a record without one.</summary>
    public void Produce(IEnumerable<(string? Key, byte[] Value, DateTime? At)> records)
    {
        var config = new ProducerConfig { BootstrapServers = Cluster.BootstrapServers, CompressionType = CompressionType.Lz4, LingerMs = 5, QueueBufferingMaxMessages = 1_000_000 };
        using var producer = new ProducerBuilder<byte[]?, byte[]>(config).Build();
        foreach (var (key, value, at) in records)
        {
            producer.Produce(Topic, new Message<byte[]?, byte[]>
            {
                Key = key is null ? null : Encoding.UTF8.GetBytes(key),
                Value = value,
                Timestamp = at is { } t ? new Timestamp(t) : Timestamp.Default,
            });
        }

        Assert.AreEqual(0, producer.Flush(TimeSpan.FromSeconds(30)), "records the cluster did not take");
    }

    public void Produce(int seed, int events) => Produce(Traffic.Of(seed, events, tenants: 12).Select(l => ((string?)l.Tenant, l.Line, (DateTime?)l.At)));

    public DetectionPipeline Start(ILaneStore store, Func<PipelineOptions, PipelineOptions>? with = null)
    {
        var options = new PipelineOptions
        {
            Engine = SomeTelemetry.Options(), Format = EventFormats.Find("native")!, Hosts = 2, CheckpointInterval = TimeSpan.FromMilliseconds(50),
        };
        return DetectionPipeline.Start(with?.Invoke(options) ?? options, Kafka, store, new PipelineMetrics(Registry), TimeProvider.System, NullLogger.Instance);
    }

    public async Task<MemoryLaneStore> RunToEndAsync(MemoryLaneStore store)
    {
        await using var pipeline = Start(store);
        await EverythingStoredAsync(store, pipeline);
        await pipeline.StopAsync();
        return store;
    }

    public Task EverythingStoredAsync(MemoryLaneStore store, params DetectionPipeline[] pipelines)
    {
        var ends = Ends();
        return Wait.UntilAsync(
            () =>
            {
                foreach (var pipeline in pipelines)
                    if (pipeline.Completion.IsFaulted) throw pipeline.Completion.Exception.InnerException!;
                return ends.All(e => e.End == 0 || store.Load($"kafka/{Topic}/{e.Partition}")?.OutcomeOffset == e.End);
            },
            "everything on the topic is stored", seconds: 60);
    }

    public IReadOnlyList<(int Partition, long End)> Ends()
    {
        using var consumer = Consumer();
        return [.. Enumerable.Range(0, _partitions).Select(p => (p, consumer.QueryWatermarkOffsets(new TopicPartition(Topic, p), TimeSpan.FromSeconds(10)).High.Value))];
    }

    /// <summary>What the group has committed, -1001 where nothing.</summary>
    public IReadOnlyList<long> Committed()
    {
        using var consumer = Consumer();
        var partitions = Enumerable.Range(0, _partitions).Select(p => new TopicPartition(Topic, p));
        return [.. consumer.Committed(partitions, TimeSpan.FromSeconds(10)).Select(o => o.Offset.Value)];
    }

    public void Dispose() => Cluster.Dispose();

    private IConsumer<Ignore, Ignore> Consumer() =>
        new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = Cluster.BootstrapServers, GroupId = Kafka.GroupId }).Build();
}
