using System.Text.Json.Nodes;
using AnomalyDetect.Bouncer.Decisions;
using AnomalyDetect.Bouncer.Feed;
using Microsoft.AspNetCore.Http;

namespace AnomalyDetect.Bouncer.Tests.Feed;

[TestClass]
public sealed class FeedFollowerTests
{
    [TestMethod]
    public async Task A_copy_is_read_page_by_page_and_then_only_changes_are()
    {
        await using var service = await FakeService.StartAsync();
        await using var following = new Following(service.Url, o => o.PageSize = 3);
        var decisions = Enumerable.Range(0, 8).Select(i => Some.Block($"203.0.113.{i}")).ToArray();
        service.Put(decisions);
        await following.AdvanceAsync();
        Assert.AreEqual(8, following.Table.Count);
        var instance = following.Get<ServiceClient>().Instance;
        Assert.AreEqual($"?after=0&wait=0&limit=3&simulated=true&instance={instance}", service.Asked.First());
        Assert.IsTrue(service.Asked.All(a => !a.Contains("applied")), "nothing is judged by before the copy is whole");

        var poll = following.AdvanceAsync();
        service.Put(Some.Block("203.0.113.99"));
        Assert.IsTrue(await poll);
        Assert.AreEqual(9, following.Table.Count);
        Assert.AreEqual($"?after=8&wait=30&limit=3&simulated=true&instance={instance}&applied=8&missing=0", service.Asked.Last());
        Assert.IsTrue(service.Keys.All(k => k == "Bearer ad_test"));
    }

    [TestMethod]
    public async Task What_is_judged_by_is_told_with_what_it_lacks_and_a_copy_being_made_is_not()
    {
        await using var service = await FakeService.StartAsync();
        await using var following = new Following(service.Url, o => (o.PageSize, o.MaxDecisions, o.ResyncEvery) = (600, 1_000, TimeSpan.FromMinutes(5)));
        service.Put([.. Enumerable.Range(0, 1_001).Select(i => Some.Block($"203.0.{i / 250}.{i % 250}"))]);
        service.Put("unheard-of", "active", new JsonObject { ["id"] = "unheard-of", ["type"] = "banish" });
        await following.AdvanceAsync();
        Assert.AreEqual(2, following.Table.Missing);
        var poll = following.AdvanceAsync();
        service.Put(Some.Block("198.51.100.1"));
        await poll;
        StringAssert.EndsWith(service.Asked.Last(), "&applied=1002&missing=2");

        following.Clock.Advance(TimeSpan.FromMinutes(5));
        service.Asked.Clear();
        await following.AdvanceAsync();
        CollectionAssert.AreEqual(new[] { "&applied=1003&missing=3", "&applied=1003&missing=3" }, service.Asked.Select(a => a[a.IndexOf("&applied", StringComparison.Ordinal)..]).ToArray(), "the old copy's");

        service.GoBackTo(1);
        await following.AdvanceAsync();
        service.Asked.Clear();
        await following.AdvanceAsync();
        Assert.DoesNotContain("applied", service.Asked.First(), "a position in a feed that is no more");
    }

    [TestMethod]
    public async Task A_tombstone_ends_a_decision_and_one_already_over_is_not_taken_in()
    {
        await using var service = await FakeService.StartAsync();
        await using var following = new Following(service.Url);
        var (undone, expired, over) = (Some.Block(), Some.Block("203.0.113.10"), Some.Block("203.0.113.11", expiresAt: Some.Time));
        service.Put(undone, expired, over);
        await following.AdvanceAsync();
        Assert.IsTrue(following.Holds(undone));
        Assert.IsFalse(following.Holds(over));
        service.End(undone);
        service.End(expired, "expired");
        await following.AdvanceAsync();
        Assert.AreEqual(0, following.Table.Count);
    }

    [TestMethod]
    public async Task A_feed_that_went_back_makes_the_copy_anew_and_what_it_no_longer_knows_is_let_go()
    {
        await using var service = await FakeService.StartAsync();
        await using var following = new Following(service.Url);
        var (kept, lost, fresh) = (Some.Block(), Some.Block("203.0.113.10"), Some.Block("203.0.113.11"));
        service.Put(kept, lost);
        await following.AdvanceAsync();
        service.GoBackTo(1);
        await following.AdvanceAsync();
        Assert.IsTrue(following.Holds(lost), "what is held stays in force until the new copy is whole");
        service.Put(fresh);
        await following.AdvanceAsync();
        Assert.IsTrue(following.Holds(kept) && following.Holds(fresh) && !following.Holds(lost));
    }

    [TestMethod]
    public async Task A_new_copy_keeps_what_a_limit_has_counted()
    {
        await using var service = await FakeService.StartAsync();
        await using var following = new Following(service.Url, o => o.ResyncEvery = TimeSpan.FromMinutes(5));
        var limit = Some.Decision(DecisionType.RateLimit, DecisionScope.Principal, "ada", limit: 1, per: 3600);
        service.Put(limit);
        await following.AdvanceAsync();
        var judge = following.Get<Judge>();
        Assert.IsTrue(judge.Of(Some.Subject(principal: "ada")).LetsThrough);
        following.Clock.Advance(TimeSpan.FromMinutes(5));
        var before = following.Table;
        await following.AdvanceAsync();
        Assert.AreNotSame(before, following.Table, "it is time for a new copy");
        Assert.IsFalse(judge.Of(Some.Subject(principal: "ada")).LetsThrough);
    }

    [TestMethod]
    public async Task A_copy_broken_off_leaves_the_old_one_in_force()
    {
        await using var service = await FakeService.StartAsync();
        await using var following = new Following(service.Url, o => (o.PageSize, o.ResyncEvery) = (1, TimeSpan.FromMinutes(5)));
        var (a, b) = (Some.Block(), Some.Block("203.0.113.10"));
        service.Put(a, b);
        await following.AdvanceAsync();
        following.Clock.Advance(TimeSpan.FromMinutes(5));
        service.Instead = context => context.Request.QueryString.Value!.Contains("after=0", StringComparison.Ordinal)
            ? context.Response.WriteAsync("""{"decisions":[],"next":1,"head":2}""")
            : Status(context, 500);
        await following.FailureAsync();
        Assert.IsTrue(following.Holds(a) && following.Holds(b));
        service.Instead = null;
        await following.AdvanceAsync();
        Assert.AreEqual(2, following.Table.Count);
    }

    [TestMethod]
    public async Task What_a_newer_service_says_is_passed_over_and_not_guessed_at()
    {
        await using var service = await FakeService.StartAsync();
        await using var following = new Following(service.Url);
        var known = Some.Block();
        service.Put("x", "active", new JsonObject { ["id"] = "x", ["type"] = "teleport" });
        service.Put(known);
        service.Put("y", "paused", JsonNode.Parse("""{"id":"y"}""")!.AsObject());
        await following.AdvanceAsync();
        Assert.AreEqual(1, following.Table.Count);
        Assert.IsTrue(following.Holds(known));
    }

    [TestMethod]
    public async Task Beyond_the_bound_nothing_is_held_until_there_is_room_again()
    {
        await using var service = await FakeService.StartAsync();
        await using var following = new Following(service.Url, o => o.MaxDecisions = 1_000);
        var decisions = Enumerable.Range(0, 1_001).Select(i => Some.Decision(DecisionType.StepUp, DecisionScope.Principal, $"p{i}")).ToArray();
        service.Put(decisions);
        await following.AdvanceAsync();
        Assert.AreEqual((1_000, 1), (following.Table.Count, following.Table.TurnedAway));
        foreach (var decision in decisions[..200]) service.End(decision);
        await following.AdvanceAsync();
        await following.AdvanceAsync();
        Assert.AreEqual((801, 0), (following.Table.Count, following.Table.TurnedAway));
        Assert.IsTrue(following.Holds(decisions[1_000]));
    }

    [TestMethod]
    public async Task Expired_decisions_are_let_go_of_while_the_service_is_away()
    {
        await using var service = await FakeService.StartAsync();
        await using var following = new Following(service.Url);
        service.Put(Some.Block(expiresAt: Some.Time.AddMinutes(2)));
        await following.AdvanceAsync();
        following.Clock.Advance(TimeSpan.FromMinutes(2));
        following.Follower.Sweep();
        Assert.AreEqual(0, following.Table.Count);
    }

    [TestMethod]
    public async Task Dry_runs_are_not_even_asked_for_where_nobody_wants_to_count_them()
    {
        await using var service = await FakeService.StartAsync();
        await using var following = new Following(service.Url, o => o.CountDryRuns = false);
        service.Put(Some.Block(simulated: true), Some.Block());
        await following.AdvanceAsync();
        Assert.AreEqual(1, following.Table.Count);
    }

    private static Task Status(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
