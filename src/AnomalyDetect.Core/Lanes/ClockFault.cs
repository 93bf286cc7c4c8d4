using System.Globalization;

namespace AnomalyDetect.Core.Lanes;

/// <summary>A tenant whose telemetry is out of time: what came late could not be used, so its detection is partly blind until the producer is mended.</summary>
/// <param name="Hour">Of arrival, in which it was noticed.</param>
/// <param name="Events">Of the tenant in that hour so far.</param>
/// <param name="Late">Of them came behind the watermark.</param>
/// <param name="Ahead">Of them were further ahead of their arrival than the allowed skew.</param>
/// <param name="EventId">One of them.</param>
public sealed record ClockFault(string TenantId, DateTime Hour, long Events, long Late, long Ahead, TimeSpan MostLate, TimeSpan MostAhead, string EventId)
{
    /// <summary>One sentence an operator can act on.</summary>
    public string Explanation
    {
        get
        {
            var parts = new List<string>();
            if (Late > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{Late} came too late to be used (up to {Alerts.Explanation.Span(MostLate)} behind)"));
            if (Ahead > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{Ahead} claim to be from the future (up to {Alerts.Explanation.Span(MostAhead)} ahead)"));
            return string.Create(
                CultureInfo.InvariantCulture,
                $"Of the first {Events} events of tenant {TenantId} in the hour from {Hour:yyyy-MM-dd HH:mm'Z'}, {string.Join(" and ", parts)}, such as {EventId}: set its producers' clocks right, or let it deliver sooner.");
        }
    }
}
