using System.Text.Json;
using AnomalyDetect.Service.CommandLine;
using AnomalyDetect.Service.Http;
using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests.CommandLine;

[TestClass]
public sealed class AlertWorkVerbTests
{
    [TestMethod]
    public async Task Alerts_are_resolved_and_excepted_through_the_running_service_and_on_the_store()
    {
        await using var service = await RunningService.StartAsync();
        var first = (await service.AttackAsync("acme")).GetProperty("alert_id").GetString()!;
        var second = (await service.AttackAsync("acme", "203.0.113.8")).GetProperty("alert_id").GetString()!;
        await WorkAsync(service.Data, first, "203.0.113.9");
        await service.Host.DisposeAsync();
        await WorkAsync(service.Data, second, "203.0.113.8");
        var ledger = await CliRun.Of("ledger", "verify", "--data", service.Data);
        Assert.AreEqual(0, ledger.ExitCode, ledger.Error);
    }

    private static async Task WorkAsync(string data, string id, string address)
    {
        async Task<string> Done(params string[] args)
        {
            var run = await CliRun.Of([.. args, "--data", data]);
            Assert.AreEqual(0, run.ExitCode, run.Error);
            return run.Out;
        }

        StringAssert.Contains(await Done("alerts", "list", "--entity", address, "--severity", "medium", "--signal", "invalid_claim_injection"), $"{id}  ");
        Assert.AreEqual("", await Done("alerts", "list", "--text", "198.51."));
        StringAssert.Contains(await Done("alerts", "resolve", id, "--reason", "a test\u001b[2J"), "Resolved at revision ");
        Assert.AreEqual(1, (await CliRun.Of("alerts", "resolve", id, "--reason", "again", "--data", data)).ExitCode, "it is not open");
        Assert.DoesNotContain(id, await Done("alerts", "list", "--state", "open"));
        StringAssert.Contains(await Done("alerts", "show", id), "\"resolution\": \"by_hand\"");

        var said = await Done("alerts", "except", id, "--for", "7d", "--reason", "our own scanner");
        StringAssert.Contains(said, $": invalid_claim_injection at address {address} of acme until ");
        var exception = said.Split(' ')[1].TrimEnd(':');
        StringAssert.Contains(await Done("exceptions", "list"), $"{exception}  acme  invalid_claim_injection  address  {address}  until ");
        await Done("exceptions", "end", exception, "--reason", "it is over");
        Assert.AreEqual("", await Done("exceptions", "list"));
        Assert.AreEqual(1, (await CliRun.Of("exceptions", "end", exception, "--reason", "again", "--data", data)).ExitCode);
    }

    [TestMethod]
    public async Task Following_lists_what_is_there_and_goes_on_with_what_comes()
    {
        await using var service = await RunningService.StartAsync();
        var first = (await service.AttackAsync("acme")).GetProperty("alert_id").GetString()!;
        using var operations = new RemoteOperations(service.Host.Urls[0], (await File.ReadAllTextAsync(service.Host.Data.AdminKeyFile)).Trim());
        var listed = new List<string>();
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var filter = new AlertFilter("acme", null, null, null, 10);
        await foreach (var alert in operations.FollowAlertsAsync(
            filter,
            async () =>
            {
                listed.AddRange((await operations.AlertsAsync(filter)).Select(Id));
                await service.AttackAsync("globex", "203.0.113.7");
                await service.AttackAsync("acme", "203.0.113.8");
            },
            stop.Token))
        {
            Assert.AreEqual("acme", alert.GetProperty("tenant_id").GetString());
            if (Id(alert) == first) continue; // it may have grown
            Assert.AreEqual("203.0.113.8", alert.GetProperty("source_ip").GetString());
            Assert.IsTrue(AlertFollower.Fits(alert, filter with { Signal = "invalid_claim_injection", Text = "0.113" }));
            Assert.IsFalse(AlertFollower.Fits(alert, filter with { Signal = "mfa_fatigue" }));
            Assert.IsFalse(AlertFollower.Fits(alert, filter with { Entity = "203.0.113" }));
            Assert.IsFalse(AlertFollower.Fits(alert, filter with { Since = "2999-01-01T00:00:00Z" }));
            break;
        }

        CollectionAssert.AreEqual(new[] { first }, listed);
    }

    [TestMethod]
    [DataRow("alerts", "resolve", "x")]
    [DataRow("alerts", "except", "x", "--reason", "y")]
    [DataRow("alerts", "except", "x", "--reason", "y", "--for", "7d", "--until", "2999-01-01")]
    [DataRow("alerts", "except", "x", "--reason", "y", "--for", "soon")]
    [DataRow("alerts", "except", "x", "--reason", "y", "--until", "soon")]
    [DataRow("alerts", "list", "--severity", "awful")]
    [DataRow("alerts", "list", "--until", "then")]
    [DataRow("keys", "add", "--name", "n", "--role", "read", "--expires-in", "soon")]
    public async Task Wrong_usage_is_said(params string[] args)
    {
        var run = await CliRun.Of(args);
        Assert.AreEqual(2, run.ExitCode, run.Error);
        Assert.DoesNotContain("Exception", run.Error);
    }

    [TestMethod]
    public async Task Following_without_a_service_says_so()
    {
        await using var service = await RunningService.StartAsync();
        await service.Host.DisposeAsync();
        var run = await CliRun.Of("alerts", "list", "--follow", "--data", service.Data);
        Assert.AreEqual(1, run.ExitCode);
        StringAssert.Contains(run.Error, "No service runs on this data directory");
    }

    private static string Id(JsonElement alert) => alert.GetProperty("id").GetString()!;
}
