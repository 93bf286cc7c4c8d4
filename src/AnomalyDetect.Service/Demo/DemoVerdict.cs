using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Simulation;

namespace AnomalyDetect.Service.Demo;

/// <summary>What was played against what was found.</summary>
internal sealed record DemoVerdict(IReadOnlyList<(AttackLabel Attack, Alert? Found)> Attacks, IReadOnlyList<(AttackLabel LookAlike, Decision? Wronged)> LookAlikes)
{
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(3);

    public int Found => Attacks.Count(a => a.Found is not null);

    /// <param name="played">Up to which event time traffic was sent.</param>
    public static DemoVerdict Of(IReadOnlyList<AttackLabel> labels, DateTime played, IReadOnlyList<Alert> alerts, IReadOnlyList<Decision> decisions)
    {
        var done = labels.Where(l => l.End <= played).ToList();
        return new DemoVerdict(
            [.. done.Where(l => l.IsAttack).Select(l => (l, alerts.Where(a => Matches(l, a)).OrderBy(a => a.DetectedAt).FirstOrDefault()))],
            [.. done.Where(l => !l.IsAttack).Select(l => (l, Wronged(l, alerts, decisions)))]);
    }

    private static bool Matches(AttackLabel label, Alert alert) =>
        alert.TenantId == label.TenantId && label.Signals.Contains(alert.Signal) && alert.DetectedAt >= label.Start && alert.DetectedAt <= label.End + Slack;

    /// <summary>A decision that an alert about this look-alike asked for, aimed at one of its own.</summary>
    private static Decision? Wronged(AttackLabel label, IReadOnlyList<Alert> alerts, IReadOnlyList<Decision> decisions)
    {
        var about = alerts.Where(a => Matches(label, a)).Select(a => a.Id).ToHashSet(StringComparer.Ordinal);
        return decisions.FirstOrDefault(d => d.AlertId is { } alert && about.Contains(alert) && label.Entities.Any(e => e.Id == d.Value));
    }
}
