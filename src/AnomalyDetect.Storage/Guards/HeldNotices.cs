using AnomalyDetect.Core.Guards;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Chain;
using AnomalyDetect.Storage.Database;
using AnomalyDetect.Storage.Deliveries;

namespace AnomalyDetect.Storage.Guards;

/// <summary>Messages that a decision waits for a person, within a transaction of whoever calls. Each is made once, and not sent any more once nobody is asked.</summary>
internal static class HeldNotices
{
    /// <summary>So many decisions of a tenant that wait at a time are told each by itself, then whenever there are twice as many: a storm is a handful of messages.</summary>
    internal const int ToldSingly = 10;

    private const int MostCounted = 1024;

    internal static void Add(SqliteSession session, LedgerWriter ledger, IDeliveryRouter router, ApprovalOptions options, HeldDecision held)
    {
        if (options.Approvers.Count == 0) return;
        var waiting = (int)session["SELECT count(*) FROM (SELECT 1 FROM decision WHERE state = 4 AND tenant_id = $1 LIMIT $2)"].Number(held.Decision.TenantId, MostCounted + 1)!;
        if (waiting > ToldSingly && (waiting > MostCounted || !int.IsPow2(waiting))) return;
        foreach (var request in router.RouteHeld(held, options.Approvers, waiting))
        {
            if (DeliveryRows.Add(session, [request], ledger.RecordedAt) > 0)
                session["INSERT INTO held_notice (decision, delivery) SELECT $1, sequence FROM delivery WHERE id = $2"].Run(held.Decision.Id, request.Id);
        }
    }

    /// <summary>Somebody has answered, or it is too late to.</summary>
    internal static void CallOff(SqliteSession session, LedgerWriter ledger, string decisionId)
    {
        var told = session["SELECT delivery FROM held_notice WHERE decision = $1"].List(row => row.GetInt64(0), decisionId);
        if (told.Count == 0) return;
        session["DELETE FROM held_notice WHERE decision = $1"].Run(decisionId);
        foreach (var sequence in told)
        {
            if (DeliveryRows.Find(session, sequence) is { State: DeliveryState.Pending } unsent)
                DeliveryRows.Settle(session, ledger, unsent, DeliveryState.Expired, unsent.Attempts, "cancelled", "cancelled: the decision waits no more");
        }
    }
}
