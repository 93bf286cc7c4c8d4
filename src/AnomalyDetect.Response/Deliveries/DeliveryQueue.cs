using System.Globalization;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Response.Deliveries;

/// <summary>
/// The queue of one target. <see cref="WorkAsync"/> does one round: what is due goes out, what came of it goes into the outbox. All waiting is the caller's.
/// </summary>
internal sealed class DeliveryQueue(
    IDeliveryTarget target, IOutbox outbox, RetrySchedule schedule, TargetCircuit circuit, TimeProvider time, ResponseMetrics metrics, ILogger logger)
{
    private const int BuryAtOnce = 100;

    public IDeliveryTarget Target => target;

    public TargetCircuit Circuit => circuit;

    public TargetState State => new(
        target.Name, target.Kind, circuit.FailingSince is null && circuit.DisabledReason is null, circuit.DisabledReason is not null,
        circuit.DisabledReason ?? circuit.LastError, circuit.FailingSince);

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Returns when to come back; null when only news can bring work; a time not after now when there may be more at once.</summary>
    /// <exception cref="OperationCanceledException">Cut off by <paramref name="abort"/>; what was in flight stays pending.</exception>
    public async Task<DateTime?> WorkAsync(CancellationToken abort)
    {
        if (circuit.DisabledReason is { } reason) return await BuryAsync(reason, abort).ConfigureAwait(false);
        var allowance = circuit.Allowance(Now, target.MaxInFlight);
        if (allowance == 0 || !await PrepareAsync(abort).ConfigureAwait(false)) return circuit.OpenUntil;
        allowance = circuit.Allowance(Now, target.MaxInFlight);

        var due = outbox.Due(target.Name, Now, allowance);
        if (due.Count == 0) return Earlier(outbox.NextDue(target.Name), target.NextCheck);

        var attempts = new List<(Delivery Delivery, Task<AttemptResult> Attempt)>(due.Count);
        foreach (var delivery in due) attempts.Add((delivery, AttemptAsync(delivery, abort)));
        // Every attempt is awaited and settled, also when an earlier one was cut off.
        Exception? cut = null;
        foreach (var (delivery, attempt) in attempts)
        {
            try
            {
                await SettleAsync(delivery, await attempt.ConfigureAwait(false), abort).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                cut ??= e;
            }
        }

        return cut is null ? DateTime.MinValue : throw cut;
    }

    private async Task<bool> PrepareAsync(CancellationToken abort)
    {
        try
        {
            if (await target.PrepareAsync(abort).ConfigureAwait(false)) circuit.Succeeded();
            return true;
        }
        catch (Exception e) when (!abort.IsCancellationRequested)
        {
            ResponseLog.TargetUnavailable(logger, target.Name, Printable.Of(e.Message));
            circuit.Failed(Now, Printable.Of(e.Message), slowDown: true);
            return false;
        }
    }

    private async Task<AttemptResult> AttemptAsync(Delivery delivery, CancellationToken abort)
    {
        if (delivery.NotAfter <= Now) return new AttemptResult(AttemptOutcome.Expired, "expired");
        using var timer = metrics.AttemptStarted(target.Name);
        var result = await target.SendAsync(delivery, abort).ConfigureAwait(false);
        metrics.Attempted(target.Name, Names.Of(result.Outcome));
        return result;
    }

    private Task SettleAsync(Delivery delivery, AttemptResult result, CancellationToken abort)
    {
        switch (result.Outcome)
        {
            case AttemptOutcome.Delivered:
                circuit.Succeeded();
                if (delivery.Kind == DeliveryKind.Enforce && result.Since is { } since) metrics.Enforced(target.Name, Now - since);
                return RecordAsync("delivered", delivery, result.Text, () => outbox.Delivered(delivery.Sequence, result.Text, result.Verified), abort);
            case AttemptOutcome.Expired:
                return RecordAsync("expired", delivery, result.Text, () => outbox.Expired(delivery.Sequence), abort);
            case AttemptOutcome.Refused:
                return RecordAsync("dead", delivery, result.Text, () => outbox.Dead(delivery.Sequence, result.Text), abort);
            case AttemptOutcome.Gone:
                Disable(result.Text);
                return RecordAsync("dead", delivery, result.Text, () => outbox.Dead(delivery.Sequence, result.Text), abort);
            default:
                return FailedAsync(delivery, result, abort);
        }
    }

    private Task FailedAsync(Delivery delivery, AttemptResult result, CancellationToken abort)
    {
        var now = Now;
        circuit.Failed(now, result.Text, result.Outcome == AttemptOutcome.SlowDown, result.RetryAfter);
        if (schedule.Next(delivery.Attempts + 1, result.RetryAfter) is not { } wait)
        {
            if (circuit.IsHopeless(now))
                Disable(string.Create(CultureInfo.InvariantCulture, $"nothing got through since {circuit.FailingSince:yyyy-MM-ddTHH:mm:ssZ}: {result.Text}"));
            return RecordAsync("dead", delivery, result.Text, () => outbox.Dead(delivery.Sequence, result.Text), abort);
        }

        var due = target.KeepsOrder && circuit.OpenUntil is { } open && open > now ? open : now + wait;
        if (delivery.NotAfter < due) due = delivery.NotAfter.Value;
        return RecordAsync("retry", delivery, result.Text, () => outbox.Retry(delivery.Sequence, due, result.Text), abort);
    }

    private void Disable(string reason)
    {
        circuit.Disable(reason);
        ResponseLog.TargetDisabled(logger, target.Name, reason);
    }

    /// <summary>A disabled target's deliveries go to the dead letter, those not yet due among them.</summary>
    private async Task<DateTime?> BuryAsync(string reason, CancellationToken abort)
    {
        var pending = outbox.Due(target.Name, Now.AddYears(1), BuryAtOnce);
        foreach (var delivery in pending)
        {
            var text = $"{target.Name} is disabled: {reason}";
            await RecordAsync("dead", delivery, text, () => outbox.Dead(delivery.Sequence, text), abort).ConfigureAwait(false);
        }

        return pending.Count == 0 ? null : DateTime.MinValue;
    }

    /// <summary>What has happened outside must not be forgotten: tries until the store has taken it. Cut off by a stop, the delivery is sent again after it.</summary>
    private async Task RecordAsync(string result, Delivery delivery, string text, Action record, CancellationToken abort)
    {
        for (var wait = TimeSpan.FromSeconds(1); ; wait = wait < TimeSpan.FromSeconds(16) ? wait * 2 : wait)
        {
            try
            {
                record();
                break;
            }
            catch (ArgumentException e)
            {
                // The store has no such delivery any more: asking again changes nothing.
                ResponseLog.StoreFailed(logger, target.Name, Printable.Of(e.Message), 0);
                return;
            }
            catch (Exception e)
            {
                ResponseLog.StoreFailed(logger, target.Name, Printable.Of(e.Message), wait.TotalSeconds);
            }

            await Task.Delay(wait, time, abort).ConfigureAwait(false);
        }

        metrics.Settled(target.Name, result);
        ResponseLog.Settled(logger, result is "dead" ? LogLevel.Error : result is "retry" ? LogLevel.Warning : LogLevel.Debug, target.Name, delivery.Id, result, text);
    }

    private static DateTime? Earlier(DateTime? a, DateTime? b) => a is null || b < a ? b ?? a : a;
}
