using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Simulation;

/// <summary>How one kind of attack fared.</summary>
/// <param name="Played">How often it was played.</param>
/// <param name="Found">How often an alert of an expected signal named it.</param>
/// <param name="FoundAtMedium">How often that alert came to medium severity or higher.</param>
/// <param name="MedianTimeToDetect">From its first event to the earliest such alert's <c>detected_at</c>; null when none was found.</param>
/// <param name="MedianAfterMet">
/// The same from the moment its own events met its signal's definition (<see cref="AttackLabel.MetAt"/>), an alert that was there before counting as 0; null where no attack that was found has one.
/// </param>
public sealed record KindScore(ScenarioKind Kind, int Played, int Found, int FoundAtMedium, TimeSpan? MedianTimeToDetect, TimeSpan? MedianAfterMet);

/// <summary>What alerts and decisions are worth, measured against the labels.</summary>
/// <param name="Attacks">By kind, in the order of <see cref="ScenarioKind"/>.</param>
/// <param name="Missed">Attacks without an alert.</param>
/// <param name="FalseAlerts">Alerts that belong to no attack and to no look-alike that may be reported.</param>
/// <param name="TenantDays">Tenants × days of the run.</param>
/// <param name="Hurt">Look-alikes at which a decision was aimed.</param>
public sealed record MatchReport(
    IReadOnlyList<KindScore> Attacks, IReadOnlyList<AttackLabel> Missed, IReadOnlyList<Alert> FalseAlerts, double TenantDays,
    IReadOnlyList<AttackLabel> Hurt)
{
    /// <summary>Attacks found of those played, 0 to 1; 1 when none was played.</summary>
    public double Recall => Attacks.Sum(a => a.Played) is var played and > 0 ? (double)Attacks.Sum(a => a.Found) / played : 1;

    /// <summary>False alerts of this severity or a higher one, per tenant and day.</summary>
    public double FalseAlertsPerTenantDay(Severity atLeast = Severity.Info) => FalseAlerts.Count(a => a.Severity >= atLeast) / TenantDays;
}

/// <summary>Compares what was found with what was played.</summary>
public static class AlertMatcher
{
    /// <summary>
    /// An alert may be noticed this long after a scenario's last event: a window has to close and an episode may still grow. A silence may be noticed until this long
    /// after its end, when the first event speaks again.
    /// </summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    /// <param name="alerts">The final revision of each.</param>
    /// <param name="decisions">Dry-run ones count like others.</param>
    /// <param name="tenantDays">Tenants × days of the run, for the rate of false alerts.</param>
    public static MatchReport Match(
        IReadOnlyList<AttackLabel> labels, IReadOnlyList<Alert> alerts, IReadOnlyList<Decision> decisions, double tenantDays)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tenantDays);
        var byTenant = alerts.ToLookup(a => a.TenantId, StringComparer.Ordinal);
        var attacks = labels.Where(l => l.IsAttack).ToArray();
        var first = attacks.ToDictionary(l => l, l => byTenant[l.TenantId].Where(a => Finds(a, l)).Min(a => (DateTime?)a.DetectedAt));
        var serious = attacks.Where(l => byTenant[l.TenantId].Any(a => a.Severity >= Severity.Medium && Finds(a, l))).ToHashSet();
        var excused = labels.Where(l => l.IsAttack || l.MayAlert).ToLookup(l => l.TenantId, StringComparer.Ordinal);
        var wrong = alerts.Where(a => !excused[a.TenantId].Any(l => Explains(l, a))).ToArray();
        // An attack may be played with the account of a look-alike while that goes on: then it is what is answered.
        var earned = attacks.ToLookup(l => l.TenantId, StringComparer.Ordinal);
        var aimed = decisions.Where(d => !earned[d.TenantId].Any(l => Meets(d, l))).ToLookup(d => d.TenantId, StringComparer.Ordinal);
        return new MatchReport(
            [.. attacks.GroupBy(l => l.Kind).OrderBy(g => g.Key).Select(g => Score(g.Key, [.. g], first, serious))],
            [.. attacks.Where(l => first[l] is null)],
            wrong,
            tenantDays,
            [.. labels.Where(l => !l.IsAttack && aimed[l.TenantId].Any(d => Meets(d, l)))]);
    }

    private static KindScore Score(ScenarioKind kind, AttackLabel[] played, Dictionary<AttackLabel, DateTime?> first, HashSet<AttackLabel> serious)
    {
        var found = played.Where(l => first[l] is not null).ToArray();
        var met = found.Where(l => l.MetAt is not null).Select(l => first[l]!.Value - l.MetAt!.Value);
        return new KindScore(
            kind, played.Length, found.Length, played.Count(serious.Contains), Median(found.Select(l => first[l]!.Value - l.Start)),
            Median(met.Select(after => after > TimeSpan.Zero ? after : TimeSpan.Zero)));
    }

    private static TimeSpan? Median(IEnumerable<TimeSpan> delays) => delays.Order().ToArray() is { Length: > 0 } sorted ? sorted[sorted.Length / 2] : null;

    /// <summary>The expected signal, while it was going on, about one of those involved or the tenant.</summary>
    private static bool Finds(Alert alert, AttackLabel label) => label.Signals.Contains(alert.Signal) && Explains(label, alert);

    private static bool Explains(AttackLabel label, Alert alert) =>
        alert.WindowStart <= label.End + Grace && alert.DetectedAt >= label.Start && alert.DetectedAt <= label.End + Grace
        && (alert.EntityKind == EntityKind.Tenant || (label.IsAttack && label.Entities[0].Kind == EntityKind.Tenant) || label.Entities.Any(e => Names(alert, e)));

    private static bool Names(Alert alert, Entity entity) => alert.Drivers.Contains(entity) || entity.Id == entity.Kind switch
    {
        EntityKind.Principal => alert.PrincipalId,
        EntityKind.Session => alert.SessionId,
        EntityKind.Address => alert.SourceIp,
        EntityKind.Partner => alert.PartnerId,
        _ => null,
    };

    /// <summary>Aimed at one of those involved, while it was going on.</summary>
    private static bool Meets(Decision decision, AttackLabel label) =>
        decision.CreatedAt >= label.Start && decision.CreatedAt <= label.End + Grace
        && label.Entities.Any(e => e.Id == decision.Value && e.Kind == decision.Scope switch
        {
            DecisionScope.Principal => EntityKind.Principal,
            DecisionScope.Partner => EntityKind.Partner,
            DecisionScope.Address => EntityKind.Address,
            _ => EntityKind.Session,
        });
}
