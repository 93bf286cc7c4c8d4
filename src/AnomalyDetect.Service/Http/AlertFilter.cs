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
    private const int MaxText = 1024;

    public string? Signal { get; init; }

    /// <summary>At least so severe.</summary>
    public string? Severity { get; init; }

    public string? EntityKind { get; init; }

    /// <summary>The id of whom it is about.</summary>
    public string? Entity { get; init; }

    /// <summary>A part of that id.</summary>
    public string? Text { get; init; }

    /// <summary>The page before's <c>next</c>.</summary>
    public string? After { get; init; }

    /// <summary>Of a filter without a problem.</summary>
    public AlertOrder Order => By is not null && Names.TryParse<AlertOrder>(By, out var order) ? order : AlertOrder.Time;

    public static IReadOnlyList<string> VerdictWords { get; } = [.. Names.All<Verdict>(), NoVerdict];

    /// <summary>What is wrong, in one sentence; null when <paramref name="query"/> can be asked.</summary>
    public string? Problem(out AlertQuery query)
    {
        query = new AlertQuery { TenantId = Tenant, Most = Limit, Unjudged = Verdict == NoVerdict, Entity = Entity, Text = Text };
        if (Limit is < 1 or > MaxLimit) return $"limit must be 1 to {MaxLimit}.";
        if (By is not null && !Names.TryParse<AlertOrder>(By, out _)) return $"by must be {string.Join(" or ", Names.All<AlertOrder>())}.";
        if (Order == AlertOrder.Triage)
        {
            if (After is not null) return "after goes with the order of time: triage ranks the newest as a whole.";
            // What triage puts first may be none of the newest few.
            query = query with { Most = MaxLimit };
        }

        if (Entity?.Length > MaxText || Text?.Length > MaxText) return $"entity and text must be at most {MaxText} characters.";
        if (Word<AlertState>(State, "state", out var state) is { } badState) return badState;
        if (Word<Signal>(Signal, "signal", out var signal) is { } badSignal) return badSignal;
        if (Word<Severity>(Severity, "severity", out var severity) is { } badSeverity) return badSeverity;
        if (Word<EntityKind>(EntityKind, "entity_kind", out var kind) is { } badKind) return badKind;
        Verdict? verdict = null;
        if (Verdict is not (null or NoVerdict))
        {
            if (!Names.TryParse<Verdict>(Verdict, out var given)) return $"verdict must be one of {string.Join(", ", VerdictWords)}.";
            verdict = given;
        }

        if (Time(Since, "since", out var since) is { } badSince) return badSince;
        if (Time(Until, "until", out var until) is { } badUntil) return badUntil;
        AlertCursor? after = null;
        if (After is not null && !TryParseCursor(After, out after)) return "after must be the next of the page before.";
        query = query with
        {
            State = state,
            Signal = signal,
            MinimumSeverity = severity,
            EntityKind = kind,
            Verdict = verdict,
            Since = since,
            Until = until,
            After = after,
        };
        return null;
    }

    public static string ToText(AlertCursor cursor) => string.Create(CultureInfo.InvariantCulture, $"{cursor.DetectedAt.Ticks}_{cursor.Id}");

    public string ToQueryString()
    {
        var parameters = new[]
        {
            ("tenant", Tenant), ("since", Since), ("until", Until), ("state", State), ("verdict", Verdict), ("signal", Signal), ("severity", Severity),
            ("entity_kind", EntityKind), ("entity", Entity), ("text", Text), ("after", After), ("by", By), ("limit", Limit.ToString(CultureInfo.InvariantCulture)),
        };
        return string.Join('&', parameters.Where(p => p.Item2 is not null).Select(p => $"{p.Item1}={Uri.EscapeDataString(p.Item2!)}"));
    }

    private static bool TryParseCursor(string text, out AlertCursor? cursor)
    {
        cursor = null;
        var cut = text.IndexOf('_', StringComparison.Ordinal);
        if (cut < 1 || text.Length > 100 || !long.TryParse(text.AsSpan(0, cut), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) || ticks >= DateTime.MaxValue.Ticks) return false;
        cursor = new AlertCursor(new DateTime(ticks, DateTimeKind.Utc), text[(cut + 1)..]);
        return true;
    }

    private static string? Word<T>(string? word, string name, out T? value) where T : struct, Enum
    {
        value = null;
        if (word is null) return null;
        if (!Names.TryParse<T>(word, out var parsed)) return $"{name} must be {string.Join(" or ", Names.All<T>())}.";
        value = parsed;
        return null;
    }

    private static string? Time(string? text, string name, out DateTime? value)
    {
        value = null;
        if (text is null) return null;
        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time))
            return $"{name} must be a time such as 2026-01-31T12:00:00Z.";
        value = time;
        return null;
    }
}
