using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Tables;

namespace AnomalyDetect.Core.Detectors;

/// <summary>
/// <c>invalid_claim_injection</c>: forged proofs from one address, or naming one principal. The principal is a claim and never targeted; the address is, and
/// the sessions that succeeded from it. One attack seen through both keys is one alert.
/// </summary>
internal sealed class InvalidClaimDetector(TenantScope scope, SessionDetector sessions)
{
    private readonly ThresholdOptions _options = scope.Signals.InvalidClaimInjection;

    public ThresholdCounters Counters { get; } = new(scope, Signal.InvalidClaimInjection, scope.Signals.InvalidClaimInjection);

    public void Observe(in TelemetryEvent e, long time, Outcome outcome)
    {
        if (!_options.Enabled || e.Type != EventType.TokenValidation || e.Outcome == EventOutcome.Success
            || e.Reason is not (FailureReason.InvalidClaim or FailureReason.BadSignature)) return;

        var eventId = e.Id.ToString();
        Episode? byAddress = null;
        if (!e.SourceIp.IsNone) byAddress = Count(new EntityKey(e.SourceIp.Network), e, time, eventId, null, outcome);
        if (e.Principal is not null) Count(new EntityKey(EntityKind.Principal, e.Principal), e, time, eventId, byAddress, outcome);
    }

    private Episode? Count(in EntityKey key, in TelemetryEvent e, long time, string eventId, Episode? sameCause, Outcome outcome)
    {
        var hit = Counters.Add(key, time, e.Count, eventId);
        if (!hit.IsCrossing)
            return key.Kind == EntityKind.Address ? scope.Alerts.Find(Signal.InvalidClaimInjection, key.ToEntity(), time) : null;

        var seen = Counters.Observe(hit, SeverityScale.InvalidClaims(Counters.TimesThreshold(hit)));
        var episode = hit.Episode;
        if (episode is null && sameCause is not null)
        {
            episode = sameCause;
            Counters.Attach(hit, episode);
        }
        else if (episode is null && key.Kind == EntityKind.Address && e.Principal is not null
            && scope.Alerts.Find(Signal.InvalidClaimInjection, new Entity(EntityKind.Principal, e.Principal.Text), seen.At) is { } named)
        {
            // The principal's alert was there first (many addresses before this one): this address joins it.
            episode = named;
            Counters.Attach(hit, episode);
        }

        if (episode is null) episode = Counters.Open(hit, seen);
        else episode.Take(seen);
        Bind(episode, key, e, time);
        scope.Alerts.Tell(episode, outcome);
        return episode;
    }

    private void Bind(Episode episode, in EntityKey key, in TelemetryEvent e, long time)
    {
        if (key.Kind == EntityKind.Principal)
        {
            episode.Principal ??= key.Symbol!.Text;
            return;
        }

        var entity = key.ToEntity();
        episode.Address ??= e.SourceIp.ToNetworkString();
        if (episode.Drivers.Contains(entity)) return;
        episode.AddDriver(entity);
        var succeeded = 0;
        foreach (var session in sessions.SucceededFrom(e.SourceIp.Network, time, Episode.DriversKept - 1))
        {
            episode.AddDriver(new Entity(EntityKind.Session, session));
            succeeded++;
        }

        if (succeeded > 0) episode.Detail = succeeded == 1 ? ", and a session succeeded from there" : $", and {succeeded} sessions succeeded from there";
    }
}
