using System.Globalization;
using System.Runtime.ExceptionServices;
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

    private readonly Lock _burial = new();

    public IDeliveryTarget Target => target;

    public TargetCircuit Circuit => circuit;

    public TargetState State => new(
        target.Name, target.Kind, circuit.FailingSince is null && circuit.DisabledReason is null, circuit.DisabledReason is not null,
        circuit.DisabledReason ?? circuit.LastError, circuit.FailingSince);

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Takes a disabled target up again: what is pending from here on is sent.</summary>
    public void Enable()
    {
        lock (_burial) circuit.Enable();
    }

    /// <summary>Returns when to come back; null when only news can bring work; a time not after now when there may be more at once.</summary>
    /// <exception cref="OperationCanceledException">Cut off by <paramref name="abort"/>; what was in flight stays pending.</exception>
    public async Task<DateTime?> WorkAsync(CancellationToken abort)
    {
        if (Bury() is { } more) return more ? DateTime.MinValue : null;
        var allowance = circuit.Allowance(Now, target.MaxInFlight);
        if (allowance == 0 || !await PrepareAsync(abort).ConfigureAwait(false)) return circuit.OpenUntil;
        allowance = circuit.Allowance(Now, target.MaxInFlight);

        var due = outbox.Due(target.Name, Now, allowance);
        if (due.Count > 0)
        {
            await AttemptAllAsync(target.KeepsOrder ? OfOneKind(due) : due, abort).ConfigureAwait(false);
            return DateTime.MinValue;
        }

        if (circuit.OpenUntil is null) outbox.Expect(target.Name, true);
        return Earlier(outbox.NextDue(target.Name), target.NextCheck);
    }

    /// <summary>
    /// What an undo leaves behind goes by what has been enforced, and that is known of what is settled; so enforcements and undos never share a round. The oldest says whose turn it is.
    /// </summary>
    private static List<Delivery> OfOneKind(IReadOnlyList<Delivery> due) => [.. due.Where(delivery => delivery.Kind == due[0].Kind)];

    /// <summary>
    /// Sends all at one time. What has come back is recorded together: all of a target that answers in order, of others as they answer, so that nothing waits for the slowest. Every
    /// attempt is awaited and settled, also when an earlier one was cut off.
    /// </summary>
    private async Task AttemptAllAsync(IReadOnlyList<Delivery> due, CancellationToken abort)
    {
        var running = new List<Task<(Delivery, AttemptResult)>>(due.Count);
        foreach (var delivery in due) running.Add(AttemptAsync(delivery, abort));
        Exception? cut = null;
        while (running.Count > 0)
        {
            await (target.KeepsOrder ? Task.WhenAll(running) : (Task)Task.WhenAny(running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var ended = running.ToLookup(attempt => attempt.IsCompleted);
            running = [.. ended[false]];
            cut ??= ended[true].FirstOrDefault(attempt => !attempt.IsCompletedSuccessfully) is { } failed ? failed.Exception?.InnerException ?? new OperationCanceledException(abort) : null;
            try
            {
                await RecordAsync([.. ended[true].Where(attempt => attempt.IsCompletedSuccessfully).Select(attempt => Settle(attempt.Result.Item1, attempt.Result.Item2))], abort).ConfigureAwait(false);
            }
            catch (OperationCanceledException e)
            {
                cut ??= e;
            }
        }

        if (cut is not null) ExceptionDispatchInfo.Throw(cut);
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
            outbox.Expect(target.Name, false);
            circuit.Failed(Now, Printable.Of(e.Message), slowDown: true);
            return false;
        }
    }

    private async Task<(Delivery Delivery, AttemptResult Result)> AttemptAsync(Delivery delivery, CancellationToken abort)
    {
        if (delivery.NotAfter <= Now) return (delivery, new AttemptResult(AttemptOutcome.Expired, "expired before it was sent"));
        using var timer = metrics.AttemptStarted(target.Name);
        var result = await target.SendAsync(delivery, abort).ConfigureAwait(false);
        metrics.Attempted(target.Name, Names.Of(result.Outcome));
        return (delivery, result);
    }

    /// <summary>What the attempt means for the target, and what is to be recorded of it.</summary>
    private Outcome Settle(Delivery delivery, AttemptResult result)
    {
        switch (result.Outcome)
        {
            case AttemptOutcome.Delivered:
                circuit.Succeeded();
                if (delivery.Kind == DeliveryKind.Enforce && result.Since is { } since) metrics.Enforced(target.Name, Now - since);
                return Of(DeliveryState.Delivered, "delivered");
            case AttemptOutcome.Expired:
                return Of(DeliveryState.Expired, "expired");
            case AttemptOutcome.Refused:
                return Of(DeliveryState.Dead, "dead");
            case AttemptOutcome.Gone:
                Disable(result.Text);
                return Of(DeliveryState.Dead, "dead");
            default:
                return Failed(delivery, result);
        }

        Outcome Of(DeliveryState state, string word) => new(delivery, word, new DeliverySettlement(delivery.Sequence, state, result.Text, result.Verified));
    }

    private Outcome Failed(Delivery delivery, AttemptResult result)
    {
        var now = Now;
        outbox.Expect(target.Name, false);
        circuit.Failed(now, result.Text, result.Outcome == AttemptOutcome.SlowDown, result.RetryAfter);
        if (schedule.Next(delivery.Attempts + 1, result.RetryAfter) is not { } wait)
        {
            if (circuit.IsHopeless(now))
                Disable(string.Create(CultureInfo.InvariantCulture, $"nothing got through since {circuit.FailingSince:yyyy-MM-ddTHH:mm:ssZ}: {result.Text}"));
            return new Outcome(delivery, "dead", new DeliverySettlement(delivery.Sequence, DeliveryState.Dead, result.Text));
        }

        var due = target.KeepsOrder && circuit.OpenUntil is { } open && open > now ? open : now + wait;
        if (delivery.NotAfter < due) due = delivery.NotAfter.Value;
        return new Outcome(delivery, "retry", new DeliverySettlement(delivery.Sequence, DeliveryState.Pending, result.Text, DueAt: due));
    }

    private void Disable(string reason)
    {
        circuit.Disable(reason);
        ResponseLog.TargetDisabled(logger, target.Name, reason);
    }

    /// <summary>
    /// A disabled target's deliveries go to the dead letter, those not yet due among them; returns whether there may be more of them, null when it is not disabled. None
    /// goes there once <see cref="Enable"/> has returned: what is put back then is sent. Nothing happened outside, so where the store fails the round is tried again.
    /// </summary>
    private bool? Bury()
    {
        List<Outcome> buried;
        lock (_burial)
        {
            if (circuit.DisabledReason is not { } reason) return null;
            var text = $"{target.Name} is disabled: {reason}";
            buried =
            [
                .. outbox.Due(target.Name, Now.AddYears(1), BuryAtOnce)
                    .Select(d => new Outcome(d, "dead", new DeliverySettlement(d.Sequence, DeliveryState.Dead, text))),
            ];
            if (buried.Count > 0) outbox.Settle([.. buried.Select(o => o.Settlement)]);
        }

        Tell(buried);
        return buried.Count > 0;
    }

    /// <summary>What has happened outside must not be forgotten: tries until the store has taken it. Cut off by a stop, the deliveries are sent again after it.</summary>
    private async Task RecordAsync(IReadOnlyList<Outcome> outcomes, CancellationToken abort)
    {
        if (outcomes.Count == 0) return;
        for (var wait = TimeSpan.FromSeconds(1); ; wait = wait < TimeSpan.FromSeconds(8) ? wait * 2 : wait)
        {
            try
            {
                var known = outbox.Settle([.. outcomes.Select(o => o.Settlement)]);
                // Asking again about those the store has lost changes nothing.
                if (known < outcomes.Count) ResponseLog.StoreFailed(logger, target.Name, $"it has lost {outcomes.Count - known} deliveries that were under way", 0);
                break;
            }
            catch (Exception e)
            {
                ResponseLog.StoreFailed(logger, target.Name, Printable.Of(e.Message), wait.TotalSeconds);
            }

            await Task.Delay(wait, time, abort).ConfigureAwait(false);
        }

        Tell(outcomes);
    }

    private void Tell(IReadOnlyList<Outcome> outcomes)
    {
        foreach (var (delivery, word, settlement) in outcomes)
        {
            metrics.Settled(target.Name, word);
            ResponseLog.Settled(logger, word is "dead" ? LogLevel.Error : word is "retry" ? LogLevel.Warning : LogLevel.Debug, target.Name, delivery.Id, word, settlement.Text);
        }
    }

    private static DateTime? Earlier(DateTime? a, DateTime? b) => a is null || b < a ? b ?? a : a;

    /// <param name="Word">As metrics and the log have it.</param>
    private sealed record Outcome(Delivery Delivery, string Word, DeliverySettlement Settlement);
}
