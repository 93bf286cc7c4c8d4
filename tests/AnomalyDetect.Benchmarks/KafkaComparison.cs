using System.Diagnostics;
using System.Globalization;
using System.Text;
using AnomalyDetect.Formats;
using AnomalyDetect.Storage;
using AnomalyDetect.Streaming;
using AnomalyDetect.Streaming.Pipelines;
using AnomalyDetect.Streaming.Sources;
using AnomalyDetect.Testing;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;

namespace AnomalyDetect.Benchmarks;

/// <summary>
/// The whole pipeline (decode, lanes, SQLite) against a consumer that discards, in turns, on one mock cluster in this process, one event a record, lz4, 48
/// partitions, the same consumer settings. Prints events a second of each round and the ratio of the medians; the goal is 0.6.
/// </summary>
public static class KafkaComparison
{
    private const string Topic = "telemetry";
    private const int Partitions = 48;

    /// <summary>A round is short (the cluster holds little): the JIT has settled after these.</summary>
    private const int WarmUps = 4;

    /// <param name="events">Up to about 550,000: the cluster keeps 5 MiB a partition. Of fewer, much of a round is its start.</param>
    public static async Task RunAsync(int events, int rounds, TextWriter output)
    {
        using var cluster = new MockKafkaCluster();
        cluster.CreateTopic(Topic, Partitions);
        Produce(cluster, events);
        var kept = Kept(cluster);
        if (kept != events) throw new InvalidOperationException($"the cluster kept {kept} of {events} records; ask for fewer");
        var discarded = new List<double>();
        var piped = new List<double>();
        for (var round = 0; round < WarmUps + rounds; round++)
        {
            var discard = Discard(Options(cluster, $"discard-{round}"), events);
            var pipe = await PipeAsync(Options(cluster, $"pipe-{round}"), events);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{(round < WarmUps ? "warm-up" : $"round {round - WarmUps + 1}")}: discard {discard:N0} events/s, pipeline {pipe:N0} events/s, ratio {pipe / discard:F2}"));
            if (round < WarmUps) continue;
            discarded.Add(discard);
            piped.Add(pipe);
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"median: discard {Median(discarded):N0}, pipeline {Median(piped):N0}, ratio {Median(piped) / Median(discarded):F2}"));
    }

    private static KafkaOptions Options(MockKafkaCluster cluster, string group) => new() { BootstrapServers = cluster.BootstrapServers, Topic = Topic, GroupId = group };

    private static void Produce(MockKafkaCluster cluster, int events)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = cluster.BootstrapServers, CompressionType = CompressionType.Lz4, LingerMs = 50, BatchSize = 1 << 19, QueueBufferingMaxMessages = 2_000_000,
            QueueBufferingMaxKbytes = 1 << 20,
        };
        using var producer = new ProducerBuilder<byte[], byte[]>(config).Build();
        foreach (var (tenant, line) in SimulatedFile.Lines(events, tenants: 200))
            producer.Produce(Topic, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(tenant), Value = line });
        producer.Flush(TimeSpan.FromMinutes(1));
    }

    private static long Kept(MockKafkaCluster cluster)
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(Options(cluster, "count").ToConsumerConfig()).Build();
        return Enumerable.Range(0, Partitions).Select(p => consumer.QueryWatermarkOffsets(new TopicPartition(Topic, p), TimeSpan.FromSeconds(10))).Sum(w => w.High - w.Low);
    }

    /// <summary>From the assignment to the last record.</summary>
    private static double Discard(KafkaOptions options, int events)
    {
        var assigned = 0L;
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(options.ToConsumerConfig())
            .SetPartitionsAssignedHandler((_, partitions) =>
            {
                assigned = Stopwatch.GetTimestamp();
                return partitions.Select(p => new TopicPartitionOffset(p, Offset.Beginning));
            })
            .Build();
        consumer.Subscribe(options.Topic);
        for (var left = events; left > 0;)
            if (consumer.Consume(1000) is { Message: not null }) left--;
        var took = Stopwatch.GetElapsedTime(assigned);
        consumer.Close();
        return events / took.TotalSeconds;
    }

    /// <summary>From the assignment until every event has been through its lane.</summary>
    private static async Task<double> PipeAsync(KafkaOptions options, int events)
    {
        var path = Path.Combine(Path.GetTempPath(), $"anomalydetect-{Environment.ProcessId}-{options.GroupId}.db");
        var metrics = new PipelineMetrics(Metrics.NewCustomRegistry());
        try
        {
            using var store = Store.Open(new StoreOptions { Path = path }, new NoDeliveries(), TimeProvider.System, NullLogger.Instance);
            var pipeline = new PipelineOptions { Engine = GraphBenchmarks.Engine(), Format = EventFormats.Find("native")! };
            await using var running = DetectionPipeline.Start(pipeline, options, store.Lanes, metrics, TimeProvider.System, NullLogger.Instance);
            while (running.Trouble is not null) await Task.Delay(1);
            var assigned = Stopwatch.GetTimestamp();
            while (metrics.Events < events)
            {
                if (running.Completion.IsFaulted) await running.Completion;
                await Task.Delay(1);
            }

            var took = Stopwatch.GetElapsedTime(assigned);
            await running.StopAsync();
            return events / took.TotalSeconds;
        }
        finally
        {
            foreach (var file in Directory.GetFiles(Path.GetTempPath(), Path.GetFileName(path) + "*")) File.Delete(file);
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
