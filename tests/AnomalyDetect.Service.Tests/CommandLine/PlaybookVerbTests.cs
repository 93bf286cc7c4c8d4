using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests.CommandLine;

[TestClass]
public sealed class PlaybookVerbTests
{
    private const string Scenario = """
        about: an unusual principal has to prove itself, and is told of early
        alerts:
          - { signal: api_call_rate, severity: low, principal: u1, about: principal, id: a }
          - { signal: api_call_rate, severity: high, principal: u1, about: principal, id: a, at: "2026-01-05T12:05:00Z" }
        decisions:
          - { type: step_up, value: u1, expires_after: 1h, simulated: false, rule: step-up-unusual-principals }
        told: [tenant_admin, tenant_admin, soc_tier1]
        """;

    [TestMethod]
    public async Task What_show_prints_passes_check_and_can_be_started_from()
    {
        using var directory = new TempDirectory();
        var shown = await CliRun.Of("playbook", "show");
        var file = directory.Write("playbook.yaml", shown.Out);
        var check = await CliRun.Of("playbook", "check", file);
        Assert.AreEqual(0, check.ExitCode, check.Error);
        StringAssert.StartsWith(check.Out, "It can be used: 12 rules, version ");
        Assert.AreEqual("", check.Error, "a rule for every signal");

        directory.Write("broken.yaml", shown.Out.Replace("decide_from: high", "decide_from: hihg"));
        var broken = await CliRun.Of("playbook", "check", directory["broken.yaml"]);
        Assert.AreEqual(2, broken.ExitCode);
        StringAssert.Contains(broken.Error, "broken.yaml cannot be used:");
        StringAssert.Contains(broken.Error, "rules[5].decide_from: must be one of \"info\", \"low\", \"medium\", \"high\", \"critical\", not \"hihg\"");
        var config = directory.Write("config.json", """{ "response": { "playbook": "broken.yaml" } }""");
        StringAssert.Contains((await CliRun.Of("config", "check", "--config", config)).Error, "response.playbook: ");
    }

    [TestMethod]
    public async Task Scenarios_pass_or_say_what_came_instead()
    {
        using var directory = new TempDirectory();
        var scenarios = Directory.CreateDirectory(directory["scenarios"]).FullName;
        await File.WriteAllTextAsync(Path.Combine(scenarios, "one.yaml"), Scenario);
        var passed = await CliRun.Of("playbook", "test", scenarios);
        Assert.AreEqual((0, "1 scenarios, 0 failed."), (passed.ExitCode, passed.Out.Trim()), passed.Error);

        var stricter = directory.Write("playbook.yaml", """
            rules:
              - name: revoke
                signals: ["*"]
                decisions: [{ type: revoke_session, scopes: [principal], expires_after: 12h }]
            """);
        var failed = await CliRun.Of("playbook", "test", scenarios, "--playbook", stricter);
        Assert.AreEqual(1, failed.ExitCode);
        StringAssert.Contains(failed.Error, "missing: step_up against u1 for 1h, enforced by step-up-unusual-principals");
        StringAssert.Contains(failed.Error, "not expected: revoke_session against principal u1 for 12h by revoke");
        StringAssert.Contains(failed.Error, "told: , and expected: tenant_admin, tenant_admin, soc_tier1");
    }

    [TestMethod]
    public async Task Explain_says_what_each_rule_makes_of_an_alert_and_does_nothing()
    {
        using var directory = new TempDirectory();
        await using var service = await RunningService.StartAsync();
        var decision = await service.AttackAsync("acme");
        var id = decision.GetProperty("alert_id").GetString()!;
        var explained = await CliRun.Of("playbook", "explain", id, "--data", service.Data);
        Assert.AreEqual(0, explained.ExitCode, explained.Error);
        StringAssert.Contains(explained.Out, "invalid_claim_injection, high, about address in acme");
        StringAssert.Contains(explained.Out, "block-claim-forgers: block_ip against address 203.0.113.9 until ");
        StringAssert.Contains(explained.Out, "block-claim-forgers: soc_tier1 is told");

        var other = directory.Write("other.yaml", "rules:\n  - { name: quiet, signals: [invalid_claim_injection], tenants: [globex], notify: [{ audience: on_call }] }\n");
        StringAssert.Contains((await CliRun.Of("playbook", "explain", id, "--data", service.Data, "--playbook", other)).Out, "quiet: is for other tenants than acme");
        Assert.HasCount(1, service.Host.Store.Decisions.Feed(0, null, 10));
    }

    [TestMethod]
    [DataRow("playbook", "check", "/nowhere.yaml")]
    [DataRow("playbook", "test", "/nowhere")]
    [DataRow("playbook", "check")]
    public async Task Wrong_usage_is_said(params string[] args)
    {
        var run = await CliRun.Of(args);
        Assert.AreEqual(2, run.ExitCode, run.Error);
        Assert.DoesNotContain("Exception", run.Error);
    }
}
