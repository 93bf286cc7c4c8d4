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
    private readonly MemoryPlan _plan;
    private readonly TenantState _tenant; // nothing is ever seen of it

    /// <param name="options">With the lateness in force: it says how many windows are open at once.</param>
    public MemoryEstimate(EngineOptions options)
    {
        _limits = options.Detection.Limits;
        _dedupe = new DedupeTable(options.Detection.DedupeHorizon, _limits.DedupeIds);
        _tenant = new TenantState(new TenantScope(Symbol.Create("any"), options, (options.Detection.AllowedLateness ?? Lane.DefaultLateness).Ticks));
        FullTenant = _tenant.SizesAt(TenantLoad.Full(_limits));
        _plan = MemoryPlan.Of(options, (options.Detection.AllowedLateness ?? Lane.DefaultLateness).Ticks);
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

    /// <summary>Every table of every tenant full, as far as <see cref="LimitOptions.MemoryBytes"/> lets them.</summary>
    public long WorstLaneBytes => Math.Min(UnboundLaneBytes, Math.Max(LimitBytes, _plan.LeastBytes));

    /// <summary><see cref="LimitOptions.MemoryBytes"/>, as it is in force.</summary>
    public long LimitBytes => _plan.Bytes;

    /// <summary>What the tables' own limits would allow together. It saturates.</summary>
    public long UnboundLaneBytes => (long)Int128.Min(long.MaxValue, EventIds.Bytes + ((Int128)_limits.Tenants * FullTenantBytes));

    /// <summary>What a tenant can have in any case.</summary>
    public long GuaranteedTenantBytes => _plan.Guaranteed;

    /// <summary>What <see cref="LimitOptions.MemoryBytes"/> has to be at least.</summary>
    public long LeastLaneBytes => _plan.LeastBytes;

    /// <summary>How many tenants so much memory of a lane has room for.</summary>
    public long TenantsIn(long bytes) => Math.Max(0, (bytes - _plan.EventIds) / 2 / _plan.LeastTenantBytes);

    /// <summary>For all tenants of a lane, beyond what is guaranteed.</summary>
    public long PoolBytes => _plan.Pool;

    /// <param name="load">Of each of the tenants.</param>
    /// <param name="eventsPerSecond">Of all of them together, spread evenly over the lanes.</param>
    public long BytesOf(int lanes, int tenants, TenantLoad load, double eventsPerSecond) =>
        (lanes * _dedupe.BytesAt((int)Math.Min(_limits.DedupeIds, eventsPerSecond * Horizon.TotalSeconds / lanes))) + (Math.Min(tenants, (long)_limits.Tenants * lanes) * Sum(_tenant.SizesAt(load)));

    private static long Sum(IEnumerable<StateSize> sizes) => sizes.Sum(s => s.Bytes);
}
