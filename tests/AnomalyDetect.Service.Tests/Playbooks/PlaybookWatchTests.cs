using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Hosting;
using AnomalyDetect.Service.Playbooks;
using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests.Playbooks;

[TestClass]
public sealed class PlaybookWatchTests
{
    [TestMethod]
    public async Task A_changed_playbook_is_taken_by_the_lanes_and_recorded_and_a_broken_one_leaves_the_last_good_one()
    {
        using var directory = new TempDirectory();
        var file = directory.Write("playbook.yaml", Blocking("30m", "ann"));
        await using var service = await RunningService.StartAsync(o => o with { Response = o.Response with { Playbook = file, PlaybookPoll = TimeSpan.FromSeconds(1) } });
        Assert.AreEqual(30, Minutes(await service.AttackAsync("acme", "203.0.113.1")), 0.01);
        var first = service.Host.Playbooks.Version;

        await File.WriteAllTextAsync(file, Blocking("45m", "ben"));
        await Wait.UntilAsync(() => service.Host.Playbooks.Version != first, "the change is taken");
        var second = service.Host.Playbooks.Version;
        await EveryLaneRunsUnderAsync(service, second);
        Assert.AreEqual(45, Minutes(await service.AttackAsync("acme", "203.0.113.2")), 0.01);

        await File.WriteAllTextAsync(file, "rules:\n  - name: broken\n    signals: [teleport]\n");
        await Wait.UntilAsync(() => service.Host.Playbooks.Problem is not null, "the broken one is noticed");
        StringAssert.Contains(service.Host.Playbooks.Problem, "line 3, rules[0].signals[0]: must be one of");
        Assert.AreEqual(second, service.Host.Playbooks.Version);
        Assert.AreEqual(45, Minutes(await service.AttackAsync("acme", "203.0.113.3")), 0.01, "the last good one");
        StringAssert.Contains(await service.Admin.GetStringAsync("/metrics"), "anomalydetect_playbook_trouble 1");

        await File.WriteAllTextAsync(file, Blocking("30m", "ann"));
        await Wait.UntilAsync(() => service.Host.Playbooks.Version == first && service.Host.Playbooks.Problem is null, "the mended one is taken");
        var shown = await RunningService.JsonAsync(service.Admin, "/v1/playbook");
        Assert.IsFalse(shown.TryGetProperty("problem", out _));
        CollectionAssert.AreEqual(
            new[] { $"{first} ann", $"{second} ben", $"{first} start" },
            shown.GetProperty("history").EnumerateArray().Select(h => $"{h.GetProperty("version").GetString()} {h.GetProperty("actor").GetString()}").ToArray());
        Assert.IsNull(service.Host.Store.Ledger.Verify(null, CancellationToken.None).FirstBad);
    }

    [TestMethod]
    public async Task A_start_with_a_broken_playbook_goes_on_with_the_one_in_force_before_and_says_so_until_it_is_mended()
    {
        using var directory = new TempDirectory();
        var file = directory.Write("playbook.yaml", Blocking("45m", "ann"));
        var config = directory.Write("config.json", $$"""
            {
              "data_directory": "{{directory["data"]}}", "http": { "urls": ["http://127.0.0.1:0"] }, "logging": { "level": "none" },
              "response": { "enforce": true, "playbook": "playbook.yaml", "playbook_poll": "1s" }
            }
            """);
        await (await StartAsync(config)).DisposeAsync();
        var good = Core.Playbooks.Playbook.Parse(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(PlaybookFile.Read(file).Playbook, Core.CoreJson.Default.Playbook)).Version();

        await File.WriteAllTextAsync(file, "rules:\n  - name: broken\n    signals: [teleport]\n");
        StringAssert.Contains((await CliRun.Of("config", "check", "--config", config)).Error, "signals[0]: must be one of", "who asks is told");
        await using (var host = await StartAsync(config))
        {
            Assert.AreEqual(good, host.Playbooks.Version);
            Assert.AreEqual(good, host.Settings.Engine.Playbook.Version(), "the lanes have it from the start");
            StringAssert.Contains(host.Playbooks.Problem, "line 3, rules[0].signals[0]: must be one of");
            StringAssert.Contains(string.Join('\n', Service.CommandLine.Banner.Of(host)), $"THE PLAYBOOK CANNOT BE USED; version {good}, which was in force last, stays in force: line 3");
            using var http = new HttpClient { BaseAddress = new Uri(host.Urls[0]) };
            StringAssert.Contains(await http.GetStringAsync("/metrics"), "anomalydetect_playbook_trouble 1");
            var ready = System.Text.Json.JsonDocument.Parse(await http.GetStringAsync("/readyz")).RootElement;
            Assert.IsTrue(ready.GetProperty("ready").GetBoolean(), "it does its work all the same");
            StringAssert.Contains(ready.GetProperty("warnings")[0].GetString(), good);
            Assert.HasCount(1, host.Store.Playbooks.List(10), "nothing new is in force");

            await File.WriteAllTextAsync(file, Blocking("30m", "ben"));
            await Wait.UntilAsync(() => host.Playbooks.Version != good && host.Playbooks.Problem is null, "the mended one is taken");
            StringAssert.Contains(await http.GetStringAsync("/metrics"), "anomalydetect_playbook_trouble 0");
            Assert.AreEqual("""{"ready":true,"not_ready":[]}""", await http.GetStringAsync("/readyz"));
        }

        File.Delete(file);
        await using (var host = await StartAsync(config)) StringAssert.Contains(host.Playbooks.Problem, "cannot be read", "a file that is gone is no other matter");
    }

    [TestMethod]
    public async Task A_first_start_with_a_broken_playbook_is_refused_with_a_sentence()
    {
        using var directory = new TempDirectory();
        directory.Write("playbook.yaml", "rules: 7");
        var config = directory.Write("config.json", $$"""{ "data_directory": "{{directory["data"]}}", "http": { "urls": ["http://127.0.0.1:0"] }, "response": { "playbook": "playbook.yaml" } }""");
        var run = await CliRun.Of("run", "--config", config);
        Assert.AreEqual(2, run.ExitCode, run.Out);
        StringAssert.Contains(run.Error, "cannot be used, and there is none in force before to go on with: line 1, rules: must be a list");
        StringAssert.Contains(run.Error, "anomalydetect playbook check");
    }

    private static Task<ServiceHost> StartAsync(string config) => ServiceHost.StartAsync(ConfigFile.Load(config, needsPlaybook: false), TimeProvider.System);

    private static Task EveryLaneRunsUnderAsync(RunningService service, string playbook) => Wait.UntilAsync(
        () =>
        {
            for (var i = 0; service.Host.Store.Lanes.Load($"journal/{i}") is { } lane; i++)
                if (EngineOptions.FromJson(service.Host.Store.Lanes.LoadEngine(lane.Checkpoint!.EngineVersion)!).Playbook.Version() != playbook) return false;
            return true;
        },
        $"every lane's checkpoint is of playbook {playbook}");

    private static double Minutes(System.Text.Json.JsonElement decision)
    {
        Assert.AreEqual("block forgers", decision.GetProperty("rule").GetString());
        return (decision.GetProperty("expires_at").GetDateTime() - decision.GetProperty("created_at").GetDateTime()).TotalMinutes;
    }

    private static string Blocking(string expiry, string who) => $$"""
        changed_by: {{who}}
        rules:
          - name: block forgers
            signals: [invalid_claim_injection]
            decisions: [{ type: block_ip, scopes: [address], expires_after: {{expiry}} }]
        """;
}
