using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Chain;
using AnomalyDetect.Storage.Database;
using AnomalyDetect.Storage.Deliveries;

namespace AnomalyDetect.Storage.Decisions;

internal sealed class SqliteDecisionStore(SqliteDatabase database, IDeliveryRouter router, SqliteOutbox outbox, TimeProvider time) : IDecisionStore
{
    public IReadOnlyList<DecisionEntry> Feed(long afterSequence, string? tenantId, int most, bool simulated = false) => database.Read(session =>
        FeedQueries.Read(session, afterSequence, tenantId, most, simulated, time.GetUtcNow().UtcDateTime));

    public long FeedHead => database.Read(DecisionRows.FeedHead);

    public DecisionEntry? Find(string id) => database.Read(session => DecisionRows.Find(session, id));

    public IReadOnlyList<DecisionEntry> Active(DateTime now) => database.Read(session =>
        session[$"SELECT {DecisionRows.Selected} FROM {DecisionRows.Joined} WHERE state = 0 AND expires_at > $1 ORDER BY feed_sequence"].List(DecisionRows.Map, Columns.Ticks(now)));

    public int Expire(DateTime now, int most)
    {
        var expired = database.Write(session =>
        {
            var ids = session["SELECT id FROM decision WHERE state = 0 AND expires_at <= $1 ORDER BY expires_at, entry LIMIT $2"]
                .List(row => row.GetString(0), Columns.Ticks(now), Math.Max(0, most));
            var ledger = new LedgerWriter(session, time.GetUtcNow().UtcDateTime);
            foreach (var id in ids) DecisionRows.End(session, ledger, id, DecisionState.Expired, "expired", actor: null, reason: null);
            return ids.Count;
        });
        if (expired > 0) outbox.RaiseChanged();
        return expired;
    }

    public bool Undo(string id, string actor, string reason)
    {
        var undone = database.Write(session =>
        {
            if (DecisionRows.Find(session, id) is not { State: DecisionState.Active } entry) return false;
            var ledger = new LedgerWriter(session, time.GetUtcNow().UtcDateTime);
            DecisionRows.End(session, ledger, id, DecisionState.Undone, "undone", actor, reason);
            DeliveryRows.Add(session, router.RouteUndo(entry.Decision), ledger.RecordedAt);
            CallOffUnsent(session, ledger, id);
            return true;
        });
        if (undone) outbox.RaiseChanged();
        return undone;
    }

    public EnforcementReceipt Report(EnforcementBatch batch, IReadOnlyList<string> tenants) => database.Write(session =>
    {
        var ledger = new LedgerWriter(session, time.GetUtcNow().UtcDateTime);
        if (!EnforcementRows.Take(session, batch.Reporter, batch.Number, ledger.RecordedAt)) return new EnforcementReceipt(0, 0, Repeated: true);
        var recorded = batch.Enforcements.Count(e => EnforcementRows.Add(session, ledger, e, batch.Actor, tenants));
        return new EnforcementReceipt(recorded, batch.Enforcements.Count - recorded, Repeated: false);
    });

    /// <summary>An enforcement that was never handed out is not sent at all, and neither is its undo.</summary>
    private static void CallOffUnsent(SqliteSession session, LedgerWriter ledger, string decisionId)
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
