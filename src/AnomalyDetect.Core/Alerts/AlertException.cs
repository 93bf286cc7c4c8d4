using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Core.Alerts;

/// <summary>
/// What a person has said is expected: findings that match are counted, and neither told nor acted upon. It always runs out, and always says why. Without a
/// time of day it holds throughout; with one it is a calendar entry that comes back.
/// </summary>
public sealed record AlertException
{
    /// <summary>Why; shown by <c>explain</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>When it runs out, in event time.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Not before this; null: from ever.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Ids of the tenants it holds for; empty: all.</summary>
    public IReadOnlyList<string> Tenants { get; init; } = [];

    /// <summary>The signals it holds for; empty: all.</summary>
    public IReadOnlyList<Signal> Signals { get; init; } = [];

    /// <summary>The kind of <see cref="Entity"/>; null: any.</summary>
    public EntityKind? EntityKind { get; init; }

    /// <summary>Whom the alert must be about or driven by: an id, or a CIDR range for addresses; null: anybody.</summary>
    public string? Entity { get; init; }

    /// <summary>Days of the week (UTC) it holds on; empty: all.</summary>
    public IReadOnlyList<DayOfWeek> Days { get; init; } = [];

    /// <summary>Time of day (UTC) from which it holds, for <see cref="DailyFor"/>; null: the whole day. Below 24 h.</summary>
    public TimeSpan? DailyFrom { get; init; }

    /// <summary>How long it holds from <see cref="DailyFrom"/> on; above 0, at most 24 h. It may reach into the next day.</summary>
    public TimeSpan? DailyFor { get; init; }

    internal bool Covers(string tenant, Episode episode)
    {
        if (Tenants.Count > 0 && !Tenants.Contains(tenant)) return false;
        if (Signals.Count > 0 && !Signals.Contains(episode.Signal)) return false;
        return HoldsAt(new DateTime(episode.LastAt, DateTimeKind.Utc)) && (Entity is null || Matches(episode.Entity) || episode.Drivers.Exists(Matches));
    }

    private bool HoldsAt(DateTime at)
    {
        if (at >= Until.UtcDateTime || at < From?.UtcDateTime) return false;
        if (DailyFrom is not { } from) return Days.Count == 0 || Days.Contains(at.DayOfWeek);
        // The entry that began today, or yesterday's that reaches into today.
        var length = DailyFor ?? TimeSpan.FromDays(1) - from;
        return Began(at.Date) || Began(at.Date.AddDays(-1));

        bool Began(DateTime day) => at >= day + from && at < day + from + length && (Days.Count == 0 || Days.Contains(day.DayOfWeek));
    }

    private bool Matches(Entity entity)
    {
        if (EntityKind is { } kind && kind != entity.Kind) return false;
        if (entity.Id == Entity) return true;
        return entity.Kind == Alerts.EntityKind.Address && Entity!.Contains('/', StringComparison.Ordinal)
            && AddressRange.TryParse(Entity, out var range) && AddressRange.TryParse(entity.Id, out var address) && range.Contains(address.First);
    }
}
