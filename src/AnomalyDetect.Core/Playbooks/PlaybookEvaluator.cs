using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;

namespace AnomalyDetect.Core.Playbooks;

/// <summary>Asks the playbook what an alert's revision calls for. Only drivers are aimed at, each once until the decision about it has run out.</summary>
internal static class PlaybookEvaluator
{
    public static void Evaluate(EngineOptions options, Alert alert, Episode episode, Outcome outcome)
    {
        foreach (var rule in options.Playbook.Rules)
        {
            if (!rule.Signals.Contains(alert.Signal)) continue;
            if (alert.Severity >= rule.DecideFrom)
                foreach (var template in rule.Decisions) Decide(options, template, alert, episode, outcome);
            foreach (var notify in rule.Notify)
            {
                if (alert.Severity < notify.From) continue;
                outcome.Notifications.Add(new Notification(
                    alert.RevisionId, alert.Id, alert.Revision, alert.TenantId, notify.Audience, new DateTime(episode.LastAt, DateTimeKind.Utc),
                    $"[{Names.Of(alert.Severity)}] {Names.Of(alert.Signal)} in {alert.TenantId}", alert.Explanation));
            }
        }

        episode.RenewAfter(episode.Decided.Count == 0 ? long.MaxValue : episode.Decided.Values.Min(d => d.ExpiresAt));
    }

    private static void Decide(EngineOptions options, DecisionTemplate template, Alert alert, Episode episode, Outcome outcome)
    {
        foreach (var driver in alert.Drivers)
        {
            if (ScopeOf(driver.Kind) is not { } scope || !template.Scopes.Contains(scope)) continue;
            if (scope == DecisionScope.Address && IsProtected(options.Enforcement, driver.Id)) continue;

            var key = (template.Type, scope, driver.Id);
            var renewals = 0;
            if (episode.Decided.TryGetValue(key, out var earlier))
            {
                if (episode.LastAt <= earlier.ExpiresAt) continue;
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
        }
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
