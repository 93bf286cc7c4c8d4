using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests.CommandLine;

[TestClass]
public sealed class AlertsVerbTests
{
    [TestMethod]
    public async Task Alerts_are_listed_shown_and_judged_through_the_running_service_and_on_the_store()
    {
        await using var service = await RunningService.StartAsync();
        var id = (await service.AttackAsync("acme")).GetProperty("alert_id").GetString()!;
        await JudgeAsync(service.Data, id, "false_positive", "false_positive");
        await service.Host.DisposeAsync();
        await JudgeAsync(service.Data, id, "benign", "key k");

        var ledger = await CliRun.Of("ledger", "verify", "--data", service.Data);
        Assert.AreEqual(0, ledger.ExitCode, ledger.Error);
    }

    private static async Task JudgeAsync(string data, string id, string verdict, string alsoShown)
    {
        var judged = await CliRun.Of("alerts", "verdict", id, verdict, "--reason", "a test\u001b[2J", "--data", data);
        Assert.AreEqual(0, judged.ExitCode, judged.Error);
        StringAssert.Contains(judged.Out, $"Recorded: {verdict} on revision ");
        var list = await CliRun.Of("alerts", "list", "--verdict", verdict, "--tenant", "acme", "--state", "open", "--data", data);
        StringAssert.Contains(list.Out, id, list.Error);
        StringAssert.Contains(list.Out, $"  {verdict}  acme  invalid_claim_injection  ");
        Assert.AreEqual("", (await CliRun.Of("alerts", "list", "--verdict", "none", "--data", data)).Out);
        var shown = await CliRun.Of("alerts", "show", id, "--data", data);
        StringAssert.Contains(shown.Out, "\"verdicts\": [");
        StringAssert.Contains(shown.Out, alsoShown);
        Assert.DoesNotContain('\u001b', shown.Out);
        Assert.AreEqual(1, (await CliRun.Of("alerts", "show", "nothing", "--data", data)).ExitCode);
        Assert.AreEqual(1, (await CliRun.Of("alerts", "verdict", "nothing", "benign", "--reason", "x", "--data", data)).ExitCode);
    }

    [TestMethod]
    [DataRow("alerts", "verdict", "x", "maybe", "--reason", "y")]
    [DataRow("alerts", "verdict", "x", "benign")]
    [DataRow("alerts", "list", "--limit", "0")]
    [DataRow("alerts", "list", "--since", "then")]
    [DataRow("alerts", "list", "--data", "missing")]
    public async Task Wrong_usage_is_said(params string[] args)
    {
        var run = await CliRun.Of(args);
        Assert.AreEqual(2, run.ExitCode, run.Error);
        Assert.DoesNotContain("Exception", run.Error);
    }
}
