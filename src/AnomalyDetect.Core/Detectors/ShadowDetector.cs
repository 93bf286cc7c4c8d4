using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;

namespace AnomalyDetect.Core.Detectors;

/// <summary>
/// A second model that judges what the first does and tells nobody: a <see cref="BehaviourDetector"/> with alerts of its own, of which only the number leaves here.
/// What other signals tell of the tenant explains and holds for it as for the first, so that the two rates may be compared.
/// </summary>
internal sealed class ShadowDetector
{
    private readonly TenantScope _scope;
    private readonly TenantScope _tenant;
    private readonly BehaviourDetector _behaviour;
    private readonly Outcome _unsaid = new();

    private ShadowDetector(TenantScope scope, TenantScope tenant, RateDetector rates)
    {
        (_scope, _tenant) = (scope, tenant);
        _behaviour = new BehaviourDetector(scope, rates);
    }

    /// <summary>Null without a shadow model.</summary>
    public static ShadowDetector? Of(TenantScope tenant, RateDetector rates) => tenant.Shadow() is { } scope ? new ShadowDetector(scope, tenant, rates) : null;

    public long NextClose => _behaviour.NextClose;

    public long Bytes => _behaviour.Bytes;

    public long OwnMostBytes => _behaviour.OwnMostBytes;

    public AlertBook Alerts => _scope.Alerts;

    public void Trim() => _behaviour.Trim();

    public long PrincipalBytesAt(int principals) => _behaviour.PrincipalBytesAt(principals);

    public long WindowBytesAt(int active) => _behaviour.WindowBytesAt(active);

    public void Observe(in TelemetryEvent e, long time, int index)
    {
        if (!_behaviour.IsOn) return;
        _scope.Watermark = _tenant.Watermark;
        _behaviour.Observe(e, time, index);
    }

    public void Close(Outcome outcome)
    {
        var end = _behaviour.NextClose;
        _behaviour.Close(_unsaid);
        foreach (var alert in _unsaid.Alerts)
            if (alert.Revision == 1) outcome.Counters.ShadowAlerts[(int)alert.Severity]++;
        _scope.Alerts.Close(end, _unsaid);
        _unsaid.Clear();
    }

    public void Save(StateWriter writer)
    {
        _scope.Alerts.Save(writer);
        _behaviour.Save(writer);
    }

    public void Load(ref StateReader reader)
    {
        _scope.Alerts.Load(ref reader);
        _behaviour.Load(ref reader);
    }

    /// <summary>Reads past what one saved that is wanted no more.</summary>
    public static void Skip(ref StateReader reader, TenantScope tenant, RateDetector rates) =>
        new ShadowDetector(new TenantScope(tenant.Tenant, tenant.Options with { Model = null, Shadow = null }, tenant.Lateness), tenant, rates).Load(ref reader);

    /// <summary>Begins with what the first model's detector knows of everybody: means go on, tails begin anew, as when the model itself is changed.</summary>
    public void Follow(BehaviourDetector first)
    {
        var writer = new StateWriter();
        first.Save(writer);
        var reader = new StateReader(writer.Written);
        _behaviour.Load(ref reader);
    }
}
