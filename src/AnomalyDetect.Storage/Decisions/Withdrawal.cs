using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Storage.Chain;
using AnomalyDetect.Storage.Database;
using AnomalyDetect.Storage.Deliveries;

namespace AnomalyDetect.Storage.Decisions;

/// <summary>Takes decisions back, within a transaction of whoever calls: of one in force a tombstone for the feed and the inverse for enforcers.</summary>
internal sealed class Withdrawal(SqliteSession session, LedgerWriter ledger, IDeliveryRouter router)
{
    /// <summary>Of one that waits: it is refused.</summary>
    internal void End(DecisionEntry entry, string actor, string reason)
    {
        if (entry.State == DecisionState.Active) Undo(entry.Decision, actor, reason);
        else DecisionRows.Refuse(session, ledger, entry.Decision.Id, actor, reason);
    }

    internal void Undo(Decision decision, string actor, string reason)
    {
        DecisionRows.End(session, ledger, decision.Id, DecisionState.Undone, "undone", actor, reason);
        DeliveryRows.Add(session, router.RouteUndo(decision), ledger.RecordedAt);
        CallOffUnsent(decision.Id);
    }

    /// <summary>An enforcement that was never handed out is not sent at all, and neither is its undo.</summary>
    private void CallOffUnsent(string decisionId)
    {
        var unsent = session[$"""
            SELECT {DeliveryRows.Selected} FROM delivery d WHERE d.subject_id = $1 AND d.kind IN (1, 2) AND d.kind <> 0 AND d.state = 0 AND EXISTS (
                SELECT 1 FROM delivery e WHERE e.subject_id = d.subject_id AND e.target = d.target AND e.kind = 1 AND e.kind <> 0
                AND e.state = 0 AND e.attempts = 0 AND e.handed_out = 0)
            ORDER BY d.sequence
            """].List(DeliveryRows.Map, decisionId);
        foreach (var delivery in unsent)
        {
            var result = delivery.Kind == DeliveryKind.Enforce ? "cancelled: undone before it was sent" : "not needed: the enforcement was never sent";
            DeliveryRows.Settle(session, ledger, delivery, DeliveryState.Expired, delivery.Attempts, "cancelled", result);
        }
    }
}
