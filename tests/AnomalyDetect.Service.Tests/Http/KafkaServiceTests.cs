using System.Net;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Tests.Fixtures;
using Confluent.Kafka;

namespace AnomalyDetect.Service.Tests.Http;

[TestClass]
public sealed class KafkaServiceTests
{
    [TestMethod]
    public async Task With_a_topic_as_its_source_the_service_decides_on_what_is_there_and_takes_nothing_over_http()
    {
        using var cluster = Start();
        cluster.CreateTopic("telemetry", 1);
        using (var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = cluster.BootstrapServers }).Build())
            await producer.ProduceAsync("telemetry", new Message<string, string> { Key = "acme", Value = Lines.Forged("acme", "203.0.113.9", 15, DateTime.UtcNow.AddSeconds(-30)) });

        await using var service = await RunningService.StartAsync(o => o with
        {
            Source = new SourceSection { Kind = SourceKind.Kafka },
            Kafka = new KafkaSection { BootstrapServers = cluster.BootstrapServers, Topic = "telemetry", Group = "detect" },
        });
        await Wait.UntilAsync(() => service.Host.Store.Queries.Totals().Decisions > 0, "a decision from what the topic holds", 60);
        using var answer = await RunningService.PostAsync(service.Admin, Lines.Login("e1", "acme"));
        Assert.AreEqual(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.AreEqual(HttpStatusCode.OK, (await service.Client(null).GetAsync("/readyz")).StatusCode);
    }

    private static MockKafkaCluster Start()
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
