using System.Text;
using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests.Processes;

[TestClass]
public sealed class SignalTests
{
    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Sigterm_drains_what_was_accepted_into_the_store_and_exits_with_0()
    {
        if (OperatingSystem.IsWindows()) Assert.Inconclusive("there is no SIGTERM on Windows");
        using var directory = new TempDirectory();
        var config = directory.Write("config.json", $$"""{ "data_directory": "{{directory["data"]}}", "http": { "urls": ["http://127.0.0.1:0"] }, "response": { "enforce": true }, "logging": { "format": "json" } }""");
        await using (var child = await ChildService.StartAsync(config))
        {
            await Wait.UntilAsync(() => child.Said.Contains("admin.key", StringComparison.Ordinal), "the whole banner");
            Assert.Contains("ENFORCING", child.Said);
            using var client = child.Client((await File.ReadAllTextAsync(Path.Combine(directory["data"], "admin.key"))).Trim());
            var body = string.Concat(Enumerable.Range(0, 20).Select(i => Lines.Forged("acme", $"203.0.113.{i}", 15, DateTime.UtcNow.AddSeconds(-30), $"s{i}")));
            using var answer = await client.PostAsync("/v1/events", new StringContent(body, Encoding.UTF8, "application/x-ndjson"));
            Assert.AreEqual(202, (int)answer.StatusCode);
            Assert.AreEqual(0, await child.TerminateAsync(), child.Said);
            Assert.Contains("Stopped.", child.Said);
        }

        Assert.IsFalse(File.Exists(Path.Combine(directory["data"], "address")), "a stopped service says nowhere that it listens");
        var settings = Service.Configuration.ConfigFile.Load(config);
        using var store = Storage.Store.Open(
            new Storage.StoreOptions { Path = settings.StorePath }, new Response.Routing.DeliveryRouter(settings.Response), TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        Assert.AreEqual(20, store.Queries.Totals().Decisions, "every accepted attack was decided on before the end");
        Assert.IsNull(store.Ledger.Verify(null, CancellationToken.None).Reason);
    }
}
