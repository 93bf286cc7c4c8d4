using System.Globalization;
using AnomalyDetect.Bouncer.Decisions;
using AnomalyDetect.Bouncer.Feed;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace AnomalyDetect.Bouncer;

/// <summary>Healthy while the feed is followed; degraded while away and open, or when not all decisions are held; unhealthy while away and closed.</summary>
internal sealed class BouncerHealthCheck(FeedState state, DecisionCopy copy, IOptions<BouncerOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var table = copy.Table;
        var data = new Dictionary<string, object> { ["decisions"] = table.Count, ["turned_away"] = table.TurnedAway, ["unknown"] = table.Unknown };
        if (state.Age is { } age) data["feed_age_seconds"] = Math.Round(age.TotalSeconds, 1);
        if (state.IsAway)
        {
            var since = state.Age is { } a ? string.Create(CultureInfo.InvariantCulture, $"for {a.TotalSeconds:F0} s") : "since the start";
            var text = $"The AnomalyDetect service is away {since}: {state.Trouble ?? "it does not answer"}.";
            return Task.FromResult(options.Value.WhenAway == AwayPolicy.FailClosed
                ? HealthCheckResult.Unhealthy($"{text} All requests are refused.", data: data)
                : HealthCheckResult.Degraded($"{text} Requests pass unless a decision held is still in force.", data: data));
        }

        return Task.FromResult(table.TurnedAway > 0
            ? HealthCheckResult.Degraded($"{table.TurnedAway} decisions are in force beyond MaxDecisions and not enforced.", data: data)
            : HealthCheckResult.Healthy($"{table.Count} decisions held.", data));
    }
}
