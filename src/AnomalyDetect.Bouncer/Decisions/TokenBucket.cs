namespace AnomalyDetect.Bouncer.Decisions;

/// <summary>
/// Lets <c>limit</c> requests through at once and then one each <c>per / limit</c> (GCRA, ITU-T I.371): one number, the time at which the bucket would be full
/// again, changed without a lock. Runs on the monotonic clock, which nobody sets back.
/// </summary>
internal sealed class TokenBucket
{
    private readonly long _interval;
    private readonly long _depth;
    private readonly long _frequency;
    private long _fullAt;

    /// <param name="limit">Requests; may be a fraction, of which at least one request is let through at once.</param>
    /// <param name="frequency">Clock units a second.</param>
    public TokenBucket(double limit, TimeSpan per, long frequency)
    {
        _frequency = frequency;
        // Rounded down, so that the whole limit fits into the depth.
        _interval = Math.Max(1, (long)(per.TotalSeconds * frequency / limit));
        _depth = Math.Max(_interval, (long)(per.TotalSeconds * frequency));
        _fullAt = long.MinValue;
    }

    /// <param name="retryAfter">When a request will be let through, if nobody else comes.</param>
    public bool TryTake(long now, out TimeSpan retryAfter)
    {
        while (true)
        {
            var fullAt = Volatile.Read(ref _fullAt);
            var next = Math.Max(fullAt, now) + _interval;
            var over = next - now - _depth;
            if (over > 0)
            {
                retryAfter = TimeSpan.FromSeconds((double)over / _frequency);
                return false;
            }

            if (Interlocked.CompareExchange(ref _fullAt, next, fullAt) != fullAt) continue;
            retryAfter = TimeSpan.Zero;
            return true;
        }
    }
}
