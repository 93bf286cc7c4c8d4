using AnomalyDetect.Response.Deliveries;
using AnomalyDetect.Response.Webhooks;

namespace AnomalyDetect.Response.Tests.Deliveries;

[TestClass]
public class StoreFailureTests
{
    [TestMethod]
    public async Task When_the_store_cannot_record_a_success_it_is_asked_again_and_the_message_is_not_sent_again()
    {
        await using var receiver = HttpReceiver.Start();
        var clock = Some.Clock();
        using var store = new ResponseStore(Some.Options(Some.Webhook(receiver.Url)), clock);
        var flaky = new FlakyOutbox(store.Outbox) { FailSettle = 3 };
        var loggers = new CapturingLoggers();
        await using var target = new WebhookTarget(Some.Webhook(receiver.Url), clock);
        var queue = new DeliveryQueue(
            target, flaky, new RetrySchedule(new RetryOptions(), () => 0), Some.Circuit(), clock, new ResponseMetrics(Prometheus.Metrics.NewCustomRegistry()), loggers);
        store.Tell();
        var working = queue.WorkAsync(CancellationToken.None);
        await Wait.UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return working.IsCompleted;
        }, "the store to take it");
        await working;
        Assert.HasCount(1, receiver.Requests);
        Assert.HasCount(1, store.All(DeliveryState.Delivered));
        Assert.HasCount(3, loggers.Lines.Where(l => l.Contains("the store failed")));
    }

    [TestMethod]
    public async Task When_the_store_cannot_be_read_the_loop_waits_longer_each_time_and_goes_on_afterwards()
    {
        await using var receiver = HttpReceiver.Start();
        var clock = Some.Clock();
        using var store = new ResponseStore(Some.Options(Some.Webhook(receiver.Url)), clock);
        var flaky = new FlakyOutbox(store.Outbox) { FailDue = 4 };
        var loggers = new CapturingLoggers();
        await using var target = new WebhookTarget(Some.Webhook(receiver.Url), clock);
        var queue = new DeliveryQueue(
            target, flaky, new RetrySchedule(new RetryOptions(), () => 0), Some.Circuit(), clock, new ResponseMetrics(Prometheus.Metrics.NewCustomRegistry()), loggers);
        var loop = new DeliveryLoop(queue, clock, loggers);
        store.Tell();
        using var stop = new CancellationTokenSource();
        var running = Task.Run(() => loop.RunAsync(stop.Token, stop.Token));
        await Wait.UntilAsync(() => flaky.Dues == 1, "the first try");
        // News do not hurry a store that fails.
        for (var i = 0; i < 100; i++) loop.Wake();
        await Task.Yield();
        Assert.AreEqual(1, flaky.Dues);
        await Wait.UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return store.All(DeliveryState.Delivered).Count == 1;
        }, "the delivery");
        await stop.CancelAsync();
        await running;
        var waits = loggers.Lines.Where(l => l.Contains("the store failed")).ToList();
        Assert.HasCount(4, waits);
        for (var i = 0; i < 4; i++) Assert.Contains($"trying again in {1 << i} s", waits[i]);
    }

    [TestMethod]
    public async Task What_is_put_back_while_the_deliveries_of_its_disabled_target_are_buried_is_sent()
    {
        await using var receiver = HttpReceiver.Start();
        receiver.Then(HttpReply.Status(410));
        var clock = Some.Clock();
        using var store = new ResponseStore(Some.Options(Some.Webhook(receiver.Url)), clock);
        var watched = new FlakyOutbox(store.Outbox);
        await using var target = new WebhookTarget(Some.Webhook(receiver.Url), clock);
        var queue = new DeliveryQueue(
            target, watched, new RetrySchedule(new RetryOptions(), () => 0), Some.Circuit(), clock, new ResponseMetrics(Prometheus.Metrics.NewCustomRegistry()), new CapturingLoggers());
        store.Tell();
        await queue.WorkAsync(CancellationToken.None);
        Assert.IsTrue(queue.State.Disabled);
        Task? replaying = null;
        watched.BeforeDue = () =>
        {
            watched.BeforeDue = null;
            replaying = Task.Run(() =>
            {
                queue.Enable();
                return store.Outbox.Replay(null, null, "olga");
            });
            replaying.Wait(TimeSpan.FromMilliseconds(200)); // all the time it needs, unless it is made to wait
        };
        await queue.WorkAsync(CancellationToken.None);
        await replaying!;
        while (await queue.WorkAsync(CancellationToken.None) == DateTime.MinValue)
        {
        }

        Assert.HasCount(1, store.All(DeliveryState.Delivered));
        Assert.HasCount(2, receiver.Requests);
    }

    /// <summary>The real outbox, with failures put in front of it.</summary>
    private sealed class FlakyOutbox(IOutbox real) : IOutbox
    {
        private int _dues;

        public int FailDue { get; set; }

        public int FailSettle { get; set; }

        public Action? BeforeDue { get; set; }

        public int Dues => Volatile.Read(ref _dues);

        public event Action? Changed
        {
            add => real.Changed += value;
            remove => real.Changed -= value;
        }

        public IReadOnlyList<Delivery> Due(string target, DateTime now, int most)
        {
            BeforeDue?.Invoke();
            return Interlocked.Increment(ref _dues) <= FailDue ? throw new IOException("disk on fire") : real.Due(target, now, most);
        }

        public DateTime? NextDue(string target) => real.NextDue(target);

        public int Settle(IReadOnlyList<DeliverySettlement> settlements) => FailSettle-- > 0 ? throw new IOException("disk full") : real.Settle(settlements);

        public IReadOnlySet<string> Waiting(string target, IReadOnlyCollection<string> subjects) => real.Waiting(target, subjects);

        public void Expect(string target, bool isAtRest) => real.Expect(target, isAtRest);

        public int Replay(string? target, string? id, string actor) => real.Replay(target, id, actor);

        public IReadOnlyList<Delivery> List(DeliveryState? state, string? tenantId, long afterSequence, int most) => real.List(state, tenantId, afterSequence, most);

        public IReadOnlyList<(string Target, DeliveryState State, long Count)> Counts() => real.Counts();
    }
}
