namespace AnomalyDetect.Core.Alerts;

/// <summary>Cuts a revision of an alert from its episode.</summary>
internal static class AlertRevision
{
    /// <param name="resolution">Why the episode is over; null while it goes on.</param>
    /// <param name="resolvedAt">Event time (ticks) from which it was over.</param>
    public static Alert Of(Episode e, string tenant, Series? series, AlertResolution? resolution = null, long resolvedAt = 0) => new()
    {
        Id = e.Id,
        Revision = e.Revision,
        TenantId = tenant,
        Signal = e.Signal,
        Severity = e.Severity,
        Score = SeverityScale.Score(e.Peak),
        FirstScore = SeverityScale.Score(e.First),
        DetectedAt = Utc(e.First.At),
        WindowStart = Utc(e.Peak.WindowStart),
        WindowEnd = Utc(e.Peak.WindowEnd),
        Observed = Round(e.Peak.Observed),
        Expected = Round(e.Peak.Expected),
        Deviation = e.Peak.Deviation is { } z ? Round(z) : null,
        Threshold = Round(e.Peak.Threshold),
        EntityKind = e.Entity.Kind,
        PrincipalId = e.Principal,
        SessionId = e.Session,
        SourceIp = e.Address,
        PartnerId = e.Partner,
        Explanation = Explanation.Of(e, tenant),
        Evidence = [.. e.Evidence.Select(o => ToFinding(e, o))],
        Baseline = e.Baseline,
        Series = series,
        Contributions = e.Contributions.Count == 0 ? null : e.Contributions,
        Contributors = e.Contributors.Count == 0 ? null : e.Contributors,
        Techniques = SeverityScale.Techniques(e.Signal),
        EventIds = [.. e.EventIds],
        Drivers = [.. e.Drivers],
        RelatedAlertIds = [.. e.Related],
        GroupId = e.Group!.Id,
        GroupSize = e.Group.Count,
        State = resolution is null ? AlertState.Open : AlertState.Resolved,
        LastSeenAt = Utc(e.LastAt),
        Resolution = resolution,
        ResolvedAt = resolution is null ? null : Utc(resolvedAt),
    };

    private static Finding ToFinding(Episode e, Observation o) => new(
        e.Signal, e.Entity, Utc(o.At), Utc(o.WindowStart), Utc(o.WindowEnd), Round(o.Observed), Round(o.Expected), Round(o.Threshold),
        o.Deviation is { } z ? Round(z) : null, o.Model);

    private static DateTime Utc(long ticks) => new(ticks, DateTimeKind.Utc);

    private static double Round(double value) => Math.Round(value, 2);
}
