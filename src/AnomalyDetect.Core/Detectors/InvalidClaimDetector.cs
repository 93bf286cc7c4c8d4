using System.Globalization;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Tables;
using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Detectors;

/// <summary>
/// <c>invalid_claim_injection</c>: forged proofs from one address, or naming one principal; fast, or slowly over half an hour; or spread over so many
/// addresses that only the tenant shows it. The principal is a claim and never targeted; the address is, and the sessions that succeeded from it. One attack
/// seen through several keys is one alert.
/// </summary>
internal sealed class InvalidClaimDetector
{
    private readonly TenantScope _scope;
    private readonly SessionDetector _sessions;
    private readonly InvalidClaimOptions _options;
    private readonly DistinctMinutes _spread;
    private LeadingCounts? _from, _naming; // once there are claims that neither accounts for
    private SlowCount _usual; // forged proofs a minute; those under an open alert are left out
    private Episode? _tenant;

    public InvalidClaimDetector(TenantScope scope, SessionDetector sessions)
    {
        (_scope, _sessions, _options) = (scope, sessions, scope.Signals.InvalidClaimInjection);
        Fast = new(scope, Signal.InvalidClaimInjection, _options, TablePart.FastClaims);
        Slow = new(scope, Signal.InvalidClaimInjection, new ThresholdOptions { Threshold = _options.SlowThreshold, Window = _options.SlowWindow }, TablePart.SlowClaims);
        _spread = new DistinctMinutes((int)_options.SpreadWindow.TotalMinutes);
    }

    public ThresholdCounters Fast { get; }

    public ThresholdCounters Slow { get; }

    public int Count => Fast.Count + Slow.Count;

    public long Evictions => Fast.Evictions + Slow.Evictions;

    public long Bytes => Fast.Bytes + Slow.Bytes + _spread.Bytes + (_from is null ? 0 : 2 * LeadingCounts.Bytes);

    /// <summary>Beside the counters, once there is anything to see.</summary>
    public long OwnMostBytes => _spread.Bytes + (2 * LeadingCounts.Bytes);

    public void Trim(long now)
    {
        Fast.Trim(now);
        Slow.Trim(now);
    }

    public long BytesAt(int counters, bool busy) => Fast.BytesAt(counters, busy) + Slow.BytesAt(counters, busy) + _spread.Bytes + (2 * LeadingCounts.Bytes);

    public void Observe(in TelemetryEvent e, long time, Outcome outcome)
    {
        if (!_options.Enabled || e.Type != EventType.TokenValidation || e.Outcome == EventOutcome.Success
            || e.Reason is not (FailureReason.InvalidClaim or FailureReason.BadSignature)) return;

        var eventId = e.Id.ToString();
        Episode? byAddress = null;
        if (!e.SourceIp.IsNone)
        {
            var address = new EntityKey(e.SourceIp.Network);
            // What is fast is not counted as slow as well; what is slow goes on being counted while its alert is open.
            byAddress = Tally(Fast, address, e, time, eventId, null, outcome) ?? Tally(Slow, address, e, time, eventId, null, outcome) ?? Open(address, time);
        }

        Episode? byPrincipal = null;
        if (e.Principal is not null)
        {
            var principal = new EntityKey(EntityKind.Principal, e.Principal);
            byPrincipal = Tally(Fast, principal, e, time, eventId, byAddress, outcome) ?? Open(principal, time);
        }

        if (byAddress is null && byPrincipal is null) Spread(e, time, eventId, outcome);
    }

    private Episode? Open(in EntityKey key, long time) =>
        _scope.Alerts.Count == 0 ? null : _scope.Alerts.Find(Signal.InvalidClaimInjection, key.ToEntity(), time);

    /// <returns>The episode that took the event as a finding; null below the threshold.</returns>
    private Episode? Tally(ThresholdCounters counters, in EntityKey key, in TelemetryEvent e, long time, string eventId, Episode? sameCause, Outcome outcome)
    {
        var hit = counters.Add(key, time, e.Count, eventId);
        if (!hit.IsCrossing) return null;
        var slow = counters == Slow;
        var times = counters.TimesThreshold(hit);
        var seen = counters.Observe(hit, slow ? times >= 3 ? Severity.High : Severity.Medium : SeverityScale.InvalidClaims(times));
        var episode = hit.Episode;
        if (episode is null && sameCause is not null)
        {
            episode = sameCause;
            counters.Attach(hit, episode);
        }
        else if (episode is null && key.Kind == EntityKind.Address && e.Principal is not null
            && _scope.Alerts.Find(Signal.InvalidClaimInjection, new Entity(EntityKind.Principal, e.Principal.Text), seen.At) is { } named)
        {
            // The principal's alert was there first (many addresses before this one): this address joins it.
            episode = named;
            counters.Attach(hit, episode);
        }

        if (episode is null) episode = counters.Open(hit, seen, outcome);
        else episode.Take(seen);
        Bind(episode, key, e, time, slow);
        _scope.Alerts.Tell(episode, outcome);
        return episode;
    }

    private void Bind(Episode episode, in EntityKey key, in TelemetryEvent e, long time, bool slow)
    {
        if (key.Kind == EntityKind.Principal)
        {
            episode.Principal ??= key.Symbol!.Text;
            return;
        }

        var entity = key.ToEntity();
        episode.Address ??= e.SourceIp.ToNetworkString();
        if (episode.Drivers.Contains(entity) || (slow && !episode.HasGrown)) return;
        var succeeded = _sessions.SucceededFrom(e.SourceIp.Network, time, Episode.DriversKept - 1);
        if (slow && succeeded.Count > 0)
        {
            // A client of theirs may be broken: people work behind this address, and nothing is fast enough to be an attack for certain.
            episode.Detail = $", though {Sessions(succeeded.Count)} succeeded from there, so it may be a broken client";
            return;
        }

        episode.AddDriver(entity);
        foreach (var session in succeeded) episode.AddDriver(new Entity(EntityKind.Session, session));
        if (succeeded.Count > 0) episode.Detail = $", and {Sessions(succeeded.Count)} succeeded from there";
    }

    private static string Sessions(int count) => count == 1 ? "a session" : string.Create(CultureInfo.InvariantCulture, $"{count} sessions");

    /// <summary>Claims that neither their address nor the principal they name accounts for.</summary>
    private void Spread(in TelemetryEvent e, long time, string eventId, Outcome outcome)
    {
        var minute = time / TimeSpan.TicksPerMinute;
        _spread.Add(e.SourceIp.IsNone ? 0 : e.SourceIp.Network.Hash, minute, e.Count);
        if (_from is null) (_from, _naming) = (new LeadingCounts(_options.SpreadWindow), new LeadingCounts(_options.SpreadWindow));
        if (!e.SourceIp.IsNone) _from.Add(new EntityKey(e.SourceIp.Network), time, e.Count);
        if (e.Principal is not null) _naming!.Add(new EntityKey(EntityKind.Principal, e.Principal), time, e.Count);
        var observed = _spread.Count(minute);
        var expected = _usual.Mean * _options.SpreadWindow.TotalMinutes;
        var threshold = Math.Max(_options.SpreadThreshold, 5 * expected);
        _scope.Current?.Count(Signal.InvalidClaimInjection, new Entity(EntityKind.Tenant, _scope.Tenant.Text), observed, threshold, _options.SpreadWindow);
        if (observed <= threshold || _spread.Distinct(minute) <= _options.SpreadSources)
        {
            _usual.Add(minute, e.Count);
            return;
        }

        var seen = new Observation(
            time, time - _options.SpreadWindow.Ticks, time, observed, expected, threshold, null, observed >= 4 * threshold ? Severity.High : Severity.Medium);
        var entity = new Entity(EntityKind.Tenant, _scope.Tenant.Text);
        _tenant = _scope.Alerts.Raise(_tenant, Signal.InvalidClaimInjection, entity, seen, outcome);
        if (_tenant.HasGrown)
        {
            _tenant.Contributors = Contributor.Leading(_from.Leading(observed, claimed: false).Concat(_naming!.Leading(observed, claimed: true)));
            _tenant.Detail = string.Create(CultureInfo.InvariantCulture, $", from about {_spread.Distinct(minute):0} addresses");
        }

        _tenant.AddEvent(eventId);
        _scope.Alerts.Tell(_tenant, outcome);
    }

    public void Save(StateWriter writer)
    {
        Fast.Save(writer);
        Slow.Save(writer);
        writer.Raw(_usual);
        _spread.Save(writer);
        writer.Bool(_from is not null);
        _from?.Save(writer);
        _naming?.Save(writer);
    }

    public void Load(ref StateReader reader)
    {
        Fast.Load(ref reader);
        Slow.Load(ref reader);
        _usual = reader.Raw<SlowCount>();
        _spread.Load(ref reader);
        if (!reader.Bool()) return;
        (_from = new LeadingCounts(_options.SpreadWindow)).Load(ref reader);
        (_naming = new LeadingCounts(_options.SpreadWindow)).Load(ref reader);
    }
}
