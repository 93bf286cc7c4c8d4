namespace AnomalyDetect.Core.Tables;

/// <summary>
/// The memory that all tables of a lane may take together. Half of it is set aside: each tenant that may come has its guaranteed part of that, and each of its
/// tables a share (<see cref="TableShare"/>), which no flood elsewhere can take. The other half is a pool: a table may grow by it while what it and its tenant hold
/// of the pool together is no more than what is left (the dynamic threshold of Choudhury &amp; Hahne, IEEE/ACM Transactions on Networking 6 (2), 1998): so one table has at most a third of it,
/// and whoever comes later still finds room.
/// </summary>
/// <remarks>
/// What is decided must not depend on where batches are cut. So the pool gives only while an event is worked on, in the lane's order of events, and what a tenant gives back
/// is there for others when it asks for more itself, or at the next settlement (<see cref="TenantMemory.Settle"/>), never in between.
/// </remarks>
/// <param name="guaranteed">Of each tenant.</param>
/// <param name="pool">For all of them.</param>
/// <param name="shares">Of the guaranteed bytes, by <see cref="TablePart"/>.</param>
internal sealed class TableBudget(long guaranteed, long pool, IReadOnlyList<long> shares)
{
    private (string Tenant, TablePart Part)? _refused;

    public long Guaranteed => guaranteed;

    public long Pool => pool;

    /// <summary>Of the pool, by what is settled. Above <see cref="Pool"/> only where that was made smaller under what is held already.</summary>
    public long Used { get; private set; }

    /// <summary>How often something did not get what it asked for.</summary>
    public long Refusals { get; set; }

    public long ShareOf(TablePart part) => shares[(int)part];

    /// <summary>Gives to one table, or says no.</summary>
    /// <param name="bytes">More, of the pool.</param>
    /// <param name="held">What the table and its tenant hold of the pool, summed up.</param>
    public bool Give(string tenant, TablePart part, long bytes, long held)
    {
        if (held + (2 * bytes) <= pool - Used - bytes)
        {
            Used += bytes;
            return true;
        }

        Refusals++;
        _refused ??= (tenant, part);
        return false;
    }

    /// <param name="change">In what a tenant holds of the pool.</param>
    public void Settle(long change) => Used += change;

    /// <summary>Who was refused first since this was last asked.</summary>
    public (string Tenant, TablePart Part)? TakeRefused()
    {
        var refused = _refused;
        _refused = null;
        return refused;
    }
}
