using AnomalyDetect.Core.Lanes;
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
