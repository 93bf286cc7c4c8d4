using AnomalyDetect.Core.Detectors;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Tables;

namespace AnomalyDetect.Core.Lanes;

/// <summary>
/// What the state of lanes may come to under options, before a run: by the sizes that <see cref="LaneStatistics.StateBytes"/> goes by while it runs. It is of the
/// tables as they grow, by doubling; garbage, and the copy that is made while a checkpoint is written, come on top.
/// </summary>
public sealed class MemoryEstimate
{
    private readonly LimitOptions _limits;
    private readonly DedupeTable _dedupe;
    private readonly TenantState _tenant; // nothing is ever seen of it

    /// <param name="options">With the lateness in force: it says how many windows are open at once.</param>
    public MemoryEstimate(EngineOptions options)
    {
        _limits = options.Detection.Limits;
        _dedupe = new DedupeTable(options.Detection.DedupeHorizon, _limits.DedupeIds);
        _tenant = new TenantState(new TenantScope(Symbol.Create("any"), options, (options.Detection.AllowedLateness ?? Lane.DefaultLateness).Ticks));
        FullTenant = _tenant.SizesAt(TenantLoad.Full(_limits));
        Horizon = options.Detection.DedupeHorizon;
    }

    /// <summary>Event ids are remembered at least so long.</summary>
    public TimeSpan Horizon { get; }

    /// <summary>A tenant of whom hardly anything was seen.</summary>
    public long LeastTenantBytes => _tenant.Bytes;

    /// <summary>A tenant with every table full.</summary>
    public IReadOnlyList<StateSize> FullTenant { get; }

    public long FullTenantBytes => Sum(FullTenant);

    /// <summary>The event ids of one lane, at most.</summary>
    public StateSize EventIds => new("event ids", "dedupe_ids", _limits.DedupeIds, _dedupe.BytesAt(_limits.DedupeIds));

    /// <summary>Every table of every tenant full.</summary>
    public long WorstLaneBytes => EventIds.Bytes + (_limits.Tenants * FullTenantBytes);

    /// <param name="load">Of each of the tenants.</param>
    /// <param name="eventsPerSecond">Of all of them together, spread evenly over the lanes.</param>
    public long BytesOf(int lanes, int tenants, TenantLoad load, double eventsPerSecond) =>
        (lanes * _dedupe.BytesAt((int)Math.Min(_limits.DedupeIds, eventsPerSecond * Horizon.TotalSeconds / lanes))) + (Math.Min(tenants, (long)_limits.Tenants * lanes) * Sum(_tenant.SizesAt(load)));

    private static long Sum(IEnumerable<StateSize> sizes) => sizes.Sum(s => s.Bytes);
}
