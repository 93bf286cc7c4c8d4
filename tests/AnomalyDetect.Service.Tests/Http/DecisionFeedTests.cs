using System.Diagnostics;
using System.Net;
using System.Text;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.Tests.Fixtures;

namespace AnomalyDetect.Service.Tests.Http;

[TestClass]
public sealed class DecisionFeedTests
{
    [TestMethod]
    public async Task A_long_poll_is_answered_by_the_first_change()
    {
        await using var service = await RunningService.StartAsync();
        var poll = RunningService.JsonAsync(service.Admin, "/v1/decisions?after=0&wait=60");
        var watch = Stopwatch.StartNew();
        var attack = await service.AttackAsync("acme");
        var answer = await poll;
        Assert.IsLessThan(50, watch.Elapsed.TotalSeconds);
        var first = answer.GetProperty("decisions")[0];
        Assert.AreEqual(attack.GetProperty("id").GetString(), first.GetProperty("id").GetString());
        Assert.AreEqual("active", first.GetProperty("state").GetString());
        Assert.AreEqual("block_ip", first.GetProperty("type").GetString());
        Assert.AreEqual("203.0.113.9", first.GetProperty("value").GetString());
        Assert.IsGreaterThanOrEqualTo(first.GetProperty("seq").GetInt64(), answer.GetProperty("next").GetInt64());
    }

    [TestMethod]
    public async Task A_long_poll_with_nothing_to_say_ends_empty_when_its_time_is_over()
    {
        await using var service = await RunningService.StartAsync();
        var answer = await RunningService.JsonAsync(service.Admin, "/v1/decisions?after=0&wait=1");
        Assert.AreEqual(0, answer.GetProperty("decisions").GetArrayLength());
        Assert.AreEqual(0, answer.GetProperty("next").GetInt64());
    }

    [TestMethod]
    public async Task A_stop_answers_whoever_waits()
    {
        var service = await RunningService.StartAsync();
        await using var _ = service;
        var poll = RunningService.JsonAsync(service.Admin, "/v1/decisions?after=0&wait=60");
        await Task.WhenAny(poll, Task.Delay(300));
        await service.Host.DisposeAsync();
        Assert.AreEqual(0, (await poll.WaitAsync(TimeSpan.FromSeconds(30))).GetProperty("decisions").GetArrayLength());
    }

    [TestMethod]
    public async Task An_undone_decision_is_a_tombstone_in_the_feed_and_an_entry_in_the_ledger()
    {
        await using var service = await RunningService.StartAsync();
        var decision = await service.AttackAsync("acme");
        var id = decision.GetProperty("id").GetString()!;
        var before = service.Host.Store.Ledger.Head.Sequence;
        Assert.AreEqual(HttpStatusCode.BadRequest, (await UndoAsync(service.Admin, id, "{}")).StatusCode, "no reason");
        Assert.AreEqual(HttpStatusCode.OK, (await UndoAsync(service.Admin, id, """{"reason":"our own scanner"}""")).StatusCode);
        Assert.AreEqual(HttpStatusCode.Conflict, (await UndoAsync(service.Admin, id, """{"reason":"again"}""")).StatusCode);

        var feed = await RunningService.JsonAsync(service.Admin, $"/v1/decisions?after={decision.GetProperty("seq").GetInt64()}");
        var tombstone = feed.GetProperty("decisions").EnumerateArray().Single(d => d.GetProperty("id").GetString() == id);
        Assert.AreEqual("undone", tombstone.GetProperty("state").GetString());
        Assert.IsGreaterThan(before, service.Host.Store.Ledger.Head.Sequence);
        Assert.IsNull(service.Host.Store.Ledger.Verify(null, CancellationToken.None).Reason);
        var full = await RunningService.JsonAsync(service.Admin, "/v1/decisions");
        Assert.IsFalse(full.GetProperty("decisions").EnumerateArray().Any(d => d.GetProperty("id").GetString() == id), "a full copy needs no tombstones");
    }

    [TestMethod]
    public async Task A_tenants_enforcer_sees_its_own_decisions_only_page_by_page()
    {
        await using var service = await RunningService.StartAsync();
        await service.AttackAsync("acme");
        await service.AttackAsync("globex", "203.0.113.10");
        await service.AttackAsync("globex", "203.0.113.11");
        await service.AttackAsync("initech", "203.0.113.12");
        using var client = service.ClientWith([ApiRole.Enforcer], "acme", "globex");
        var seen = new List<string>();
        for (var (after, more) = (0L, true); more;)
        {
            var page = await RunningService.JsonAsync(client, $"/v1/decisions?after={after}&limit=1");
            more = page.GetProperty("decisions").GetArrayLength() > 0;
            seen.AddRange(page.GetProperty("decisions").EnumerateArray().Select(d => d.GetProperty("value").GetString()!));
            after = page.GetProperty("next").GetInt64();
        }

        CollectionAssert.AreEqual(new[] { "203.0.113.9", "203.0.113.10", "203.0.113.11" }, seen);
    }

    [TestMethod]
    public async Task Dry_run_records_the_decision_and_hands_it_to_nobody()
    {
        await using var service = await RunningService.StartAsync(o => o with { Response = o.Response with { Enforce = false } });
        using var sent = await RunningService.PostAsync(service.Admin, Lines.Forged("acme", "203.0.113.9", 15, DateTime.UtcNow.AddSeconds(-30)));
        await Testing.Wait.UntilAsync(() => service.Host.Store.Queries.Totals().Decisions > 0, "a recorded decision");
        var feed = await RunningService.JsonAsync(service.Admin, "/v1/decisions");
        Assert.AreEqual(0, feed.GetProperty("decisions").GetArrayLength());
    }

    private static Task<HttpResponseMessage> UndoAsync(HttpClient client, string id, string body) =>
        client.PostAsync($"/v1/decisions/{id}/undo", new StringContent(body, Encoding.UTF8, "application/json"));
}
