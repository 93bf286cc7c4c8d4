using System.Globalization;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Service.Http;

/// <summary>What comes first in a list of alerts.</summary>
internal enum AlertOrder : byte
{
    /// <summary>The newest.</summary>
    Time,

    /// <summary>What is most probably worth a look.</summary>
    Triage,
}

/// <summary>The words by which alerts are chosen, in the API and on the command line alike.</summary>
/// <param name="Verdict">A verdict, or <see cref="NoVerdict"/>.</param>
internal sealed record AlertFilter(string? Tenant, string? Since, string? State, string? Verdict, int Limit, string? Until = null, string? By = null)
{
    /// <summary>Those nobody has given a verdict on.</summary>
    public const string NoVerdict = "none";

    private const int MaxLimit = 1000;

    /// <summary>Of a filter without a problem.</summary>
    public AlertOrder Order => By is not null && Names.TryParse<AlertOrder>(By, out var order) ? order : AlertOrder.Time;

    public static IReadOnlyList<string> VerdictWords { get; } = [.. Names.All<Verdict>(), NoVerdict];

    /// <summary>What is wrong, in one sentence; null when <paramref name="query"/> can be asked.</summary>
    public string? Problem(out AlertQuery query)
    {
        query = new AlertQuery { TenantId = Tenant, Most = Limit, Unjudged = Verdict == NoVerdict };
        if (Limit is < 1 or > MaxLimit) return $"limit must be 1 to {MaxLimit}.";
        if (By is not null && !Names.TryParse<AlertOrder>(By, out _)) return $"by must be {string.Join(" or ", Names.All<AlertOrder>())}.";
        // What triage puts first may be none of the newest few.
        if (Order == AlertOrder.Triage) query = query with { Most = MaxLimit };
        if (State is not null)
        {
            if (!Names.TryParse<AlertState>(State, out var state)) return $"state must be {string.Join(" or ", Names.All<AlertState>())}.";
            query = query with { State = state };
        }

        if (Verdict is not (null or NoVerdict))
        {
            if (!Names.TryParse<Verdict>(Verdict, out var verdict)) return $"verdict must be one of {string.Join(", ", VerdictWords)}.";
            query = query with { Verdict = verdict };
        }

        if (Since is not null && !TryTime(Since, out _)) return "since must be a time such as 2026-01-31T12:00:00Z.";
        if (Until is not null && !TryTime(Until, out _)) return "until must be a time such as 2026-01-31T12:00:00Z.";
        query = query with { Since = TryTime(Since, out var since) ? since : null, Until = TryTime(Until, out var until) ? until : null };
        return null;
    }

    private static bool TryTime(string? text, out DateTime time) =>
        DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out time);

    public string ToQueryString() => string.Join('&', new[] { ("tenant", Tenant), ("since", Since), ("until", Until), ("state", State), ("verdict", Verdict), ("by", By), ("limit", Limit.ToString(CultureInfo.InvariantCulture)) }
        .Where(p => p.Item2 is not null).Select(p => $"{p.Item1}={Uri.EscapeDataString(p.Item2!)}"));
}
