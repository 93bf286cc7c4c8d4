using System.Globalization;
using AnomalyDetect.Core.Alerts;

namespace AnomalyDetect.Core.Playbooks;

/// <summary>Whether a rule is for an alert, and a step of it for what has been decided so far; if not, why not in words.</summary>
internal static class RuleMatch
{
    /// <summary>Null when the rule applies. A counting rule takes the alert down in <paramref name="offences"/>.</summary>
    public static string? WhyNot(Playbook playbook, PlaybookRule rule, Alert alert, OffenceBook offences)
    {
        if (rule.MinScore is { } score && alert.Score < score)
            return string.Create(CultureInfo.InvariantCulture, $"is for scores from {score} on, and this is {alert.Score}");
        if (rule.EntityKinds.Count > 0 && !rule.EntityKinds.Contains(alert.EntityKind))
            return $"is for alerts about a {string.Join(" or ", rule.EntityKinds.Select(Names.Of))}, and this is about a {Names.Of(alert.EntityKind)}";
        if (rule.Tenants.Count > 0 && !rule.Tenants.Any(glob => Glob.IsMatch(glob, alert.TenantId))) return $"is for other tenants than {alert.TenantId}";
        if (rule.Tags.FirstOrDefault(tag => !playbook.IsTagged(alert.TenantId, tag)) is { } missing) return $"is for tenants tagged {missing}, and {alert.TenantId} is not";
        if (rule.Count is not { } count) return null;

        var name = OffenceBook.Alerts(rule, alert);
        offences.Note(name, alert.DetectedAt.Ticks);
        var alerts = offences.Count(name, alert.DetectedAt.Ticks - count.Within.Ticks, alert.DetectedAt.Ticks);
        return alerts >= count.Alerts ? null : string.Create(CultureInfo.InvariantCulture, $"applies from {count.Alerts} alerts in {count.Within:c} on, and this is number {alerts}");
    }

    /// <summary>Null when the step may be taken now.</summary>
    /// <param name="due">Event time (ticks) at which it may be taken, where only that is missing; otherwise <see cref="long.MaxValue"/>.</param>
    public static string? WhyNot(DecisionTemplate step, Alert alert, Episode episode, out long due)
    {
        due = long.MaxValue;
        if (step.When is not { } when) return null;
        if (when.From is { } from && alert.Severity < from) return $"waits for severity {Names.Of(from)}, and this is {Names.Of(alert.Severity)}";
        if (when.Unless is { } unless && FirstAt(episode, unless) is not null) return $"is not taken where {Names.Of(unless)} has been called for";
        if (when.After is not { } after) return null;
        if (FirstAt(episode, after) is not { } first) return $"follows {Names.Of(after)}, which has not been called for";
        if (episode.LastAt - first >= when.For.Ticks) return null;
        due = first + when.For.Ticks;
        return string.Create(CultureInfo.InvariantCulture, $"follows {Names.Of(after)} when the alert goes on for {when.For:c}");
    }

    private static long? FirstAt(Episode episode, DecisionType type)
    {
        long? first = null;
        foreach (var (key, decided) in episode.Decided)
            if (key.Type == type && !(first <= decided.FirstAt)) first = decided.FirstAt;
        return first;
    }
}
