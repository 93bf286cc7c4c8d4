using System.Threading.RateLimiting;
using Prometheus;

namespace AnomalyDetect.Service.Http;

/// <summary>
/// Holds each key to its rate, ingest apart from the rest, so that neither a busy sender keeps people from looking nor one key the others from calling. A request
/// beyond it is told when to come again. Buckets are as many as keys in use; one that is full again is dropped.
/// </summary>
public sealed class RequestLimits : IDisposable
{
    private readonly PartitionedRateLimiter<string> _ingest;
    private readonly PartitionedRateLimiter<string> _other;
    private readonly Counter _refused;

    public RequestLimits(RateLimitOptions options, CollectorRegistry registry)
    {
        _ingest = Buckets(options.IngestPerMinute, options.IngestBurst);
        _other = Buckets(options.OtherPerMinute, options.OtherBurst);
        _refused = Metrics.WithCustomRegistry(registry).CreateCounter("anomalydetect_http_requests_limited_total", "Requests refused because their key made too many, by kind of call.", "kind");
        foreach (var kind in new[] { "ingest", "other" }) _refused.WithLabels(kind);
    }

    /// <summary>Null when the request may go on, or how long to wait.</summary>
    public TimeSpan? Refuse(string key, bool isIngest)
    {
        using var lease = (isIngest ? _ingest : _other).AttemptAcquire(key);
        if (lease.IsAcquired) return null;
        _refused.WithLabels(isIngest ? "ingest" : "other").Inc();
        return lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1);
    }

    public void Dispose()
    {
        _ingest.Dispose();
        _other.Dispose();
    }

    private static PartitionedRateLimiter<string> Buckets(int perMinute, int burst) => PartitionedRateLimiter.Create<string, string>(
        key => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst, TokensPerPeriod = 1, ReplenishmentPeriod = TimeSpan.FromMinutes(1) / perMinute, QueueLimit = 0,
        }),
        StringComparer.Ordinal);
}

/// <summary>Stands behind <see cref="KeyAuthentication"/>.</summary>
public sealed class RequestLimiting(RequestDelegate next, RequestLimits limits)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<Caller>() is not { } caller) return next(context);
        var isIngest = context.GetEndpoint()?.Metadata.GetMetadata<Operation>()?.IsIngest == true;
        return limits.Refuse(caller.Key.Id, isIngest) is { } wait
            ? Problem.Write(context, 429, "too_many_requests", "This key makes more requests than it may; wait as long as Retry-After says, and send more in each.", wait)
            : next(context);
    }
}
