using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Response;

/// <summary>Turns decisions whose time has passed into tombstones, so that whoever enforces from the feed lets go of them.</summary>
public sealed class DecisionExpirySweeper(IDecisionStore decisions, TimeProvider time)
{
    private const int AtOnce = 500;

    /// <summary>One sweep; returns how many expired.</summary>
    public int Sweep(CancellationToken cancellation)
    {
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
