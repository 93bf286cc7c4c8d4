using System.Net;
using Microsoft.AspNetCore.Http;

namespace AnomalyDetect.Bouncer.Tests;

/// <summary>The service goes away, and comes back.</summary>
[TestClass]
public sealed class AwayTests
{
    [TestMethod]
    public async Task Closed_it_refuses_everything_until_decisions_are_known_and_says_so()
    {
        await using var service = await FakeService.StartAsync();
        var away = true;
        service.Instead = context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        var logs = new LogLines();
        await using var shop = await Shop.OpenAsync(service.Url, logs: logs, adjust: o => (o.WhenAway, o.StartupWait, o.SayWhenAway) = (AwayPolicy.FailClosed, TimeSpan.Zero, true));
        var refused = await shop.GetAsync("/acme/catalogue");
        Assert.AreEqual((HttpStatusCode.ServiceUnavailable, "decisions_unavailable", "10"), (refused.Status, refused.Code, refused.Headers["Retry-After"]));
        Assert.AreEqual("away", refused.Headers["X-AnomalyDetect-Bouncer"]);
        Assert.IsFalse(refused.Headers.ContainsKey("X-AnomalyDetect-Decision"));
        Assert.AreEqual("Unhealthy", (await shop.GetAsync("/healthz")).Body);
        await Wait.UntilAsync(() => logs.Lines.Any(l => l.StartsWith("Error", StringComparison.Ordinal) && l.Contains("all requests are refused", StringComparison.Ordinal)), "a word in the log");

        service.Instead = null;
        await Wait.UntilAsync(() => !(away = shop.State.IsAway), "the feed is followed");
        Assert.IsFalse(away);
        var passed = await shop.GetAsync("/acme/catalogue");
        Assert.AreEqual(HttpStatusCode.OK, passed.Status);
        Assert.IsFalse(passed.Headers.ContainsKey("X-AnomalyDetect-Bouncer"));
        Assert.AreEqual("Healthy", (await shop.GetAsync("/healthz")).Body);
        await Wait.UntilAsync(() => logs.Lines.Any(l => l.Contains("followed again", StringComparison.Ordinal)), "a word that it is back");
        Assert.IsFalse(logs.Lines.Any(l => l.Contains("ad_test", StringComparison.Ordinal)), "the key is in the log");
    }

    [TestMethod]
    public async Task Open_it_lets_through_and_goes_on_enforcing_what_it_holds_until_that_expires()
    {
        await using var service = await FakeService.StartAsync();
        service.Put(Some.Block(expiresAt: Some.Time.AddMinutes(30)));
        var clock = new FakeTimeProvider(Some.Time);
        await using var shop = await Shop.OpenAsync(service.Url, time: clock);
        Assert.AreEqual("Healthy", (await shop.GetAsync("/healthz")).Body);
        clock.Advance(TimeSpan.FromMinutes(3));
        Assert.IsTrue(shop.State.IsAway);
        Assert.AreEqual("Degraded", (await shop.GetAsync("/healthz")).Body);
        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/acme/catalogue")).Status);
        Assert.AreEqual(HttpStatusCode.Forbidden, (await shop.GetAsync("/acme/catalogue", null, "203.0.113.9")).Status);
        clock.Advance(TimeSpan.FromMinutes(30));
        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/acme/catalogue", null, "203.0.113.9")).Status);
    }

    [TestMethod]
    public async Task A_restart_is_no_gap_the_first_copy_is_waited_for()
    {
        await using var service = await FakeService.StartAsync();
        service.Put(Some.Block(expiresAt: DateTime.UtcNow.AddHours(1)));
        await using var shop = await Shop.OpenAsync(service.Url);
        Assert.AreEqual(HttpStatusCode.Forbidden, (await shop.GetAsync("/acme/catalogue", null, "203.0.113.9")).Status);
    }

    [TestMethod]
    public async Task A_new_decision_is_applied_and_an_undone_one_let_go_without_asking_twice()
    {
        await using var service = await FakeService.StartAsync();
        await using var shop = await Shop.OpenAsync(service.Url);
        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/acme/catalogue", null, "203.0.113.9")).Status);
        var decision = Some.Block(expiresAt: DateTime.UtcNow.AddHours(1));
        service.Put(decision);
        await shop.HoldsAsync(1);
        Assert.AreEqual(HttpStatusCode.Forbidden, (await shop.GetAsync("/acme/catalogue", null, "203.0.113.9")).Status);
        service.End(decision);
        await shop.HoldsAsync(0);
        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/acme/catalogue", null, "203.0.113.9")).Status);
        Assert.IsLessThan(8, service.Asked.Count, "long polls, not many");
    }
}
