using System.Globalization;

namespace AnomalyDetect.Core.Lanes;

/// <summary>How a tenant's clock is wrong.</summary>
public enum ClockFaultKind : byte
{
    /// <summary>Events come behind the watermark, and cannot be used.</summary>
    Late,

    /// <summary>Events claim to be from further in the future than the allowed skew.</summary>
    Ahead,
}

/// <summary>A tenant whose telemetry is out of time: what came late could not be used, so its detection is partly blind until the producer is mended.</summary>
/// <param name="NoticedAt">Arrival (UTC) of the event it was noticed by.</param>
/// <param name="Events">Of the tenant in that hour so far.</param>
/// <param name="Late">Of them came behind the watermark.</param>
/// <param name="Ahead">Of them were further ahead of their arrival than the allowed skew.</param>
public sealed record ClockFault(string TenantId, DateTime NoticedAt, long Events, OutOfTime Late, OutOfTime Ahead)
{
    /// <summary>Of arrival, in which it was noticed; once in each.</summary>
    public DateTime Hour => new(NoticedAt.Ticks - (NoticedAt.Ticks % TimeSpan.TicksPerHour), DateTimeKind.Utc);

    public OutOfTime this[ClockFaultKind kind] => kind == ClockFaultKind.Late ? Late : Ahead;

    /// <summary>One sentence an operator can act on.</summary>
    public string Explanation
    {
        get
        {
            var parts = new List<string>();
            if (Late.Events > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{Late.Events} came too late to be used (up to {Alerts.Explanation.Span(Late.Most)} behind)"));
            if (Ahead.Events > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{Ahead.Events} claim to be from the future (up to {Alerts.Explanation.Span(Ahead.Most)} ahead)"));
            return string.Create(
                CultureInfo.InvariantCulture,
                $"Of the first {Events} events of tenant {TenantId} in the hour from {Hour:yyyy-MM-dd HH:mm'Z'}, {string.Join(" and ", parts)}, such as {Late.EventId ?? Ahead.EventId}: set its producers' clocks right, or let it deliver sooner.");
        }
    }
}

/// <param name="Events">How many.</param>
/// <param name="Most">How far the worst of them was off.</param>
/// <param name="EventId">One of them; null where there is none.</param>
public readonly record struct OutOfTime(long Events, TimeSpan Most, string? EventId);
