namespace AnomalyDetect.Response.Options;

/// <summary>Who is told, where decisions are carried out, and how often delivery is tried. Checked by <see cref="ResponseOptionsValidator"/>.</summary>
public sealed record ResponseOptions
{
    public IReadOnlyList<WebhookOptions> Webhooks { get; init; } = [];

    /// <summary>Nobody is told of an alert triage gives a lower probability, 0 to 1; without triage everything is told.</summary>
    public double NotifyFrom { get; init; }

    /// <summary>Null: decisions live in the store and its feed only.</summary>
    public RedisOptions? Redis { get; init; }

    /// <summary>Of the webhooks; Redis has its own.</summary>
    public RetryOptions Retry { get; init; } = new();

    /// <summary>How often expired decisions are looked for; 1 s to 1 min.</summary>
    public TimeSpan ExpirySweep { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a stop waits for attempts in flight before it cuts them off (they are tried again after the restart); 0 to 1 min.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
