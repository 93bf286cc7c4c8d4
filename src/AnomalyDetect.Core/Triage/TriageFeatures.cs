using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Multivariate;

namespace AnomalyDetect.Core.Triage;

/// <summary>
/// An alert as the numbers triage judges it by. All of them are in the alert itself, so that one read from the store and one about to be told are judged alike.
/// Nothing in them names a tenant or anybody in it: what was learned of one must not be held against another.
/// </summary>
public static class TriageFeatures
{
    private static readonly (string Name, Func<Alert, double> Of)[] All =
    [
        .. Enum.GetValues<Signal>().Select(s => ($"signal_{Core.Names.Of(s)}", Is(a => a.Signal == s))),
        .. Enum.GetValues<EntityKind>().Select(k => ($"entity_{Core.Names.Of(k)}", Is(a => a.EntityKind == k))),
        ("severity", a => (double)a.Severity),
        ("score", a => a.Score),
        ("first_score", a => a.FirstScore),
        ("deviation", a => Log(a.Deviation ?? 0)),
        ("observed", a => Log(a.Observed)),
        ("expected", a => Log(a.Expected)),
        ("excess", a => Log(a.Observed) - Log(a.Expected)),
        ("over_threshold", a => Log(a.Observed) - Log(a.Threshold)),
        ("minutes", a => Log((a.LastSeenAt - a.WindowStart).TotalMinutes)),
        ("findings", a => a.Evidence.Count),
        ("hour", a => a.DetectedAt.Hour),
        ("weekend", Is(a => a.DetectedAt.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday)),
        ("baseline_state", a => a.Baseline is { } baseline ? 1 + (double)baseline.State : 0),
        ("baseline_windows", a => Log(a.Baseline?.Windows ?? 0)),
        ("baseline_hours", a => a.Baseline is { } baseline ? Log((a.DetectedAt - baseline.Since).TotalHours) : 0),
        ("tenant_rate", a => a.Series is { Expected.Count: > 0 } series ? Log(series.Expected.Average()) : 0),
        ("drivers", a => a.Drivers.Count),
        ("techniques", a => a.Techniques.Count),
        ("related_alerts", a => Log(a.RelatedAlertIds.Count)),
        ("group_size", a => Log(a.GroupSize ?? 1)),
        ("contributors", a => a.Contributors?.Count ?? 0),
        ("contributor_share", a => a.Contributors is { Count: > 0 } leading ? leading.Max(c => c.Share) : 0),
        .. Enum.GetValues<Feature>().Select(f => ($"share_{Core.Names.Of(f)}", (Func<Alert, double>)(a => a.Contributions?.FirstOrDefault(c => c.Feature == f)?.Share ?? 0))),
    ];

    /// <summary>In the order of the numbers. A model that was made for other names does not fit.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(f => f.Name)];

    /// <summary>Finite, each; counts, times and deviations as logarithms.</summary>
    public static float[] Of(Alert alert)
    {
        var values = new float[All.Length];
        for (var i = 0; i < values.Length; i++) values[i] = (float)All[i].Of(alert);
        return values;
    }

    private static double Log(double value) => double.IsFinite(value) ? Math.Sign(value) * Math.Log(1 + Math.Abs(value)) : 0;

    private static Func<Alert, double> Is(Func<Alert, bool> holds) => a => holds(a) ? 1 : 0;
}
