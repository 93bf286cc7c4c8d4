using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Chain;
using AnomalyDetect.Storage.Database;
using AnomalyDetect.Storage.Decisions;
using AnomalyDetect.Storage.Deliveries;

namespace AnomalyDetect.Storage.Guards;

/// <summary>The kill switch, of all enforcement and of single tenants': a row each, from which everything else follows.</summary>
internal sealed class HaltSwitch(SqliteDatabase database, IDeliveryRouter router, SqliteOutbox outbox, TimeProvider time)
{
    private DateTime Now => time.GetUtcNow().UtcDateTime;

    public bool Halt(string actor, string reason, string? tenantId)
    {
        var halted = database.Write(session =>
        {
            var now = Now;
            var added = tenantId is null
                ? session["INSERT INTO halt (id, since, actor, reason) VALUES (1, $1, $2, $3) ON CONFLICT DO NOTHING"].Run(Columns.Ticks(now), actor, reason)
                : session["INSERT INTO tenant_halt (since, actor, reason, tenant_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"].Run(Columns.Ticks(now), actor, reason, tenantId);
            if (added == 0) return false;
            new LedgerWriter(session, now).Append(new OperatorCall(actor, "enforcement_halt", SubjectOf(tenantId), reason));
            return true;
        });
        outbox.RaiseChanged();
        return halted;
    }

    public bool Resume(string actor, string reason, string? tenantId)
    {
        // What was in force before the halt must not come back with it.
        while (Withdraw(1000) > 0)
        {
        }

        return database.Write(session =>
        {
            var removed = tenantId is null ? session["DELETE FROM halt"].Run() : session["DELETE FROM tenant_halt WHERE tenant_id = $1"].Run(tenantId);
            if (removed == 0) return false;
            new LedgerWriter(session, Now).Append(new OperatorCall(actor, "enforcement_resume", SubjectOf(tenantId), reason));
            return true;
        });
    }

    public int Withdraw(int most)
    {
        // Asked every second, and there is seldom anything to write.
        if (database.Read(session => Standing(session, 1)).Count == 0) return 0;
        var withdrawn = database.Write(session =>
        {
            var standing = Standing(session, most);
            var withdrawal = new Withdrawal(session, new LedgerWriter(session, Now), router);
            foreach (var (halt, entry) in standing) withdrawal.End(entry, halt.Actor, halt.Why);
            return standing.Count;
        });
        if (withdrawn > 0) outbox.RaiseChanged();
        return withdrawn;
    }

    /// <summary>What is in force or waits where enforcement is halted. Each in the order of an index of its own, so that a batch does not walk over those before it, or over other tenants'.</summary>
    private static List<(Halt Halt, DecisionEntry Entry)> Standing(SqliteSession session, int most)
    {
        const string select = $"SELECT {DecisionRows.Selected} FROM {DecisionRows.Joined}";
        var standing = new List<(Halt, DecisionEntry)>();
        if (GuardRows.Halted(session) is { } all)
        {
            Add(all, $"{select} WHERE state = 0 ORDER BY feed_sequence LIMIT $1");
            Add(all, $"{select} WHERE state = 4 ORDER BY waits_until, entry LIMIT $1");
            return standing;
        }

        foreach (var halt in GuardRows.HaltedTenants(session))
        {
            Add(halt, $"{select} WHERE state = 0 AND tenant_id = $2 LIMIT $1");
            Add(halt, $"{select} WHERE state = 4 AND tenant_id = $2 LIMIT $1");
        }

        return standing;

        void Add(Halt halt, string sql)
        {
            var left = most - standing.Count;
            if (left > 0) standing.AddRange((halt.TenantId is { } tenant ? session[sql].List(DecisionRows.Map, left, tenant) : session[sql].List(DecisionRows.Map, left)).Select(e => (halt, e)));
        }
    }

    private static string SubjectOf(string? tenantId) => tenantId is null ? "enforcement" : $"enforcement of {tenantId}";
}
