namespace AnomalyDetect.Service.Http;

/// <summary>How many requests a key may make. Each is a token bucket: it holds the burst, and fills again at the rate.</summary>
public sealed record RateLimitOptions
{
    /// <summary><c>POST /v1/events</c>, in requests a minute and key; 1 to 10,000,000, default 60,000.</summary>
    public int IngestPerMinute { get; init; } = 60_000;

    /// <summary>Of them at once; 1 to 1,000,000, default 2,000.</summary>
    public int IngestBurst { get; init; } = 2_000;

    /// <summary>All other calls together, in requests a minute and key; 1 to 10,000,000, default 12,000.</summary>
    public int OtherPerMinute { get; init; } = 12_000;

    /// <summary>Of them at once; 1 to 1,000,000, default 500.</summary>
    public int OtherBurst { get; init; } = 500;
}
