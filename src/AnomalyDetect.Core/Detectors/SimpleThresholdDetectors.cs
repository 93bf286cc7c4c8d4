using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Tables;

namespace AnomalyDetect.Core.Detectors;

/// <summary><c>delegation_scope_abuse</c>: grants denied to one partner, or to one delegator where there is no partner.</summary>
internal sealed class DelegationAbuseDetector(TenantScope scope)
{
    private readonly ThresholdOptions _options = scope.Signals.DelegationScopeAbuse;

    public ThresholdCounters Counters { get; } = new(scope, Signal.DelegationScopeAbuse, scope.Signals.DelegationScopeAbuse, TablePart.Delegations);

    public void Observe(in TelemetryEvent e, long time, Outcome outcome)
    {
        if (!_options.Enabled || e.Type != EventType.DelegationGrant || e.Outcome != EventOutcome.Denied) return;
        if ((e.Partner ?? e.Principal) is not { } who) return;

        var hit = Counters.Add(new EntityKey(e.Partner is null ? EntityKind.Principal : EntityKind.Partner, who), time, e.Count, e.Id.ToString());
        if (!hit.IsCrossing) return;
        var seen = Counters.Observe(hit, SeverityScale.DelegationAbuse(Counters.TimesThreshold(hit)));
        var episode = hit.Episode;
        if (episode is null) episode = Counters.Open(hit, seen, outcome);
        else episode.Take(seen);

        episode.Partner ??= e.Partner?.Text;
        episode.Principal ??= e.Partner is null ? who.Text : null;
        if (!e.IdentitiesAreClaims) episode.AddDriver(episode.Entity);
        scope.Alerts.Tell(episode, outcome);
    }
}

/// <summary><c>policy_violation_burst</c>: denials of one principal.</summary>
internal sealed class PolicyBurstDetector(TenantScope scope)
{
    private readonly ThresholdOptions _options = scope.Signals.PolicyViolationBurst;

    public ThresholdCounters Counters { get; } = new(scope, Signal.PolicyViolationBurst, scope.Signals.PolicyViolationBurst, TablePart.Denials);

    public void Observe(in TelemetryEvent e, long time, Outcome outcome)
    {
        if (!_options.Enabled || e.Outcome != EventOutcome.Denied || e.Principal is null || e.IdentitiesAreClaims) return;

        var hit = Counters.Add(new EntityKey(EntityKind.Principal, e.Principal), time, e.Count, e.Id.ToString());
        if (!hit.IsCrossing) return;
        var seen = Counters.Observe(hit, SeverityScale.PolicyBurst(Counters.TimesThreshold(hit)));
        var episode = hit.Episode;
        if (episode is null) episode = Counters.Open(hit, seen, outcome);
        else episode.Take(seen);

        episode.Principal = e.Principal.Text;
        episode.AddDriver(episode.Entity);
        scope.Alerts.Tell(episode, outcome);
    }
}
