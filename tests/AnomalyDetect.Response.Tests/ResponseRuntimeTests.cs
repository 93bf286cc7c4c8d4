using AnomalyDetect.Response.Deliveries;
using Microsoft.Extensions.Logging.Abstractions;

namespace AnomalyDetect.Response.Tests;

[TestClass]
public class ResponseRuntimeTests
{
    [TestMethod]
    public async Task A_target_that_hangs_does_not_delay_another()
    {
        await using var slow = HttpReceiver.Start();
        await using var quick = HttpReceiver.Start();
        slow.Reply = new HttpReply.Hang();
        var options = Some.Options(Some.Webhook(slow.Url, "slow"), Some.Webhook(quick.Url, "quick")) with { DrainTimeout = TimeSpan.Zero };
        using var store = new ResponseStore(options, TimeProvider.System);
        await using var runtime = Runtime(options, store);
        runtime.Start();
        for (var i = 0; i < 10; i++) store.Tell();
        await slow.WaitForAsync(1);
        await quick.WaitForAsync(10);
        await Wait.UntilAsync(() => store.All(DeliveryState.Delivered).Count == 10, "ten delivered");
        Assert.HasCount(10, store.All(DeliveryState.Pending), "the slow one's");
    }

    [TestMethod]
    public async Task An_alert_and_a_decision_go_out_as_soon_as_they_are_committed()
    {
        using var garnet = GarnetHost.Start();
        await using var receiver = HttpReceiver.Start();
        var options = Some.Options(Some.Webhook(receiver.Url)) with { Redis = new RedisOptions { Configuration = new Secret(garnet.Configuration) } };
        using var store = new ResponseStore(options, TimeProvider.System);
        await using var runtime = Runtime(options, store);
        runtime.Start();
        store.Tell();
        var now = DateTime.UtcNow;
        var decision = store.Decide(Some.Decision() with { CreatedAt = now, ExpiresAt = now.AddHours(1) });
        await Wait.UntilAsync(() => store.All(DeliveryState.Delivered).Count == 2, "both delivered");
        Assert.AreEqual("unverifiable", store.Delivery($"redis/{decision.Id}").Result);
        Assert.IsTrue(store.Decisions.Undo(decision.Id, "olga", "mistake"));
        await Wait.UntilAsync(() => store.All(DeliveryState.Delivered).Count == 3, "the undo delivered");
        Assert.AreEqual("undone", store.Delivery($"redis/{decision.Id}/undo").Result);
        Assert.AreSequenceEqual([TargetKind.Webhook, TargetKind.Redis], runtime.Targets.Select(t => t.Kind));
        Assert.IsTrue(runtime.Targets.All(t => t.Healthy));
    }

    [TestMethod]
    public async Task A_failed_delivery_is_tried_again_when_it_falls_due()
    {
        await using var receiver = HttpReceiver.Start();
        receiver.Then(HttpReply.Status(500));
        var options = Some.Options(Some.Webhook(receiver.Url)) with { Retry = new RetryOptions { Base = TimeSpan.FromSeconds(1), Jitter = 0 } };
        using var store = new ResponseStore(options, TimeProvider.System);
        await using var runtime = Runtime(options, store);
        runtime.Start();
        store.Tell();
        await receiver.WaitForAsync(2);
        await Wait.UntilAsync(() => store.All(DeliveryState.Delivered).Count == 1, "the second try");
    }

    [TestMethod]
    public async Task What_a_stop_cut_off_is_sent_after_the_next_start_with_the_same_id()
    {
        await using var receiver = HttpReceiver.Start();
        receiver.Then(new HttpReply.Hang());
        var options = Some.Options(Some.Webhook(receiver.Url)) with { DrainTimeout = TimeSpan.Zero };
        using var store = new ResponseStore(options, TimeProvider.System);
        await using (var first = Runtime(options, store))
        {
            first.Start();
            store.Tell();
            await receiver.WaitForAsync(1);
            await first.StopAsync();
        }

        Assert.HasCount(1, store.All(DeliveryState.Pending));
        await using var second = Runtime(options, store);
        second.Start();
        var requests = await receiver.WaitForAsync(2);
        Assert.AreEqual(requests[0]["webhook-id"], requests[1]["webhook-id"]);
        Assert.AreSequenceEqual(requests[0].Body, requests[1].Body);
    }

    [TestMethod]
    public async Task A_stop_waits_for_what_is_in_flight()
    {
        await using var receiver = HttpReceiver.Start();
        using var answer = new ManualResetEventSlim();
        receiver.Decide = _ =>
        {
            answer.Wait();
            return HttpReply.Ok;
        };
        var options = Some.Options(Some.Webhook(receiver.Url)) with { DrainTimeout = TimeSpan.FromSeconds(30) };
        using var store = new ResponseStore(options, TimeProvider.System);
        await using var runtime = Runtime(options, store);
        runtime.Start();
        store.Tell();
        await receiver.WaitForAsync(1);
        var stopping = runtime.StopAsync();
        Assert.IsFalse(stopping.IsCompleted);
        answer.Set();
        await stopping;
        Assert.HasCount(1, store.All(DeliveryState.Delivered));
    }

    [TestMethod]
    public async Task A_replay_enables_a_disabled_target_again()
    {
        await using var receiver = HttpReceiver.Start();
        receiver.Then(HttpReply.Status(410));
        var options = Some.Options(Some.Webhook(receiver.Url));
        using var store = new ResponseStore(options, TimeProvider.System);
        await using var runtime = Runtime(options, store);
        runtime.Start();
        store.Tell();
        await Wait.UntilAsync(() => runtime.Targets[0].Disabled && store.All(DeliveryState.Dead).Count == 1, "the target to be disabled");
        Assert.AreEqual(1, runtime.Replay(null, store.All().Single().Id, "olga"));
        await Wait.UntilAsync(() => store.All(DeliveryState.Delivered).Count == 1, "the replayed one");
        Assert.IsTrue(runtime.Targets[0].Healthy);
    }

    [TestMethod]
    public async Task Deliveries_of_a_target_nobody_configures_any_more_are_in_the_dead_letter()
    {
        await using var receiver = HttpReceiver.Start();
        using var store = new ResponseStore(Some.Options(Some.Webhook(receiver.Url, "old")), TimeProvider.System);
        store.Tell();
        await using var runtime = Runtime(Some.Options(Some.Webhook(receiver.Url, "new")), store);
        runtime.Start();
        await Wait.UntilAsync(() => store.All(DeliveryState.Dead).Count == 1, "the orphan to be buried");
        Assert.AreEqual("no such target is configured", store.All().Single().Result);
        Assert.IsEmpty(receiver.Requests);
    }

    [TestMethod]
    public async Task Expired_decisions_become_tombstones_as_time_passes()
    {
        var clock = Some.Clock();
        var options = new ResponseOptions();
        using var store = new ResponseStore(options, clock);
        var decision = store.Decide(Some.Decision(minutes: 10));
        await using var runtime = Runtime(options, store, clock);
        runtime.Start();
        clock.Advance(TimeSpan.FromMinutes(9));
        Assert.AreEqual(DecisionState.Active, store.Decisions.Find(decision.Id)!.State);
        await Wait.UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            return store.Decisions.Find(decision.Id)!.State == DecisionState.Expired;
        }, "the tombstone");
    }

    [TestMethod]
    public void Wrong_options_are_refused_with_every_problem()
    {
        var options = new ResponseOptions { ExpirySweep = TimeSpan.Zero, DrainTimeout = TimeSpan.FromDays(1) };
        using var store = new ResponseStore(options, TimeProvider.System);
        var refused = Assert.ThrowsExactly<ArgumentException>(() => Runtime(options, store));
        Assert.Contains("expiry_sweep", refused.Message);
        Assert.Contains("drain_timeout", refused.Message);
    }

    private static ResponseRuntime Runtime(ResponseOptions options, ResponseStore store, TimeProvider? time = null) => new(
        options, store.Outbox, store.Decisions, store.Store.Guards, store.Store.AlertWork, time ?? TimeProvider.System, new ResponseMetrics(Prometheus.Metrics.NewCustomRegistry()),
        NullLoggerFactory.Instance, new Random(1));
}
