using AnomalyDetect.Learning.Registry;
using AnomalyDetect.Service.Tests.Fixtures;
using AnomalyDetect.Simulation;
using Confluent.Kafka;

namespace AnomalyDetect.Service.Tests.Training;

[TestClass]
public sealed class TrainingFromKafkaTests
{
    private static readonly DateTime Start = SomeTelemetry.Monday.Date;

    [TestMethod]
    public async Task A_topic_is_learned_from_from_a_time_on_and_nobody_who_reads_it_notices()
    {
        using var cluster = StartCluster();
        cluster.CreateTopic("telemetry", 4);
        var options = new SimulationOptions { Tenants = 4, Duration = TimeSpan.FromDays(6), EventsPerMinute = 8, Scenarios = [], Start = Start };
        var produced = Produce(cluster, options);
        await using var rig = await TrainingRig.CreateAsync();
        await File.WriteAllTextAsync(rig["kafka.json"], $$"""
            { "data_directory": "{{rig.Data}}", "logging": { "level": "none" }, "source": { "kind": "kafka" },
              "kafka": { "bootstrap_servers": "{{cluster.BootstrapServers}}", "topic": "telemetry", "group": "detect" } }
            """);
        var run = await CliRun.Of("train", "--config", rig["kafka.json"], "--data", rig.Data, "--kafka", "--from", "2026-01-01T00:00:00Z");
        Assert.AreEqual(0, run.ExitCode, run.Out + run.Error);
        StringAssert.Contains(run.Out, "of 4 tenants");
        var whole = RegistryView.Of(Path.Combine(rig.Data, "models")).Card(rig.Models.Single());
        StringAssert.StartsWith(whole.Training.Source, "topic telemetry from 2026-01-01 00:00Z");
        Assert.IsInRange(Start, Start.AddHours(1), whole.Training.From);

        // Only records that were appended then or later: those of the second half.
        run = await CliRun.Of("train", "--config", rig["kafka.json"], "--data", rig.Data, "--kafka", "--from", "2026-03-05T00:00:00Z");
        Assert.AreEqual(0, run.ExitCode, run.Out + run.Error);
        var later = rig.Models.Select(id => RegistryView.Of(Path.Combine(rig.Data, "models")).Card(id).Training).Single(t => t.Source.Contains("03-05", StringComparison.Ordinal));
        Assert.IsInRange(Start.AddDays(3), Start.AddDays(3).AddHours(1), later.From);
        Assert.IsLessThan(whole.Training.PrincipalRows, later.PrincipalRows);

        using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = cluster.BootstrapServers, GroupId = "detect" }).Build();
        var offsets = consumer.Committed([.. Enumerable.Range(0, 4).Select(p => new TopicPartition("telemetry", p))], TimeSpan.FromSeconds(20));
        Assert.IsTrue(offsets.TrueForAll(o => o.Offset == Offset.Unset), "the service's own group stands where it stood");
        Assert.IsGreaterThan(10_000, produced);

        var none = await CliRun.Of("train", "--config", rig["kafka.json"], "--data", rig.Data, "--kafka", "--from", "2030-01-01T00:00:00Z");
        Assert.AreEqual(UserException.TooLittle, none.ExitCode, none.Out + none.Error);
        StringAssert.Contains(none.Error, "name an earlier --from");
    }

    /// <summary>A record holds what a tenant did in half a minute and is appended as of its last event, so that none of them is late.</summary>
    private static int Produce(MockKafkaCluster cluster, SimulationOptions options)
    {
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig { BootstrapServers = cluster.BootstrapServers, CompressionType = CompressionType.Lz4, LingerMs = 20 }).Build();
        var produced = 0;
        foreach (var few in new TrafficSimulator(options).Generate().GroupBy(e => (e.TenantId, HalfMinute: e.OccurredAt.Ticks / (30 * TimeSpan.TicksPerSecond))))
        {
            var value = new System.Buffers.ArrayBufferWriter<byte>();
            foreach (var e in few) e.WriteTo(value);
            produced += few.Count();
            producer.Produce("telemetry", new Message<string, byte[]> { Key = few.Key.TenantId, Value = value.WrittenSpan.ToArray(), Timestamp = new Timestamp(few.Last().OccurredAt) });
        }

        producer.Flush(TimeSpan.FromSeconds(60));
        return produced;
    }

    private static MockKafkaCluster StartCluster()
    {
        try
        {
            return new MockKafkaCluster();
        }
        catch (DllNotFoundException) when (Environment.GetEnvironmentVariable("ANOMALYDETECT_REQUIRE_ALL") != "1")
        {
            Assert.Inconclusive("librdkafka cannot be loaded here");
            throw;
        }
    }
}
