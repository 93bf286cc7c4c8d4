using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Response.Options;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Response;

/// <summary>The slow loop: expired decisions, counts for metrics, and deliveries of targets that are configured no more.</summary>
internal sealed class Housekeeping(
    ResponseOptions options, IOutbox outbox, IDecisionStore decisions, DueSweeper sweeper, Func<IReadOnlyList<TargetState>> targets, TimeProvider time, ResponseMetrics metrics,
    ILogger logger)
{
    private const int AtOnce = 500;
    private const int HeldCounted = 1000;
    private static readonly TimeSpan CountEvery = TimeSpan.FromSeconds(5);
    private DateTime _countAt = DateTime.MinValue;
    private int _held;

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                Round(stopping);
            }
            catch (Exception e)
            {
                ResponseLog.StoreFailed(logger, "housekeeping", Printable.Of(e.Message), options.ExpirySweep.TotalSeconds);
            }

            await Task.Delay(options.ExpirySweep, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One round of everything that is due.</summary>
    public void Round(CancellationToken stopping)
    {
        metrics.DecisionsExpired(sweeper.Sweep(stopping));
        var states = targets();
        foreach (var state in states) metrics.Health(state);
        var now = time.GetUtcNow().UtcDateTime;
        if (now < _countAt) return;
        _countAt = now + CountEvery;
        var counts = outbox.Counts();
        metrics.Outbox(counts);
        Ask();
        foreach (var (target, state, _) in counts)
            if (state == DeliveryState.Pending && states.All(s => s.Name != target)) Bury(target, now);
    }

    /// <summary>Decisions that wait for a person are counted, and said in the log as they become more.</summary>
    private void Ask()
    {
        var held = decisions.Held(null, HeldCounted).Count;
        metrics.Held(held);
        if (held > _held) ResponseLog.Held(logger, held);
        _held = held;
    }

    /// <summary>Nobody will ever send these: visible in the dead letter, and back from there once the target is configured again and they are replayed.</summary>
    private void Bury(string target, DateTime now)
    {
        var pending = outbox.Due(target, now.AddYears(1), AtOnce);
        outbox.Settle([.. pending.Select(d => new DeliverySettlement(d.Sequence, DeliveryState.Dead, "no such target is configured"))]);
        if (pending.Count > 0) ResponseLog.Orphaned(logger, Printable.Of(target), pending.Count);
    }
}
