using System.Globalization;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Tables;
using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Detectors;

/// <summary>
/// <c>credential_stuffing</c>: leaked names and passwords tried from many addresses, few tries from each (ATT&amp;CK T1110.004), so that only the tenant as a
/// whole shows it: failed logins of many principals from many addresses, far beyond the tenant's usual. Nobody is aimed at: each address may be a victim's.
/// </summary>
internal sealed class CredentialStuffingDetector(TenantScope scope)
{
    private readonly StuffingOptions _options = scope.Signals.CredentialStuffing;
    private readonly DistinctMinutes _addresses = new((int)scope.Signals.CredentialStuffing.Window.TotalMinutes);
    private readonly DistinctMinutes _principals = new((int)scope.Signals.CredentialStuffing.Window.TotalMinutes);
    private readonly LeadingCounts _from = new(scope.Signals.CredentialStuffing.Window);
    private readonly LeadingCounts _as = new(scope.Signals.CredentialStuffing.Window);
    private SlowCount _usual; // failed logins; minutes under an open alert are left out
    private Episode? _episode;

    public long Bytes => _addresses.Bytes + _principals.Bytes + (2 * LeadingCounts.Bytes);

    /// <summary>A failed login.</summary>
    public void Observe(in TelemetryEvent e, long time, Outcome outcome)
    {
        if (!_options.Enabled || e.Type != EventType.Login || e.Outcome == EventOutcome.Success || e.SourceIp.IsNone || e.Principal is null) return;
        var minute = time / TimeSpan.TicksPerMinute;
        _addresses.Add(e.SourceIp.Network.Hash, minute, e.Count);
        _principals.Add(e.Principal.Hash, minute, e.Count);
        _from.Add(new EntityKey(e.SourceIp.Network), time, e.Count);
        _as.Add(new EntityKey(EntityKind.Principal, e.Principal), time, e.Count);
        var failures = _addresses.Count(minute);
        var expected = _usual.Mean * _options.Window.TotalMinutes;
        var threshold = Math.Max(_options.Failures, _options.Factor * expected);
        scope.Current?.Count(Signal.CredentialStuffing, new Entity(EntityKind.Tenant, scope.Tenant.Text), failures, threshold, _options.Window);
        if (failures <= threshold || Math.Min(_addresses.Distinct(minute), _principals.Distinct(minute)) is var distinct && distinct <= _options.Sources)
        {
            _usual.Add(minute, e.Count);
            return;
        }

        var seen = new Observation(
            time, time - _options.Window.Ticks, time, failures, expected, threshold, null, failures >= 4 * threshold ? Severity.High : Severity.Medium);
        var entity = new Entity(EntityKind.Tenant, scope.Tenant.Text);
        _episode = scope.Alerts.Raise(_episode, Signal.CredentialStuffing, entity, seen, outcome);
        if (_episode.HasGrown)
        {
            _episode.Contributors = Contributor.Leading(_from.Leading(failures, claimed: false).Concat(_as.Leading(failures, claimed: true)));
            _episode.Detail = string.Create(
                CultureInfo.InvariantCulture, $", from about {_addresses.Distinct(minute):0} addresses as about {_principals.Distinct(minute):0} principals");
        }

        _episode.AddEvent(e.Id.ToString());
        scope.Alerts.Tell(_episode, outcome);
    }

    public void Save(StateWriter writer)
    {
        writer.Raw(_usual);
        _addresses.Save(writer);
        _principals.Save(writer);
        _from.Save(writer);
        _as.Save(writer);
    }

    public void Load(ref StateReader reader)
    {
        _usual = reader.Raw<SlowCount>();
        _addresses.Load(ref reader);
        _principals.Load(ref reader);
        _from.Load(ref reader);
        _as.Load(ref reader);
    }
}
