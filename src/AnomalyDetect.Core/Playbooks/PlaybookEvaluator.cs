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
    /// <param name="offences">The tenant's; what counting rules go by.</param>
    /// <param name="tells">People hear of it; otherwise it is one of a storm, and only decided upon.</param>
    /// <param name="trace">Takes down what each rule made of it; null where nobody asks.</param>
    public static void Evaluate(EngineOptions options, Alert alert, Episode episode, OffenceBook offences, bool tells, Outcome outcome, LaneTrace? trace = null)
    {
        var due = long.MaxValue;
        foreach (var rule in options.Playbook.Rules)
        {
            if (!rule.Signals.Contains(alert.Signal)) continue;
            if (RuleMatch.WhyNot(options.Playbook, rule, alert, offences) is { } other)
            {
                trace?.Note(TraceStep.Playbook, $"{rule.Name}: {other}");
                continue;
            }

            if (alert.Severity >= rule.DecideFrom)
            {
                if (rule.Decisions.Count == 0) trace?.Note(TraceStep.Playbook, $"{rule.Name}: only tells people");
                foreach (var template in rule.Decisions)
                {
                    if (RuleMatch.WhyNot(template, alert, episode, out var from) is { } wait)
                    {
                        due = Math.Min(due, from);
                        trace?.Note(TraceStep.Playbook, $"{rule.Name}: {Names.Of(template.Type)} {wait}");
                        continue;
                    }

                    Decide(options, rule, template, alert, episode, offences, outcome, trace);
                }
            }
            else if (rule.Decisions.Count > 0)
            {
                trace?.Note(TraceStep.Playbook, $"{rule.Name}: decides from {Names.Of(rule.DecideFrom)} on, and this is {Names.Of(alert.Severity)}");
            }

            Tell(rule, alert, episode, tells, outcome, trace);
        }

        // What nobody decides upon any more has run out for good: it must not have every finding told.
        foreach (var (_, expiresAt, _) in episode.Decided.Values)
            if (expiresAt >= episode.LastAt) due = Math.Min(due, expiresAt);
        episode.RenewAfter(due);
    }

    private static void Tell(PlaybookRule rule, Alert alert, Episode episode, bool tells, Outcome outcome, LaneTrace? trace)
    {
        foreach (var notify in rule.Notify) One(notify.Audience, notify.From, null);
        if (rule.Chain is not { } chain) return;
        for (var i = 0; i < chain.Contacts.Count; i++) One(chain.Contacts[i], chain.From, i == 0 ? null : i * chain.AcknowledgeWithin);

        void One(Audience audience, Severity from, TimeSpan? wait)
        {
            if (alert.Severity < from)
            {
                trace?.Note(TraceStep.Playbook, $"{rule.Name}: {Names.Of(audience)} hears of it from {Names.Of(from)} on");
                return;
            }

            if (!tells)
            {
                outcome.Counters.Grouped++;
                trace?.Note(TraceStep.Playbook, $"{rule.Name}: {Names.Of(audience)} has heard of enough alerts of this kind; it is number {episode.Place} of group {alert.GroupId}");
                return;
            }

            trace?.Note(TraceStep.Playbook, $"{rule.Name}: {Names.Of(audience)} is told{(wait is { } unless ? string.Create(CultureInfo.InvariantCulture, $" unless somebody acknowledges it within {unless:c}") : "")}");
            outcome.Notifications.Add(new Notification(
                alert.RevisionId, alert.Id, alert.Revision, alert.TenantId, audience, new DateTime(episode.LastAt, DateTimeKind.Utc),
                $"[{Names.Of(alert.Severity)}] {Names.Of(alert.Signal)} in {alert.TenantId}",
                episode.Group!.Count <= AlertGroup.ToldSingly ? alert.Explanation : alert.Explanation + InAStorm(episode.Group), wait));
        }
    }

    private static string InAStorm(AlertGroup group) => string.Create(
        CultureInfo.InvariantCulture,
        $" There are {group.Count} alerts of this kind in the tenant since {new DateTime(group.Since, DateTimeKind.Utc):yyyy-MM-dd HH:mm:ss'Z'}; they are not told singly any more.");

    private static void Decide(
        EngineOptions options, PlaybookRule rule, DecisionTemplate template, Alert alert, Episode episode, OffenceBook offences, Outcome outcome, LaneTrace? trace)
    {
        var aimed = false;
        foreach (var (scope, value) in Aims(alert, template))
        {
            aimed = true;
            if (scope == DecisionScope.Address && IsProtected(options, alert.TenantId, value))
            {
                trace?.Note(TraceStep.Playbook, $"{rule.Name}: {Names.Of(template.Type)} spares {value}, which lies in a protected range");
                continue;
            }

            var key = (template.Type, scope, value);
            var (renewals, firstAt) = (0, episode.LastAt);
            if (episode.Decided.TryGetValue(key, out var earlier))
            {
                if (episode.LastAt <= earlier.ExpiresAt)
                {
                    trace?.Note(TraceStep.Playbook, $"{rule.Name}: {Names.Of(template.Type)} stands against {value} already, until {LaneTrace.Time(new DateTime(earlier.ExpiresAt, DateTimeKind.Utc))}");
                    continue;
                }

                (renewals, firstAt) = (earlier.Renewals + 1, earlier.FirstAt);
            }

            var before = Repeats(template, scope, value, episode.LastAt, offences);
            var createdAt = new DateTime(episode.LastAt, DateTimeKind.Utc);
            var decision = new Decision
            {
                Id = IdOf(alert, template.Type, scope, value, renewals),
                AlertId = alert.Id,
                TenantId = alert.TenantId,
                Type = template.Type,
                Scope = scope,
                Value = value,
                Parameters = template.Parameters ?? new DecisionParameters(),
                CreatedAt = createdAt,
                ExpiresAt = createdAt + ExpiryOf(template, before),
                Simulated = rule.DryRun || !options.Enforcement.Enforces(alert.TenantId, template.Type),
                Rule = rule.Name,
            };
            episode.Decided[key] = (renewals, decision.ExpiresAt.Ticks, firstAt);
            outcome.Decisions.Add(decision);
            trace?.Note(
                TraceStep.Playbook,
                $"{rule.Name}: {Names.Of(decision.Type)} against {Names.Of(decision.Scope)} {decision.Value} until {LaneTrace.Time(decision.ExpiresAt)}"
                + $"{(before == 0 ? "" : $", for it is number {LaneTrace.Number(before + 1)} against it")}{(decision.Simulated ? " (dry run: not enforced)" : "")}");
        }

        if (!aimed) trace?.Note(TraceStep.Playbook, $"{rule.Name}: {Names.Of(template.Type)} takes {string.Join(" or ", template.Scopes.Select(Names.Of))}, and none drives this alert");
    }

    /// <summary>
    /// The drivers of the template's kinds. Everybody of the tenant only where somebody of it drives the alert: by an address alone, an outsider could have a whole tenant signed
    /// out.
    /// </summary>
    private static IEnumerable<(DecisionScope Scope, string Value)> Aims(Alert alert, DecisionTemplate template)
    {
        foreach (var driver in alert.Drivers)
            if (ScopeOf(driver.Kind) is { } scope && template.Scopes.Contains(scope)) yield return (scope, driver.Id);
        if (template.Scopes.Contains(DecisionScope.Tenant) && alert.Drivers.Any(d => d.Kind is EntityKind.Principal or EntityKind.Session or EntityKind.Partner))
            yield return (DecisionScope.Tenant, alert.TenantId);
    }

    /// <summary>How many of its type there were before; takes this one down. 0 where the template does not ask.</summary>
    private static int Repeats(DecisionTemplate template, DecisionScope scope, string value, long at, OffenceBook offences)
    {
        if (template.Repeats is not { } repeats) return 0;
        var name = OffenceBook.Decided(template.Type, scope, value);
        var before = offences.Count(name, at - repeats.Within.Ticks, at);
        offences.Note(name, at);
        return before;
    }

    private static TimeSpan ExpiryOf(DecisionTemplate template, int before) =>
        before == 0 ? template.ExpiresAfter : template.Repeats!.ExpiresAfter[Math.Min(before, template.Repeats.ExpiresAfter.Count) - 1];

    /// <summary>A range is protected when any of it is: blocking it would block that.</summary>
    private static bool IsProtected(EngineOptions options, string tenant, string address)
    {
        if (!AddressRange.TryParse(address, out var range)) return true;
        return AddressRange.NeverPublic.Any(range.Overlaps)
            || options.Enforcement.NeverTarget.Concat(options.Detection.SignalsOf(tenant).EgressRanges).Any(text => AddressRange.TryParse(text, out var r) && range.Overlaps(r));
    }

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
