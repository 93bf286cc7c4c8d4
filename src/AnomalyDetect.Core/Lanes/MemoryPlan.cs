using AnomalyDetect.Core.Detectors;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Tables;

namespace AnomalyDetect.Core.Lanes;

/// <summary>
/// How <see cref="LimitOptions.MemoryBytes"/> is laid out: the event ids' tables at their largest; of the rest, half in equal guaranteed parts for as many tenants as there may be, and half as a
/// pool. It follows from the options alone, and so is the same on every machine.
/// </summary>
internal sealed class MemoryPlan
{
    private const long DefaultBytes = 2L << 30;
    private readonly long[] _shares = new long[TableParts.Count];

    private MemoryPlan(EngineOptions options, long lateness, bool collectsFeatures)
    {
        var limits = options.Detection.Limits;
        Tenants = limits.Tenants;
        EventIds = new DedupeTable(options.Detection.DedupeHorizon, limits.DedupeIds).BytesAt(limits.DedupeIds);
        var (least, each) = (new long[TableParts.Count], new long[TableParts.Count]);
        // Who has signals of its own may need more.
        foreach (var name in options.Detection.TenantSignals.Keys.Append(""))
        {
            var memory = new TenantMemory(name);
            var tenant = new TenantState(new TenantScope(Symbol.Create(name), options, lateness, collectsFeatures: collectsFeatures, memory: memory));
            tenant.OpenAll();
            FixedTenantBytes = Math.Max(FixedTenantBytes, tenant.OwnMostBytes);
            foreach (var (part, share) in memory.Shares)
                (least[(int)part], each[(int)part]) = (Math.Max(least[(int)part], share.Least), Math.Max(each[(int)part], share.Each));
        }

        LeastTenantBytes = FixedTenantBytes + least.Sum();
        Bytes = limits.MemoryBytes ?? Math.Max(DefaultBytes, LeastBytes);
        Guaranteed = Math.Max(LeastTenantBytes, (Bytes - EventIds) / 2 / Tenants);
        Pool = Math.Max(0, Bytes - EventIds - (Guaranteed * Tenants));
        var (rest, weights) = (Guaranteed - LeastTenantBytes, 0L);
        for (var i = 0; i < each.Length; i++) weights += each[i] * TableParts.ForSixteen((TablePart)i);
        for (var i = 0; i < each.Length; i++) _shares[i] = least[i] + (long)((Int128)rest * each[i] * TableParts.ForSixteen((TablePart)i) / weights);
    }

    public int Tenants { get; }

    /// <summary>In force.</summary>
    public long Bytes { get; }

    /// <summary>Of the lane, at most.</summary>
    public long EventIds { get; }

    /// <summary>What of a tenant does not grow with what is seen of it.</summary>
    public long FixedTenantBytes { get; }

    /// <summary>What a tenant holds from its first event on.</summary>
    public long LeastTenantBytes { get; }

    /// <summary>What a tenant can have in any case.</summary>
    public long Guaranteed { get; }

    /// <summary>For all of them.</summary>
    public long Pool { get; }

    /// <summary>The least memory that the options may allow.</summary>
    public long LeastBytes => EventIds + (2 * LeastTenantBytes * Tenants);

    public TableBudget NewBudget() => new(Guaranteed, Pool, _shares);

    /// <param name="lateness">In force, in ticks.</param>
    public static MemoryPlan Of(EngineOptions options, long lateness, bool collectsFeatures = false) => new(options, lateness, collectsFeatures);
}
