namespace AnomalyDetect.Response.Options;

/// <summary>
/// Exponential back-off: the wait after the n-th failure lies at random below <c>Base × Factor^(n−1)</c>, never above <see cref="Max"/>. The defaults span
/// 75 h, as the example schedule of Standard Webhooks does.
/// </summary>
public sealed record RetryOptions
{
    /// <summary>1 s to 1 h.</summary>
    public TimeSpan Base { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>1 to 100.</summary>
    public double Factor { get; init; } = 5;

    /// <summary>Longest wait, also for a <c>Retry-After</c>; from <see cref="Base"/> to 7 days.</summary>
    public TimeSpan Max { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Tries before a delivery goes to the dead letter, 1 to 1,000. Null: until it expires.</summary>
    public int? Attempts { get; init; } = 10;

    /// <summary>Which part of each wait is random, 0 to 1; 1 (full jitter) spreads a herd best.</summary>
    public double Jitter { get; init; } = 1;

    /// <summary>
    /// A target to which nothing got through for this long is disabled when a delivery is given up, and its deliveries go to the dead letter until an
    /// operator replays them; 1 min to 30 days.
    /// </summary>
    public TimeSpan DisableAfter { get; init; } = TimeSpan.FromDays(3);
}
