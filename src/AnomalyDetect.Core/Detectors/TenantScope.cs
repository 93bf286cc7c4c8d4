using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;

namespace AnomalyDetect.Core.Detectors;

/// <summary>What the detectors of one tenant share: its options, its alerts and the event being judged's place in time.</summary>
internal sealed class TenantScope(Symbol tenant, EngineOptions options, long lateness)
{
    public Symbol Tenant { get; } = tenant;

    public EngineOptions Options { get; } = options;

    public SignalOptions Signals { get; } = options.Detection.SignalsOf(tenant.Text);

    public AlertBook Alerts { get; } = new(tenant.Text, options);

    public long Lateness { get; } = lateness;

    /// <summary>Event time (ticks) of the tenant's first event.</summary>
    public long FirstSeen { get; set; }

    /// <summary>Everything before it is closed (ticks).</summary>
    public long Watermark { get; set; }
}
