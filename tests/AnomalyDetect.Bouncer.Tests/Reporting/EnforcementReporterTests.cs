using System.Text.Json;
using AnomalyDetect.Bouncer.Feed;
using AnomalyDetect.Bouncer.Reporting;
using Microsoft.AspNetCore.Http;

namespace AnomalyDetect.Bouncer.Tests.Reporting;

[TestClass]
public sealed class EnforcementReporterTests
{
    [TestMethod]
    public async Task Every_request_refused_is_in_one_report_with_its_first_and_last_time()
    {
        await using var service = await FakeService.StartAsync();
        await using var following = new Following(service.Url);
        var (a, b) = (Some.Held(Some.Block()), Some.Held(Some.Block("203.0.113.10")));
        following.Queue.Add(a);
        following.Clock.Advance(TimeSpan.FromSeconds(3));
        for (var i = 0; i < 4; i++) following.Queue.Add(a);
        following.Queue.Add(b);
        await following.Reporter.ReportAsync(CancellationToken.None);

        var report = JsonDocument.Parse(service.Reports.Single()).RootElement;
        Assert.AreEqual(1, report.GetProperty("batch").GetInt64());
        var rows = report.GetProperty("decisions").EnumerateArray().ToArray();
        Assert.HasCount(2, rows);
        Assert.AreEqual($$"""{"id":"{{a.Id}}","first_at":"2026-03-02T09:00:00Z","last_at":"2026-03-02T09:00:03Z","count":5}""", rows[0].GetRawText());
        await following.Reporter.ReportAsync(CancellationToken.None);
        Assert.HasCount(1, service.Reports, "nothing new is nothing to say");
    }

    [TestMethod]
    public async Task A_report_without_an_answer_is_sent_again_byte_for_byte_and_what_came_after_is_another()
    {
        await using var service = await FakeService.StartAsync();
        await using var following = new Following(service.Url);
        var held = Some.Held(Some.Block());
        service.InsteadOfTaking = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        following.Queue.Add(held);
        await Assert.ThrowsAsync<FeedException>(() => following.Reporter.ReportAsync(CancellationToken.None));
        following.Queue.Add(held);
        await Assert.ThrowsAsync<FeedException>(() => following.Reporter.ReportAsync(CancellationToken.None));
        service.InsteadOfTaking = null;
        await following.Reporter.ReportAsync(CancellationToken.None);

        var reports = service.Reports.ToArray();
        Assert.HasCount(4, reports);
        Assert.AreEqual(reports[0], reports[1]);
        Assert.AreEqual(reports[0], reports[2]);
        Assert.AreEqual(2, JsonDocument.Parse(reports[3]).RootElement.GetProperty("batch").GetInt64());
        Assert.AreEqual(1, JsonDocument.Parse(reports[3]).RootElement.GetProperty("decisions")[0].GetProperty("count").GetInt64());
    }

    [TestMethod]
    public async Task A_report_the_service_will_never_take_does_not_block_the_next()
    {
        await using var service = await FakeService.StartAsync();
        await using var following = new Following(service.Url);
        service.InsteadOfTaking = context =>
        {
            context.Response.StatusCode = 400;
            return Task.CompletedTask;
        };
        following.Queue.Add(Some.Held(Some.Block()));
        await Assert.ThrowsAsync<RefusedException>(() => following.Reporter.ReportAsync(CancellationToken.None));
        service.InsteadOfTaking = null;
        following.Queue.Add(Some.Held(Some.Block()));
        await following.Reporter.ReportAsync(CancellationToken.None);
        Assert.HasCount(2, service.Reports);
    }

    [TestMethod]
    public async Task Many_decisions_go_in_several_reports_that_the_service_takes()
    {
        await using var service = await FakeService.StartAsync();
        await using var following = new Following(service.Url);
        for (var i = 0; i < 450; i++) following.Queue.Add(Some.Held(Some.Block()));
        await following.Reporter.ReportAsync(CancellationToken.None);
        CollectionAssert.AreEqual(new[] { 150, 150, 150 }, service.Reports.Select(r => JsonDocument.Parse(r).RootElement.GetProperty("decisions").GetArrayLength()).ToArray());
        Assert.IsLessThan(64 << 10, service.Reports.Max(r => r.Length));
    }

    [TestMethod]
    public async Task However_many_a_revocation_cuts_off_each_report_is_one_the_service_takes_and_all_are_counted()
    {
        await using var service = await RealService.StartAsync();
        var names = new[] { "acme", "globex", "initech" };
        foreach (var tenant in names)
        {
            using var answer = await service.Admin.PostAsync(
                "/v1/revocations", new StringContent($$"""{"tenant_id":"{{tenant}}","scope":"tenant","reason":"a breach"}""", System.Text.Encoding.UTF8, "application/json"));
            Assert.AreEqual(201, (int)answer.StatusCode);
        }

        await using var following = new Following(service.Url, o => o.ApiKey = service.EnforcerKey());
        following.Clock.SetUtcNow(DateTimeOffset.UtcNow);
        await following.AdvanceAsync();
        var decisions = service.Host.Store.Decisions.Feed(0, null, 10).Select(e => e.Decision.Id).ToList();
        foreach (var held in decisions.Select(id => following.Table.Find(id)!))
            for (var i = 0; i < 4_000; i++) following.Queue.Add(held, Some.Subject(principal: $"u{i}", session: $"s{i}", token: $"t{i}"));
        await following.Reporter.ReportAsync(CancellationToken.None);
        foreach (var id in decisions)
        {
            var enforced = service.Host.Store.Decisions.Find(id)!.Enforced!;
            Assert.AreEqual(4_000, enforced.Count);
            foreach (var kind in new[] { enforced.Ended!.Principals, enforced.Ended.Sessions, enforced.Ended.Tokens }) Assert.AreEqual(4_000, kind, 400);
        }

        following.Queue.Add(following.Table.Find(decisions[0])!, Some.Subject(principal: "u1"));
        Assert.IsNull(following.Queue.Take(1).Single().Ended, "what was told is not told again");
    }

    [TestMethod]
    public void The_queue_is_bounded_and_says_what_it_lost()
    {
        var queue = new EnforcementQueue(Some.Options(o => o.ReportQueue = 100), TimeProvider.System);
        var held = Enumerable.Range(0, 130).Select(_ => Some.Held(Some.Block())).ToArray();
        for (var round = 0; round < 3; round++) foreach (var decision in held[..100]) queue.Add(decision);
        Assert.AreEqual((100, 0L), (queue.Count, queue.Lost));
        foreach (var decision in held[100..]) queue.Add(decision);
        Assert.AreEqual((100, 30L), (queue.Count, queue.Lost));
        Assert.AreEqual(300, queue.Take(1000).Sum(d => d.Count));
        queue.Add(held[129]);
        Assert.AreEqual(1, queue.Take(10).Single().Count, "what found no room before finds it again");
    }

    [TestMethod]
    public void No_count_is_lost_between_those_who_count_and_the_one_who_takes()
    {
        var queue = new EnforcementQueue(Some.Options(), TimeProvider.System);
        var held = Enumerable.Range(0, 5).Select(_ => Some.Held(Some.Block())).ToArray();
        long taken = 0;
        using var done = new CancellationTokenSource();
        var taker = Task.Run(() =>
        {
            while (!done.IsCancellationRequested) taken += queue.Take(3).Sum(d => d.Count);
        });
        Parallel.For(0, 4, t =>
        {
            for (var i = 0; i < 50_000; i++) queue.Add(held[(i + t) % 5]);
        });
        done.Cancel();
        taker.Wait();
        Assert.AreEqual(200_000, taken + queue.Take(100).Sum(d => d.Count));
        Assert.AreEqual(0, queue.Count);
    }
}
