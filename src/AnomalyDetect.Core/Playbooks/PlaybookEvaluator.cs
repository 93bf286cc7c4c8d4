using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Tracing;

namespace AnomalyDetect.Core.Playbooks;

/// <summary>Asks the playbook what an alert's revision calls for. Only drivers are aimed at, each once until the decision about it has run out.</summary>
internal static class PlaybookEvaluator
{
    /// <param name="tells">People hear of it; otherwise it is one of a storm, and only decided upon.</param>
    /// <param name="trace">Takes down what each rule made of it; null where nobody asks.</param>
    public static void Evaluate(EngineOptions options, Alert alert, Episode episode, bool tells, Outcome outcome, LaneTrace? trace = null)
    {
        foreach (var rule in options.Playbook.Rules)
        {
            if (!rule.Signals.Contains(alert.Signal)) continue;
            if (alert.Severity >= rule.DecideFrom)
            {
                if (rule.Decisions.Count == 0) trace?.Note(TraceStep.Playbook, $"{rule.Name}: only tells people");
                foreach (var template in rule.Decisions) Decide(options, rule, template, alert, episode, outcome, trace);
            }
            else if (rule.Decisions.Count > 0)
            {
                trace?.Note(TraceStep.Playbook, $"{rule.Name}: decides from {Names.Of(rule.DecideFrom)} on, and this is {Names.Of(alert.Severity)}");
            }

            foreach (var notify in rule.Notify)
            {
                if (alert.Severity < notify.From)
                {
                    trace?.Note(TraceStep.Playbook, $"{rule.Name}: {Names.Of(notify.Audience)} hears of it from {Names.Of(notify.From)} on");
                    continue;
                }

                if (!tells)
                {
                    outcome.Counters.Grouped++;
                    trace?.Note(TraceStep.Playbook, $"{rule.Name}: {Names.Of(notify.Audience)} has heard of enough alerts of this kind; it is number {episode.Place} of group {alert.GroupId}");
                    continue;
                }

                trace?.Note(TraceStep.Playbook, $"{rule.Name}: {Names.Of(notify.Audience)} is told");
                outcome.Notifications.Add(new Notification(
                    alert.RevisionId, alert.Id, alert.Revision, alert.TenantId, notify.Audience, new DateTime(episode.LastAt, DateTimeKind.Utc),
                    $"[{Names.Of(alert.Severity)}] {Names.Of(alert.Signal)} in {alert.TenantId}",
                    episode.Group!.Count <= AlertGroup.ToldSingly ? alert.Explanation : alert.Explanation + InAStorm(episode.Group)));
            }
        }

        episode.RenewAfter(episode.Decided.Count == 0 ? long.MaxValue : episode.Decided.Values.Min(d => d.ExpiresAt));
    }

    private static string InAStorm(AlertGroup group) => string.Create(
        CultureInfo.InvariantCulture,
        $" There are {group.Count} alerts of this kind in the tenant since {new DateTime(group.Since, DateTimeKind.Utc):yyyy-MM-dd HH:mm:ss'Z'}; they are not told singly any more.");

    private static void Decide(
        EngineOptions options, PlaybookRule rule, DecisionTemplate template, Alert alert, Episode episode, Outcome outcome, LaneTrace? trace)
    {
        var aimed = false;
        foreach (var driver in alert.Drivers)
        {
            if (ScopeOf(driver.Kind) is not { } scope || !template.Scopes.Contains(scope)) continue;
            aimed = true;
            if (scope == DecisionScope.Address && IsProtected(options.Enforcement, driver.Id))
            {
                trace?.Note(TraceStep.Playbook, $"{rule.Name}: {Names.Of(template.Type)} spares {driver.Id}, which lies in a protected range");
                continue;
            }

            var key = (template.Type, scope, driver.Id);
            var renewals = 0;
            if (episode.Decided.TryGetValue(key, out var earlier))
            {
                if (episode.LastAt <= earlier.ExpiresAt)
                {
                    trace?.Note(TraceStep.Playbook, $"{rule.Name}: {Names.Of(template.Type)} stands against {driver.Id} already, until {LaneTrace.Time(new DateTime(earlier.ExpiresAt, DateTimeKind.Utc))}");
                    continue;
                }

                renewals = earlier.Renewals + 1;
            }

            var createdAt = new DateTime(episode.LastAt, DateTimeKind.Utc);
            var decision = new Decision
            {
                Id = IdOf(alert, template.Type, scope, driver.Id, renewals),
                AlertId = alert.Id,
                TenantId = alert.TenantId,
                Type = template.Type,
                Scope = scope,
                Value = driver.Id,
                Parameters = template.Parameters ?? new DecisionParameters(),
                CreatedAt = createdAt,
                ExpiresAt = createdAt + template.ExpiresAfter,
                Simulated = !options.Enforcement.EnforcesFor(alert.TenantId),
            };
            episode.Decided[key] = (renewals, decision.ExpiresAt.Ticks);
            outcome.Decisions.Add(decision);
            trace?.Note(
                TraceStep.Playbook,
                $"{rule.Name}: {Names.Of(decision.Type)} against {Names.Of(decision.Scope)} {decision.Value} until {LaneTrace.Time(decision.ExpiresAt)}{(decision.Simulated ? " (dry run: not enforced)" : "")}");
        }

        if (!aimed) trace?.Note(TraceStep.Playbook, $"{rule.Name}: {Names.Of(template.Type)} takes {string.Join(" or ", template.Scopes.Select(Names.Of))}, and none drives this alert");
    }

    /// <summary>A range is protected when any of it is: blocking it would block that.</summary>
    private static bool IsProtected(EnforcementOptions options, string address)
    {
        if (!AddressRange.TryParse(address, out var range)) return true;
        return AddressRange.NeverPublic.Any(r => Overlaps(r, range))
            || options.NeverTarget.Any(text => AddressRange.TryParse(text, out var r) && Overlaps(r, range));
    }

    private static bool Overlaps(AddressRange a, AddressRange b) => a.Contains(b.First) || b.Contains(a.First);

    private static DecisionScope? ScopeOf(EntityKind kind) => kind switch
    {
        EntityKind.Principal => DecisionScope.Principal,
        EntityKind.Partner => DecisionScope.Partner,
        EntityKind.Address => DecisionScope.Address,
        EntityKind.Session => DecisionScope.Session,
        _ => null,
    };

    private static string IdOf(Alert alert, DecisionType type, DecisionScope scope, string value, int renewals)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{alert.Id}\n{Names.Of(type)}\n{Names.Of(scope)}\n{value}\n{renewals}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));
    }
}
