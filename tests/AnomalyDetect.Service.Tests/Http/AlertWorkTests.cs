using System.Net;
using System.Text;
using System.Text.Json;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests.Http;

[TestClass]
public sealed class AlertWorkTests
{
    [TestMethod]
    public async Task An_alert_is_shown_with_its_evidence_decisions_and_timeline_in_one_answer()
    {
        await using var service = await RunningService.StartAsync();
        var decision = await service.AttackAsync("acme");
        var id = decision.GetProperty("alert_id").GetString()!;
        using var analyst = service.ClientWith([ApiRole.Respond, ApiRole.Read], "acme");
        await SendAsync(analyst, $"/v1/alerts/{id}/verdict", """{"verdict":"benign","reason":"a test"}""");
        await SendAsync(analyst, $"/v1/decisions/{decision.GetProperty("id").GetString()}/undo", """{"reason":"harmless"}""");
        var shown = await RunningService.JsonAsync(analyst, $"/v1/alerts/{id}");
        Assert.IsGreaterThan(0, shown.GetProperty("evidence").GetArrayLength());
        Assert.AreEqual(decision.GetProperty("id").GetString(), shown.GetProperty("decisions")[0].GetProperty("id").GetString());
        Assert.AreEqual("undone", shown.GetProperty("decisions")[0].GetProperty("state").GetString());
        var kinds = shown.GetProperty("timeline").EnumerateArray().Select(s => s.GetProperty("kind").GetString()!).ToList();
        Assert.AreEqual("alert", kinds[0]);
        CollectionAssert.IsSubsetOf(new[] { "decision", "verdict", "decision_end" }, kinds);
        Assert.AreEqual("harmless", shown.GetProperty("timeline").EnumerateArray().Single(s => s.GetProperty("kind").GetString() == "decision_end").GetProperty("reason").GetString());
    }

    [TestMethod]
    public async Task A_resolved_alert_says_who_and_why_and_leaves_the_open_ones()
    {
        await using var service = await RunningService.StartAsync();
        var id = (await service.AttackAsync("acme")).GetProperty("alert_id").GetString()!;
        using var analyst = service.ClientWith([ApiRole.Respond], "acme");
        Assert.AreEqual(HttpStatusCode.BadRequest, (await SendAsync(analyst, $"/v1/alerts/{id}/resolve", "{}")).Status, "why is missing");
        var (status, resolved) = await SendAsync(analyst, $"/v1/alerts/{id}/resolve", """{"reason":"our own scanner"}""");
        Assert.AreEqual(HttpStatusCode.OK, status);
        Assert.AreEqual("our own scanner", resolved.GetProperty("reason").GetString());
        Assert.AreEqual(HttpStatusCode.Conflict, (await SendAsync(analyst, $"/v1/alerts/{id}/resolve", """{"reason":"again"}""")).Status);

        Assert.AreEqual(0, (await ListAsync(service, "state=open")).Count);
        var listed = (await ListAsync(service, "state=resolved")).Single();
        Assert.AreEqual(("resolved", "by_hand"), (listed.GetProperty("state").GetString(), listed.GetProperty("resolution").GetString()));
        Assert.AreEqual(resolved.GetRawText(), listed.GetProperty("resolved_by_hand").GetRawText(), "the bytes that were recorded");
        Assert.AreEqual(1, (await RunningService.JsonAsync(service.Admin, $"/v1/alerts/{id}")).GetProperty("resolutions").GetArrayLength());
        Assert.IsNull(service.Host.Store.Ledger.Verify(null, CancellationToken.None).FirstBad);
    }

    [TestMethod]
    public async Task An_exception_from_an_alert_holds_for_its_entity_only_over_a_restart_and_until_it_is_ended()
    {
        await using var service = await RunningService.StartAsync();
        var id = (await service.AttackAsync("acme", "203.0.113.7")).GetProperty("alert_id").GetString()!;
        using var analyst = service.ClientWith([ApiRole.Respond], "acme");
        var until = DateTime.UtcNow.AddDays(1).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
        var (status, granted) = await SendAsync(analyst, $"/v1/alerts/{id}/exception", $$"""{"until":"{{until}}","reason":"our own scanner"}""");
        Assert.AreEqual(HttpStatusCode.Created, status, granted.ToString());
        Assert.AreEqual(("acme", "invalid_claim_injection", "address", "203.0.113.7"), (
            granted.GetProperty("tenant_id").GetString(), granted.GetProperty("signal").GetString(), granted.GetProperty("entity_kind").GetString(), granted.GetProperty("entity").GetString()));

        // The same address grows no further, here and after a restart, while another tenant's is told of.
        var revision = await RevisionAsync(service, id);
        await AgainAsync(service, "a", 60, "203.0.113.21");
        Assert.AreEqual(revision, await RevisionAsync(service, id));
        Assert.AreEqual("203.0.113.7", (await service.AttackAsync("globex", "203.0.113.7")).GetProperty("value").GetString());

        await service.RestartAsync();
        Assert.AreEqual(granted.GetProperty("id").GetString(), (await RunningService.JsonAsync(service.Admin, "/v1/exceptions")).GetProperty("exceptions")[0].GetProperty("id").GetString());
        await AgainAsync(service, "b", 240, "203.0.113.22");
        Assert.AreEqual(revision, await RevisionAsync(service, id));

        using var third = service.ClientWith([ApiRole.Respond], "acme");
        Assert.AreEqual(HttpStatusCode.NoContent, (await third.PostAsync($"/v1/exceptions/{granted.GetProperty("id").GetString()}/end", Body("""{"reason":"it is over"}"""))).StatusCode);
        await AgainAsync(service, "c", 500, "203.0.113.23");
        Assert.IsGreaterThan(revision, await RevisionAsync(service, id), "it is told of again");
        Assert.IsNull(service.Host.Store.Ledger.Verify(null, CancellationToken.None).FirstBad);
    }

    [TestMethod]
    [DataRow("""{"reason":"x"}""", "when the exception runs out")]
    [DataRow("""{"until":"2020-01-01T00:00:00Z","reason":"x"}""", "a time to come")]
    [DataRow("""{"until":"2999-01-01T00:00:00Z","reason":"x"}""", "at most 366 days")]
    [DataRow("""{"until":"2999-01-01T00:00:00Z"}""", "Say why")]
    public async Task An_exception_without_an_end_in_reach_or_a_reason_is_refused(string body, string why)
    {
        await using var service = await RunningService.StartAsync();
        var (status, problem) = await SendAsync(service.Admin, "/v1/alerts/anything/exception", body);
        Assert.AreEqual(HttpStatusCode.BadRequest, status);
        StringAssert.Contains(problem.GetProperty("detail").GetString()!, why);
    }

    [TestMethod]
    public async Task Alerts_are_listed_page_by_page_and_chosen_by_what_they_are_about()
    {
        await using var service = await RunningService.StartAsync();
        for (var i = 1; i <= 5; i++) await service.AttackAsync(i < 5 ? "acme" : "globex", $"203.0.113.{i}");
        using var reader = service.ClientWith([ApiRole.Read], "acme", "globex");
        var seen = new List<string>();
        string? next = null;
        do
        {
            var page = await RunningService.JsonAsync(reader, $"/v1/alerts?limit=2{(next is null ? "" : $"&after={next}")}");
            seen.AddRange(page.GetProperty("alerts").EnumerateArray().Select(a => a.GetProperty("source_ip").GetString()!));
            next = page.TryGetProperty("next", out var n) ? n.GetString() : null;
        }
        while (next is not null);
        CollectionAssert.AreEquivalent(Enumerable.Range(1, 5).Select(i => $"203.0.113.{i}").ToList(), seen);

        Assert.HasCount(5, await ListAsync(service, "signal=invalid_claim_injection&severity=high&entity_kind=address&text=0.113.&since=2026-01-01T00:00:00Z&until=2999-01-01T00:00:00Z"));
        Assert.HasCount(1, await ListAsync(service, "entity=203.0.113.2"));
        Assert.HasCount(1, await ListAsync(service, "tenant=globex"));
        Assert.HasCount(0, await ListAsync(service, "severity=critical&signal=mfa_fatigue"));
        foreach (var wrong in new[] { "after=then", "severity=awful", "signal=noise", "entity_kind=thing", "until=then", $"text={new string('x', 2000)}" })
            Assert.AreEqual(HttpStatusCode.BadRequest, (await service.Admin.GetAsync($"/v1/alerts?{wrong}")).StatusCode, wrong);
    }

    /// <summary>More forged tokens of the same address; and, so that lanes have certainly seen them, of another behind them.</summary>
    private static async Task AgainAsync(RunningService service, string prefix, int count, string behind)
    {
        using var answer = await RunningService.PostAsync(service.Admin, Lines.Forged("acme", "203.0.113.7", count, DateTime.UtcNow.AddMilliseconds(-100 * count), prefix));
        Assert.AreEqual(202, (int)answer.StatusCode);
        await service.AttackAsync("acme", behind);
    }

    private static async Task<int> RevisionAsync(RunningService service, string id) => (await RunningService.JsonAsync(service.Admin, $"/v1/alerts/{id}")).GetProperty("revision").GetInt32();

    private static async Task<List<JsonElement>> ListAsync(RunningService service, string query) =>
        [.. (await RunningService.JsonAsync(service.Admin, $"/v1/alerts?{query}")).GetProperty("alerts").EnumerateArray()];

    private static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");

    private static async Task<(HttpStatusCode Status, JsonElement Json)> SendAsync(HttpClient client, string path, string body)
    {
        using var answer = await client.PostAsync(path, Body(body));
        return (answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsStringAsync()));
    }
}
