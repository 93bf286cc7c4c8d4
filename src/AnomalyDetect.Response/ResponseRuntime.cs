using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Response.Deliveries;
using AnomalyDetect.Response.Options;
using AnomalyDetect.Response.Redis;
using AnomalyDetect.Response.Webhooks;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Response;

/// <summary>
/// Everything that acts, running beside the pipeline: one delivery loop a target, so that none waits for another, and one loop for expiry and counts. It
/// reads the outbox and never holds work of its own: what a stop or crash cuts off is pending again at the next start.
/// </summary>
public sealed class ResponseRuntime : IAsyncDisposable
{
    private readonly ResponseOptions _options;
    private readonly IOutbox _outbox;
    private readonly ILogger _logger;
    private readonly Housekeeping _housekeeping;
    private readonly DeliveryLoop[] _loops;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abort = new();
    private Task? _running;

    /// <param name="random">For jitter; null: a shared one.</param>
    /// <exception cref="ArgumentException">The options are wrong; the message names every problem.</exception>
    public ResponseRuntime(
        ResponseOptions options, IOutbox outbox, IDecisionStore decisions, IGuardStore guards, IAlertWorkStore work, TimeProvider time, ResponseMetrics metrics,
        ILoggerFactory loggers, Random? random = null)
    {
        var errors = ResponseOptionsValidator.Validate(options);
        if (errors.Count > 0) throw new ArgumentException(string.Join(Environment.NewLine, errors), nameof(options));
        (_options, _outbox) = (options, outbox);
        _logger = loggers.CreateLogger<ResponseRuntime>();
        var chance = Chance(random);
        var targets = new List<(IDeliveryTarget Target, RetryOptions Retry)>();
        foreach (var webhook in options.Webhooks) targets.Add((new WebhookTarget(webhook, time), options.Retry));
        if (options.Redis is { } redis)
            targets.Add((new RedisEnforcer(redis, outbox, decisions, guards, time, metrics, _logger), redis.Retry));
        _loops = [.. targets.Select(t => Loop(t.Target, t.Retry))];
        _housekeeping = new Housekeeping(options, outbox, decisions, new DueSweeper(decisions, guards, work, time), () => Targets, time, metrics, _logger);

        DeliveryLoop Loop(IDeliveryTarget target, RetryOptions retry)
        {
            var circuit = new TargetCircuit(retry, chance);
            var queue = new DeliveryQueue(target, outbox, new RetrySchedule(retry, chance), circuit, time, metrics, _logger);
            var loop = new DeliveryLoop(queue, time, _logger);
            target.Reachable += () =>
            {
                circuit.Probe(time.GetUtcNow().UtcDateTime);
                loop.Wake();
            };
            return loop;
        }
    }

    /// <summary>All configured targets, webhooks first.</summary>
    public IReadOnlyList<TargetState> Targets => [.. _loops.Select(loop => loop.Queue.State)];

    /// <summary>Returns at once; targets that are down do not keep it.</summary>
    public void Start()
    {
        if (_running is not null) throw new InvalidOperationException("already started");
        _outbox.Changed += WakeAll;
        _running = Task.WhenAll(
        [
            .. _loops.Select(loop => Task.Run(() => loop.RunAsync(_stopping.Token, _abort.Token))),
            Task.Run(() => _housekeeping.RunAsync(_stopping.Token)),
        ]);
    }

    /// <summary>Takes on nothing more and waits for what is in flight, at most <see cref="ResponseOptions.DrainTimeout"/>.</summary>
    public async Task StopAsync(CancellationToken cancellation = default)
    {
        _outbox.Changed -= WakeAll;
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_running is null) return;
        using var grace = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        grace.CancelAfter(_options.DrainTimeout);
        try
        {
            await _running.WaitAsync(grace.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await _abort.CancelAsync().ConfigureAwait(false);
            await _running.ConfigureAwait(false);
        }
    }

    /// <summary>Puts dead deliveries back, after enabling their targets again; returns how many.</summary>
    /// <param name="target">Null: of all targets.</param>
    /// <param name="id">Null: all of them.</param>
    public int Replay(string? target, string? id, string actor)
    {
        Enable(id is null ? target : id[..Math.Max(0, id.IndexOf('/', StringComparison.Ordinal))], actor);
        var replayed = _outbox.Replay(target, id, actor);
        WakeAll();
        return replayed;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        foreach (var loop in _loops) await loop.Queue.Target.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
        _abort.Dispose();
    }

    private void Enable(string? target, string actor)
    {
        foreach (var queue in _loops.Select(loop => loop.Queue).Where(q => q.Circuit.DisabledReason is not null && (target is null || q.Target.Name == target)))
        {
            queue.Enable();
            ResponseLog.Enabled(_logger, queue.Target.Name, Printable.Of(actor));
        }
    }

    private void WakeAll()
    {
        foreach (var loop in _loops) loop.Wake();
    }

    // Loops draw at the same time, which a seeded Random does not bear.
    private static Func<double> Chance(Random? random)
    {
        if (random is null) return Random.Shared.NextDouble;
        var turn = new Lock();
        return () =>
        {
            lock (turn) return random.NextDouble();
        };
    }
}
