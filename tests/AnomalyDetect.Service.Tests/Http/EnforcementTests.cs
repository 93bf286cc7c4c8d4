using System.Net;
using System.Text;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests.Http;

[TestClass]
public sealed class EnforcementTests
{
    [TestMethod]
    public async Task What_an_enforcer_reports_stands_with_the_decision_and_once_in_the_ledger()
    {
        await using var service = await RunningService.StartAsync();
        var decision = await service.AttackAsync("acme");
        var id = decision.GetProperty("id").GetString()!;
        Assert.IsFalse(decision.TryGetProperty("enforced", out _), "requested, not yet enforced");
        using var enforcer = service.ClientWith([ApiRole.Enforcer], "acme");
        var before = service.Host.Store.Ledger.Head.Sequence;

        var answer = await ReportAsync(enforcer, Report("a", 1, Line(id, 3), Line("unknown", 1)));
        Assert.AreEqual("""{"recorded":1,"unknown":1,"repeated":false}""", answer.Text);
        Assert.AreEqual("""{"recorded":0,"unknown":0,"repeated":true}""", (await ReportAsync(enforcer, Report("a", 1, Line(id, 3), Line("unknown", 1)))).Text);
        Assert.AreEqual("""{"recorded":1,"unknown":0,"repeated":false}""", (await ReportAsync(enforcer, Report("a", 2, Line(id, 4)))).Text);

        var row = await RunningService.JsonAsync(service.Admin, $"/v1/decisions/{id}");
        Assert.AreEqual(7, row.GetProperty("enforced").GetProperty("count").GetInt64());
        Assert.AreEqual("2026-01-01T00:00:01Z", row.GetProperty("enforced").GetProperty("first_at").GetString());
        Assert.AreEqual("2026-01-01T00:00:02Z", row.GetProperty("enforced").GetProperty("last_at").GetString());
        var feed = await RunningService.JsonAsync(service.Admin, "/v1/decisions");
        Assert.AreEqual(7, feed.GetProperty("decisions").EnumerateArray().Single(d => d.GetProperty("id").GetString() == id).GetProperty("enforced").GetProperty("count").GetInt64());
        Assert.AreEqual(before + 1, service.Host.Store.Ledger.Head.Sequence);
        Assert.IsNull(service.Host.Store.Ledger.Verify(null, CancellationToken.None).Reason);
    }

    [TestMethod]
    public async Task A_tenants_enforcer_reports_of_its_own_decisions_only()
    {
        await using var service = await RunningService.StartAsync();
        var id = (await service.AttackAsync("acme")).GetProperty("id").GetString()!;
        using var foreign = service.ClientWith([ApiRole.Enforcer], "globex");
        Assert.AreEqual("""{"recorded":0,"unknown":1,"repeated":false}""", (await ReportAsync(foreign, Report("a", 1, Line(id, 3)))).Text);
        Assert.IsFalse((await RunningService.JsonAsync(service.Admin, $"/v1/decisions/{id}")).TryGetProperty("enforced", out _));
    }

    [TestMethod]
    public async Task A_malformed_report_is_refused_whole()
    {
        await using var service = await RunningService.StartAsync();
        var id = (await service.AttackAsync("acme")).GetProperty("id").GetString()!;
        string[] bad =
        [
            "{}", "[]", Report("", 1, Line(id, 1)), Report(new string('i', 65), 1, Line(id, 1)), Report("a b", 1, Line(id, 1)), Report("a", 0, Line(id, 1)), Report("a", 1),
            Report("a", 1, Line(id, 0)), Report("a", 1, Line(id, -1)), Report("a", 1, Line("", 1)), Report("a", 1, "null"), Report("a", 1, "{}"),
            Report("a", 1, Line(id, 1, "2026-01-01T00:00:03Z")), Report("a", 1, [.. Enumerable.Repeat(Line(id, 1), 251)]),
        ];
        foreach (var body in bad) Assert.AreEqual(HttpStatusCode.BadRequest, (await ReportAsync(service.Admin, body)).Status, body);
        Assert.IsFalse((await RunningService.JsonAsync(service.Admin, $"/v1/decisions/{id}")).TryGetProperty("enforced", out _));
    }

    [TestMethod]
    public async Task A_feed_that_is_not_the_one_asked_for_says_so_at_once()
    {
        await using var service = await RunningService.StartAsync();
        await service.AttackAsync("acme");
        var answer = await RunningService.JsonAsync(service.Admin, "/v1/decisions?after=1000&wait=60");
        Assert.AreEqual(0, answer.GetProperty("next").GetInt64());
        Assert.IsGreaterThan(0, answer.GetProperty("head").GetInt64());
    }

    [TestMethod]
    public async Task A_dry_run_comes_to_whoever_asks_and_is_marked_as_such()
    {
        await using var service = await RunningService.StartAsync(o => o with { Response = o.Response with { Enforce = false } });
        using var sent = await RunningService.PostAsync(service.Admin, Lines.Forged("acme", "203.0.113.9", 15, DateTime.UtcNow.AddSeconds(-30)));
        var feed = await RunningService.JsonAsync(service.Admin, "/v1/decisions?simulated=true&wait=30");
        var decision = feed.GetProperty("decisions")[0];
        Assert.AreEqual("simulated", decision.GetProperty("state").GetString());
        Assert.IsTrue(decision.GetProperty("simulated").GetBoolean());
        await ReportAsync(service.Admin, Report("a", 1, Line(decision.GetProperty("id").GetString()!, 5)));
        var row = await RunningService.JsonAsync(service.Admin, $"/v1/decisions/{decision.GetProperty("id").GetString()}");
        Assert.AreEqual(5, row.GetProperty("would_have").GetProperty("count").GetInt64());
        Assert.IsFalse(row.TryGetProperty("enforced", out _));
    }

    private static string Line(string id, long count, string firstAt = "2026-01-01T00:00:01Z") =>
        $$"""{"id":"{{id}}","first_at":"{{firstAt}}","last_at":"2026-01-01T00:00:02Z","count":{{count}}}""";

    private static string Report(string instance, long batch, params string[] lines) =>
        $$"""{"instance":"{{instance}}","batch":{{batch}},"decisions":[{{string.Join(',', lines)}}]}""";

    private static async Task<(HttpStatusCode Status, string Text)> ReportAsync(HttpClient client, string body)
    {
        using var answer = await client.PostAsync("/v1/decisions/enforced", new StringContent(body, Encoding.UTF8, "application/json"));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
