namespace AnomalyDetect.Core.Tables;

/// <summary>A tenant's part of a lane's memory.</summary>
/// <param name="budget">Null: there is no limit.</param>
internal sealed class TenantMemory(string tenant, TableBudget? budget = null)
{
    private readonly TableShare?[] _shares = new TableShare?[TableParts.Count];
    private long _over;

    /// <summary>An event is being worked on: only then the pool gives. What windows that close need beyond their own share waits until the tenant's next event.</summary>
    public bool MayAsk { private get; set; }

    /// <summary>Of the pool, as others see it: never less than what it holds.</summary>
    public long Settled { get; private set; }

    /// <summary>What its tables hold.</summary>
    public long Held => _shares.Sum(s => s?.Held ?? 0);

    public IEnumerable<(TablePart Part, TableShare Share)> Shares => _shares.Index().Where(s => s.Item is not null).Select(s => ((TablePart)s.Index, s.Item!));

    /// <summary>The same for every table of one part.</summary>
    public TableShare Of(TablePart part) => _shares[(int)part] ??= new TableShare(this, part, budget?.ShareOf(part) ?? long.MaxValue);

    /// <param name="more">Bytes of the pool.</param>
    /// <param name="held">What the part holds of it already.</param>
    public bool Ask(TablePart part, long more, long held)
    {
        if (!MayAsk) return false;
        Settle();
        if (!budget!.Give(tenant, part, more, held + _over)) return false;
        (_over, Settled) = (_over + more, Settled + more);
        return true;
    }

    public void Changed(long over) => _over += over;

    /// <summary>What was given back meanwhile is there for others. At moments that the order of events alone decides.</summary>
    public void Settle()
    {
        if (Settled == _over) return;
        budget?.Settle(_over - Settled);
        Settled = _over;
    }

    /// <summary>The tenant goes, and all that it held with it.</summary>
    public void Leave()
    {
        budget?.Settle(-Settled);
        Settled = 0;
    }

    /// <summary>After its tables were read from a checkpoint.</summary>
    /// <param name="settled">As it was when that was written; null where the budget was another one.</param>
    public void Restore(long? settled)
    {
        Settled = Math.Max(_over, settled ?? 0);
        budget?.Settle(Settled);
    }
}
