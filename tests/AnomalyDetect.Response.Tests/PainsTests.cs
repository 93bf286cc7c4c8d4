using System.Text;
using AnomalyDetect.Core.Guards;
using AnomalyDetect.Core.Lanes;

namespace AnomalyDetect.Response.Tests;

/// <summary>What users of systems like this suffer from, where responding is the matter; each named by its pain. Detection's are in Core's tests of the same name.</summary>
[TestClass]
public class PainsTests
{
    [TestMethod]
    public async Task Pain_1_our_own_proxy_is_not_banned_and_what_stood_against_it_is_taken_back()
    {
        await using var bench = new RedisBench();
        bench.Store.Guards = bench.Store.Guards with { NeverTarget = ["198.51.100.0/24"] };
        await bench.RestartEnforcerAsync("198.51.100.0/24");
        // Decided all the same (an older playbook, another program): the proxy, the loopback and a range around the office never get there.
        Decision[] own = [Some.BlockIp("198.51.100.9"), Some.BlockIp("127.0.0.1"), Some.BlockIp("10.0.0.0/8")];
        var stranger = Some.BlockIp("203.0.113.7");
        foreach (var decision in own.Append(stranger)) bench.Store.Decide(decision);
        await bench.WorkAsync();
        var redis = await bench.RedisAsync();
        foreach (var decision in own)
        {
            Assert.IsFalse(await redis.KeyExistsAsync(bench.Keys.Deny(decision)));
            Assert.AreEqual(DecisionState.Refused, bench.Store.Decisions.Find(decision.Id)!.State);
        }

        Assert.IsTrue(await redis.KeyExistsAsync(bench.Keys.Deny(stranger)));

        // And the stranger turns out to be a partner's gateway.
        bench.Store.Store.Guards.Protect(null, DecisionScope.Address, "203.0.113.0/24", null, "ann", "a partner's gateway");
        await bench.WorkAsync();
        Assert.IsFalse(await redis.KeyExistsAsync(bench.Keys.Deny(stranger)));
    }

    [TestMethod]
    public async Task Pain_3_a_restart_fires_nothing_again()
    {
        await using var receiver = HttpReceiver.Start();
        using var garnet = GarnetHost.Start();
        var options = Some.Options(Some.Webhook(receiver.Url)) with { Redis = new RedisOptions { Configuration = new Secret(garnet.Configuration) } };
        var clock = Some.Clock();
        using var store = new ResponseStore(options, clock);
        var outcome = Outcome();
        store.Store.Lanes.Commit([new LaneCommit("journal/0", 7, outcome, [])]);
        for (var start = 0; start < 3; start++)
        {
            await using (var runtime = new ResponseRuntime(
                options, store.Outbox, store.Decisions, store.Store.Guards, store.Store.AlertWork, TimeProvider.System, new ResponseMetrics(Prometheus.Metrics.NewCustomRegistry()),
                Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, new Random(1)))
            {
                runtime.Start();
                await Wait.UntilAsync(() => store.All(DeliveryState.Pending).Count == 0, "all is sent");
            }

            store.Reopen();
            store.Store.Lanes.Commit([new LaneCommit("journal/0", 7, outcome, [])]); // the lane replays what it had said
        }

        Assert.HasCount(1, receiver.Requests);
        Assert.HasCount(2, store.All(), "one message and one enforcement, ever");
        CollectionAssert.AreEqual(
            new[] { "requested", "approved", "delivered", "acknowledged", "verified" }, store.Decisions.Life(outcome.Decisions[0].Id).Select(s => s.Step).ToArray());
    }

    [TestMethod]
    [DataRow("tenant or rule")]
    [DataRow("type")]
    public async Task Pain_4_a_dry_run_does_not_leak_and_says_what_it_would_have_done(string what)
    {
        await using var bench = new RedisBench(relayed: true);
        if (what == "type") bench.Store.Guards = bench.Store.Guards with { DryRun = [DecisionType.BlockIp] };
        await bench.RestartEnforcerAsync();
        await bench.WorkAsync();
        var before = await bench.Relay!.RestAsync();
        var decision = bench.Store.Decide(Some.BlockIp("203.0.113.7") with { Simulated = what != "type" });
        await bench.WorkAsync();
        Assert.AreEqual(before, await bench.Relay.RestAsync(), "bytes sent");
        var state = bench.Store.Decisions.Find(decision.Id)!.State;
        Assert.AreEqual(what == "type" ? DecisionState.Refused : DecisionState.Simulated, state, "recorded");
        if (what == "type") Assert.Contains("would have acted", bench.Store.Decisions.Life(decision.Id)[^1].Reason!);
        else Assert.Contains(decision.Id, bench.Store.Decisions.Feed(0, null, 10, simulated: true).Select(e => e.Decision.Id), "whoever counts what it would have done sees it");
    }

    [TestMethod]
    public async Task Pain_5_undo_is_carried_out_verified_and_stays()
    {
        await using var bench = new RedisBench();
        bench.Store.Guards = bench.Store.Guards with { CoolOff = TimeSpan.FromHours(1) };
        await bench.RestartEnforcerAsync();
        Decision[] ofRule = [.. Enumerable.Range(1, 5).Select(i => Some.BlockIp($"203.0.113.{i}") with { Rule = "a bad rule" })];
        var other = Some.BlockIp("203.0.113.100") with { Rule = "a good rule" };
        foreach (var decision in ofRule.Append(other)) await bench.EnforceAsync(decision);
        Assert.AreEqual(5, bench.Store.Decisions.Undo(new DecisionFilter("a bad rule", bench.Now, []), "ann", "too eager", 100));
        await bench.WorkAsync();
        var redis = await bench.RedisAsync();
        foreach (var decision in ofRule) Assert.IsFalse(await redis.KeyExistsAsync(bench.Keys.Deny(decision)));
        Assert.IsTrue(ofRule.All(d => bench.Store.Decisions.Life(d.Id)[^1] is { Step: "undo_verified", Reason: "its key is gone" }));
        Assert.IsTrue(await redis.KeyExistsAsync(bench.Keys.Deny(other)));

        var again = bench.Store.Decide(Some.BlockIp("203.0.113.1"));
        await bench.WorkAsync();
        Assert.AreEqual(DecisionState.Refused, bench.Store.Decisions.Find(again.Id)!.State, "the detector still sees it, and a person has spoken");
        Assert.IsFalse(await redis.KeyExistsAsync(bench.Keys.Deny(again)));
    }

    [TestMethod]
    public async Task Pain_11_no_alert_is_lost_and_the_next_contact_hears_of_one_nobody_takes_on()
    {
        await using var bench = new WebhookBench(retry: new RetryOptions { Jitter = 0, Attempts = 2 });
        bench.Receiver.Then(HttpReply.Status(503), HttpReply.Status(503));
        var alert = Some.Alert(severity: Severity.High);
        var outcome = new Outcome();
        outcome.Alerts.Add(alert);
        outcome.Notifications.AddRange([Some.Notification(alert, Audience.TenantAdmin), Some.Notification(alert, Audience.OnCall) with { UnlessAcknowledgedWithin = TimeSpan.FromMinutes(15) }]);
        bench.Store.Store.Lanes.Commit([new LaneCommit("journal/1", 1, outcome, [])]);
        await bench.WorkAsync();
        bench.UntilDue(bench.Store.Delivery($"soc/{alert.RevisionId}"));
        await bench.WorkAsync();
        Assert.AreEqual(DeliveryState.Dead, bench.Store.Delivery($"soc/{alert.RevisionId}").State, "given up, and to be seen");
        bench.Store.Outbox.Replay("soc", null, "ann");
        bench.UntilDue(bench.Store.Delivery($"soc/{alert.RevisionId}"));
        await bench.WorkAsync();
        Assert.AreEqual(DeliveryState.Delivered, bench.Store.Delivery($"soc/{alert.RevisionId}").State, "and put back");

        bench.Clock.Advance(TimeSpan.FromMinutes(15));
        new DueSweeper(bench.Store.Decisions, bench.Store.Store.Guards, bench.Store.Store.AlertWork, bench.Clock).Sweep(CancellationToken.None);
        await bench.WorkAsync();
        var ids = bench.Receiver.Requests.Select(r => r.Headers["webhook-id"]).ToList();
        CollectionAssert.AreEqual(new[] { alert.RevisionId, alert.RevisionId, alert.RevisionId, $"{alert.RevisionId}_on_call" }, ids);
        var told = Encoding.UTF8.GetString(bench.Receiver.Requests[^1].Body);
        Assert.Contains("\"type\":\"alert.escalated\"", told);
        Assert.Contains("\"audiences\":[\"on_call\"]", told);
    }

    [TestMethod]
    public async Task Pain_12_requested_is_not_enforced_until_redis_was_seen_to_hold_it_and_an_outsider_locks_nobody_out()
    {
        await using var bench = new RedisBench(GarnetHost.Prepare());
        var decision = bench.Store.Decide(Some.Decision(value: "s-1"));
        await bench.WorkAsync();
        CollectionAssert.AreEqual(new[] { "requested", "approved" }, Steps(bench, decision), "Redis is away");
        bench.Server.StartAgain();
        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        await Wait.UntilAsync(
            async () =>
            {
                await bench.WorkAsync();
                bench.Clock.Advance(TimeSpan.FromSeconds(20));
                return Steps(bench, decision)[^1] == "verified";
            },
            "it is verified");
        Assert.IsTrue(bench.Clock.GetUtcNow() < decision.ExpiresAt, "before it ran out");
        // It is the session that is over: the account's other sessions go on.
        var redis = await bench.RedisAsync();
        Assert.IsTrue(await redis.KeyExistsAsync(bench.Keys.Deny(decision)));
        Assert.IsFalse(await redis.KeyExistsAsync(bench.Keys.Deny(decision with { Scope = DecisionScope.Principal, Value = "u-17" })));
    }

    private static string[] Steps(RedisBench bench, Decision decision) => [.. bench.Store.Decisions.Life(decision.Id).Select(s => s.Step)];

    private static Outcome Outcome()
    {
        var outcome = new Outcome();
        var alert = Some.Alert();
        outcome.Alerts.Add(alert);
        outcome.Notifications.Add(Some.Notification(alert, Audience.SocTier1));
        var now = DateTime.UtcNow;
        outcome.Decisions.Add(Some.BlockIp("203.0.113.7") with { CreatedAt = now, ExpiresAt = now.AddHours(1) });
        return outcome;
    }
}
