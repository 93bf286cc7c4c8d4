namespace AnomalyDetect.Response.Tests.Deliveries;

[TestClass]
public class DeliveryQueueTests
{
    [TestMethod]
    public async Task A_message_the_receiver_cannot_take_does_not_hold_up_later_ones()
    {
        await using var bench = new WebhookBench();
        var bad = Some.Alert();
        bench.Receiver.Decide = r => r["webhook-id"] == bad.RevisionId ? HttpReply.Status(500) : HttpReply.Ok;
        bench.Store.Tell(bad);
        var good = bench.Store.Tell();
        await bench.WorkAsync();
        await bench.WorkAsync();
        Assert.AreEqual(DeliveryState.Pending, bench.Store.Delivery($"soc/{bad.RevisionId}").State);
        Assert.AreEqual(DeliveryState.Delivered, bench.Store.Delivery($"soc/{good.RevisionId}").State);
    }

    [TestMethod]
    public async Task After_its_last_try_a_delivery_is_in_the_dead_letter_and_can_be_replayed_from_there()
    {
        await using var bench = new WebhookBench(retry: new RetryOptions { Attempts = 3, Jitter = 0 });
        bench.Receiver.Reply = HttpReply.Status(500);
        var delivery = await bench.SendOneAsync();
        for (var i = 0; i < 2; i++)
        {
            bench.UntilDue(delivery);
            await bench.WorkAsync();
            delivery = bench.Store.Delivery(delivery.Id);
        }

        Assert.AreEqual((DeliveryState.Dead, 3, "answered 500"), (delivery.State, delivery.Attempts, delivery.Result));
        Assert.HasCount(3, bench.Receiver.Requests);
        bench.Clock.Advance(TimeSpan.FromHours(1));
        await bench.WorkAsync();
        Assert.HasCount(3, bench.Receiver.Requests, "dead is dead");

        bench.Receiver.Reply = HttpReply.Ok;
        Assert.AreEqual(1, bench.Store.Outbox.Replay("soc", null, "olga"));
        await bench.WorkAsync();
        Assert.AreEqual(DeliveryState.Delivered, bench.Store.Delivery(delivery.Id).State);
        Assert.AreEqual(bench.Receiver.Requests[0]["webhook-id"], bench.Receiver.Requests[3]["webhook-id"]);
        Assert.AreSequenceEqual(bench.Receiver.Requests[0].Body, bench.Receiver.Requests[3].Body);
    }

    [TestMethod]
    public async Task A_dead_receiver_costs_one_probe_at_a_time_and_no_attempts_of_what_waits_behind()
    {
        await using var bench = new WebhookBench(change: w => w with { MaxInFlight = 1 });
        bench.Receiver.Reply = HttpReply.Status(503);
        for (var i = 0; i < 20; i++) bench.Store.Tell();
        for (var i = 0; i < 10; i++) await bench.WorkAsync();
        Assert.HasCount(1, bench.Receiver.Requests);
        bench.Clock.Advance(bench.Circuit.OpenUntil!.Value - bench.Now);
        for (var i = 0; i < 10; i++) await bench.WorkAsync();
        Assert.HasCount(2, bench.Receiver.Requests);
        Assert.HasCount(18, bench.Store.All().Where(d => d.Attempts == 0));
        Assert.IsFalse(bench.Queue.State.Healthy);
        Assert.AreEqual("answered 503", bench.Queue.State.Reason);
    }

    [TestMethod]
    public async Task A_receiver_that_let_nothing_through_for_days_is_disabled_when_a_delivery_is_given_up()
    {
        await using var bench = new WebhookBench(retry: new RetryOptions { Attempts = 2, Jitter = 0, DisableAfter = TimeSpan.FromMinutes(1), Base = TimeSpan.FromMinutes(2) });
        bench.Receiver.Reply = HttpReply.Status(500);
        var delivery = await bench.SendOneAsync();
        bench.UntilDue(delivery);
        await bench.WorkAsync();
        Assert.IsTrue(bench.Queue.State.Disabled);
        Assert.Contains("nothing got through since 2026-01-05T12:00:00Z", bench.Queue.State.Reason!);
        var later = await bench.SendOneAsync();
        Assert.AreEqual(DeliveryState.Dead, later.State);
        Assert.Contains("disabled", later.Result!);
    }

    [TestMethod]
    public async Task A_stop_that_cuts_an_attempt_off_leaves_the_delivery_pending_and_unblamed()
    {
        await using var bench = new WebhookBench();
        bench.Receiver.Reply = new HttpReply.Hang();
        bench.Store.Tell();
        using var abort = new CancellationTokenSource();
        var working = bench.WorkAsync(abort.Token);
        await bench.Receiver.WaitForAsync(1);
        await abort.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => working);
        var delivery = bench.Store.All().Single();
        Assert.AreEqual((DeliveryState.Pending, 0), (delivery.State, delivery.Attempts));
        Assert.IsTrue(bench.Queue.State.Healthy);
    }

    [TestMethod]
    public async Task After_a_restart_of_the_store_nothing_that_was_delivered_is_sent_again()
    {
        await using var bench = new WebhookBench();
        var alert = bench.Store.Tell();
        await bench.WorkAsync();
        bench.Store.Reopen();
        // The lane replays the batch.
        bench.Store.Tell(alert);
        Assert.IsEmpty(bench.Store.Outbox.Due("soc", bench.Now.AddYears(1), 10));
        Assert.HasCount(1, bench.Receiver.Requests);
    }

    [TestMethod]
    public async Task Metrics_count_deliveries_by_target_and_result()
    {
        await using var bench = new WebhookBench();
        bench.Receiver.Then(HttpReply.Status(500));
        var delivery = await bench.SendOneAsync();
        bench.UntilDue(delivery);
        await bench.WorkAsync();
        await using var text = new MemoryStream();
        await bench.Metrics.CollectAndExportAsTextAsync(text);
        var lines = System.Text.Encoding.UTF8.GetString(text.ToArray()).Split('\n');
        Assert.Contains("anomalydetect_deliveries_total{target=\"soc\",result=\"retry\"} 1", lines);
        Assert.Contains("anomalydetect_deliveries_total{target=\"soc\",result=\"delivered\"} 1", lines);
        Assert.Contains("anomalydetect_delivery_attempts_total{target=\"soc\",outcome=\"failed\"} 1", lines);
        Assert.IsFalse(lines.Any(l => l.Contains("acme")), "no tenant in labels");
    }
}
