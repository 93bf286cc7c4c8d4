using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Tables;

namespace AnomalyDetect.Core.Detectors;

/// <summary>
/// <c>mfa_fatigue</c>: one person is asked again and again for a second factor and does not give it (ATT&amp;CK T1621); worse when they give in. The
/// challenges are the asker's doing, so it is the asking address that may be slowed, and a session won this way that may be ended; never the person.
/// </summary>
internal sealed class MfaFatigueDetector(TenantScope scope)
{
    private readonly ThresholdOptions _options = scope.Signals.MfaFatigue;

    public ThresholdCounters Counters { get; } = new(scope, Signal.MfaFatigue, scope.Signals.MfaFatigue, TablePart.Challenges);

    public void Observe(in TelemetryEvent e, long time, Outcome outcome)
    {
        if (!_options.Enabled || e.Principal is null) return;
        if (e.Outcome == EventOutcome.Success)
        {
            if (e.Type is EventType.MfaChallenge or EventType.SessionStart) GiveIn(e, time, outcome);
            return;
        }

        if (e.Type != EventType.MfaChallenge || e.IdentitiesAreClaims) return;
        var hit = Counters.Add(new EntityKey(EntityKind.Principal, e.Principal), time, e.Count, e.Id.ToString());
        if (!hit.IsCrossing) return;
        var seen = Counters.Observe(hit, Counters.TimesThreshold(hit) >= 3 ? Severity.High : Severity.Medium);
        var episode = hit.Episode;
        if (episode is null) episode = Counters.Open(hit, seen, outcome);
        else episode.Take(seen);
        episode.Principal = e.Principal.Text;
        if (!e.SourceIp.IsNone)
        {
            episode.Address ??= e.SourceIp.ToNetworkString();
            episode.AddDriver(new Entity(EntityKind.Address, e.SourceIp.ToNetworkString()));
        }

        scope.Alerts.Tell(episode, outcome);
    }

    /// <summary>A challenge was passed, or a session begun, from an address that asked.</summary>
    private void GiveIn(in TelemetryEvent e, long time, Outcome outcome)
    {
        if (Counters.Count == 0) return;
        var episode = scope.Alerts.Find(Signal.MfaFatigue, new Entity(EntityKind.Principal, e.Principal!.Text), time);
        if (episode is null || (!e.SourceIp.IsNone && !episode.Drivers.Contains(new Entity(EntityKind.Address, e.SourceIp.ToNetworkString())))) return;
        episode.Detail = ", and then it was given";
        episode.Take(episode.Peak with { At = time, WindowEnd = time, Severity = Severity.Critical });
        episode.AddEvent(e.Id.ToString());
        if (e.Type == EventType.SessionStart && e.Session is not null)
        {
            episode.Session = e.Session.Text;
            episode.AddDriver(new Entity(EntityKind.Session, e.Session.Text));
        }

        scope.Alerts.Tell(episode, outcome);
    }
}
