using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Tracing;

namespace AnomalyDetect.Core.Detectors;

/// <summary>What the detectors of one tenant share: its options, its alerts and the event being judged's place in time.</summary>
/// <param name="trace">Follows an event or an alert; null where nobody asks.</param>
/// <param name="collectsFeatures">Closed windows' features are wanted in the outcome.</param>
internal sealed class TenantScope(Symbol tenant, EngineOptions options, long lateness, LaneTrace? trace = null, bool collectsFeatures = false, string? modelId = null)
{
    private readonly AddressRange[] _egress = [.. options.Detection.SignalsOf(tenant.Text).EgressRanges.Select(AddressRange.Parse)];

    public Symbol Tenant { get; } = tenant;

    public EngineOptions Options { get; } = options;

    public SignalOptions Signals { get; } = options.Detection.SignalsOf(tenant.Text);

    public AlertBook Alerts { get; } = new(tenant.Text, options, trace);

    public long Lateness { get; } = lateness;

    public LaneTrace? Trace => trace;

    public bool CollectsFeatures => collectsFeatures;

    /// <summary>Of the options' model; null without one.</summary>
    public string? ModelId => modelId;

    /// <summary>The trace, while the event it follows is being worked on.</summary>
    public LaneTrace? Current => trace is { IsCurrent: true } ? trace : null;

    /// <summary>A shared way out that many people are behind: it says nothing about where anyone is.</summary>
    public bool IsEgress(NetworkAddress address)
    {
        foreach (var range in _egress)
            if (range.Contains(address)) return true;
        return false;
    }

    /// <summary>Event time (ticks) of the tenant's first event.</summary>
    public long FirstSeen { get; set; }

    /// <summary>Everything before it is closed (ticks).</summary>
    public long Watermark { get; set; }
}
