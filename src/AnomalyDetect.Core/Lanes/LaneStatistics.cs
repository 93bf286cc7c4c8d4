namespace AnomalyDetect.Core.Lanes;

/// <summary>Sizes for metrics. Immutable once published.</summary>
public sealed class LaneStatistics
{
    public long Tenants { get; internal set; }

    /// <summary>From each tenant's first event to its newest, summed (event time).</summary>
    public TimeSpan TenantTime { get; internal set; }

    public long Principals { get; internal set; }

    public long Sessions { get; internal set; }

    public long Counters { get; internal set; }

    public long OpenAlerts { get; internal set; }

    public long DedupeIds { get; internal set; }

    public long Evictions { get; internal set; }

    /// <summary>What counts against <see cref="LimitOptions.MemoryBytes"/>: tables by what they could come to at the size they have.</summary>
    public long HeldBytes { get; internal set; }

    /// <summary>How often there was no memory for a table to grow.</summary>
    public long Refusals { get; internal set; }

    /// <summary>Estimate of the state's memory in bytes.</summary>
    public long StateBytes { get; internal set; }
}
