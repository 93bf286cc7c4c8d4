using AnomalyDetect.Response.Deliveries;
using AnomalyDetect.Response.Webhooks;
using Prometheus;

namespace AnomalyDetect.Response.Tests.Fixtures;

/// <summary>A receiver, the store, and one webhook's queue, worked by hand on a clock that stands still. No jitter: waits are exact.</summary>
internal sealed class WebhookBench : IAsyncDisposable
{
    private readonly WebhookTarget _target;

    public WebhookBench(HttpReceiver? receiver = null, Func<WebhookOptions, WebhookOptions>? change = null, RetryOptions? retry = null, NameResolver? resolve = null)
    {
        Receiver = receiver ?? HttpReceiver.Start();
        Clock = Some.Clock();
        Retry = retry ?? new RetryOptions { Jitter = 0 };
        var webhook = Some.Webhook(Receiver.Url);
        Options = change is null ? webhook : change(webhook);
        Store = new ResponseStore(Some.Options(Options), Clock);
        _target = new WebhookTarget(Options, Clock, resolve);
        Circuit = new TargetCircuit(Retry, () => 0);
        Metrics = Prometheus.Metrics.NewCustomRegistry();
        Queue = new DeliveryQueue(_target, Store.Outbox, new RetrySchedule(Retry, () => 0), Circuit, Clock, new ResponseMetrics(Metrics), Loggers);
    }

    public HttpReceiver Receiver { get; }

    public FakeTimeProvider Clock { get; }

    public RetryOptions Retry { get; }

    public WebhookOptions Options { get; }

    public ResponseStore Store { get; }

    public TargetCircuit Circuit { get; }

    public CollectorRegistry Metrics { get; }

    public CapturingLoggers Loggers { get; } = new();

    public DeliveryQueue Queue { get; }

    public DateTime Now => Clock.GetUtcNow().UtcDateTime;

    public Task<DateTime?> WorkAsync(CancellationToken abort = default) => Queue.WorkAsync(abort);

    /// <summary>Tells of one alert, works once, and returns the delivery as it then stands.</summary>
    public async Task<Delivery> SendOneAsync()
    {
        var alert = Store.Tell();
        await WorkAsync();
        return Store.Delivery($"soc/{alert.RevisionId}");
    }

    /// <summary>Moves the clock to when the delivery and its target may be tried again.</summary>
    public void UntilDue(Delivery delivery)
    {
        var due = Circuit.OpenUntil > delivery.DueAt ? Circuit.OpenUntil.Value : delivery.DueAt;
        if (due > Now) Clock.Advance(due - Now);
    }

    public async ValueTask DisposeAsync()
    {
        await _target.DisposeAsync();
        await Receiver.DisposeAsync();
        Store.Dispose();
    }
}
