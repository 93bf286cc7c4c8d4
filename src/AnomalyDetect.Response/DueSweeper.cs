using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Response;

/// <summary>
/// What falls due by itself: decisions whose time has passed become tombstones, so that whoever enforces from the feed lets go of them; what waits for approval too long is
/// refused; what a halt has not withdrawn yet is; and the next contacts hear of alerts nobody acknowledged.
/// </summary>
public sealed class DueSweeper(IDecisionStore decisions, IGuardStore guards, IAlertWorkStore work, TimeProvider time)
{
    private const int AtOnce = 500;

    /// <summary>One sweep; returns how many expired.</summary>
    public int Sweep(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested && guards.Withdraw(AtOnce) > 0)
        {
        }

        while (!cancellation.IsCancellationRequested && work.Escalate(time.GetUtcNow().UtcDateTime, AtOnce) == AtOnce)
        {
        }

        var total = 0;
        while (!cancellation.IsCancellationRequested)
        {
            var expired = decisions.Expire(time.GetUtcNow().UtcDateTime, AtOnce);
            total += expired;
            if (expired < AtOnce) break;
        }

        return total;
    }
}
