using AnomalyDetect.Response.Options;

namespace AnomalyDetect.Response.Deliveries;

/// <summary>When to try a delivery again. Pure but for <paramref name="chance"/>, which gives numbers in [0, 1).</summary>
public sealed class RetrySchedule(RetryOptions options, Func<double> chance)
{
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    /// <summary>The wait before the next try, at least 1 s; null to give up.</summary>
    /// <param name="attempts">Tries made, this failed one among them; from 1.</param>
    /// <param name="retryAfter">What the receiver asked for: honoured as the least wait, up to <see cref="RetryOptions.Max"/>.</param>
    public TimeSpan? Next(int attempts, TimeSpan? retryAfter)
    {
        if (options.Attempts is { } most && attempts >= most) return null;
        var wait = Wait(attempts, chance());
        var asked = retryAfter is { } after && after > options.Max ? options.Max : retryAfter ?? TimeSpan.Zero;
        return Longest(Least, Longest(wait, asked));
    }

    private TimeSpan Wait(int attempts, double random)
    {
        var seconds = Math.Min(options.Max.TotalSeconds, options.Base.TotalSeconds * Math.Pow(options.Factor, Math.Max(0, attempts - 1)));
        return TimeSpan.FromSeconds(seconds * (1 - (options.Jitter * random)));
    }

    private static TimeSpan Longest(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
