using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Chain;
using AnomalyDetect.Storage.Database;
using Microsoft.Data.Sqlite;

namespace AnomalyDetect.Storage.Deliveries;

/// <summary>Rows of the outbox, within a transaction of whoever calls.</summary>
internal static class DeliveryRows
{
    internal const string Selected =
        "sequence, id, target, kind, subject_id, tenant_id, body, not_after, state, attempts, due_at, result, handed_out";

    private const string Insert =
        """
        INSERT INTO delivery (id, target, kind, subject_id, tenant_id, body, not_after, state, attempts, due_at, handed_out, result)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, $8, $9, NULL) ON CONFLICT (id) DO NOTHING
        """;

    internal static Delivery Map(SqliteDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2), (DeliveryKind)row.GetInt64(3), row.GetString(4), row.GetString(5), row.Bytes(6),
        row.TimeOrNull(7), (DeliveryState)row.GetInt64(8), row.GetInt32(9), row.Time(10), row.TextOrNull(11));

    /// <summary>Returns how many were added; one that is there already is left as it is.</summary>
    /// <param name="expectant">An enforcement for one of these may be sent as soon as it is committed. Of no matter to anything else.</param>
    internal static int Add(SqliteSession session, IEnumerable<DeliveryRequest> requests, DateTime dueAt, ExpectantTargets? expectant = null) => requests.Sum(r => session[Insert].Run(
        r.Id, r.Target, (long)r.Kind, r.SubjectId, r.TenantId, Columns.Array(r.Body), Columns.Ticks(r.NotAfter), Columns.Ticks(dueAt),
        r.Kind == DeliveryKind.Enforce && expectant?.Has(r.Target) == true ? 1L : 0L));

    internal static Delivery? Find(SqliteSession session, long sequence) =>
        session[$"SELECT {Selected} FROM delivery WHERE sequence = $1"].First(Map, sequence);

    /// <summary>Ends a pending delivery, with its ledger entry; of a decision's with the steps that come of it.</summary>
    /// <param name="outcome">The word the ledger has for it.</param>
    /// <param name="verified">What the enforcer was seen to hold afterwards.</param>
    internal static void Settle(
        SqliteSession session, LedgerWriter ledger, Delivery delivery, DeliveryState state, int attempts, string outcome, string? result, string? verified = null)
    {
        session["UPDATE delivery SET state = $2, attempts = $3, result = $4 WHERE sequence = $1"].Run(delivery.Sequence, (long)state, attempts, result);
        Record(session, ledger, Outcome(delivery, attempts, outcome, result, actor: null), delivery.Kind);
        if (state != DeliveryState.Delivered || delivery.Kind == DeliveryKind.Notify) return;
        var prefix = delivery.Kind == DeliveryKind.Undo ? "undo_" : "";
        ledger.Append(new StepTaken(delivery.SubjectId, $"{prefix}acknowledged", null, result, delivery.Target));
        if (verified is not null) ledger.Append(new StepTaken(delivery.SubjectId, $"{prefix}verified", null, verified, delivery.Target));
    }

    internal static void Record(SqliteSession session, LedgerWriter ledger, DeliveryOutcome outcome, DeliveryKind kind)
    {
        var entry = ledger.Append(outcome);
        if (kind != DeliveryKind.Notify) ledger.IsStep(outcome.SubjectId, entry);
    }

    internal static DeliveryOutcome Outcome(Delivery d, int attempts, string outcome, string? result, string? actor) =>
        new(d.Id, d.Target, Names.Of(d.Kind), d.SubjectId, d.TenantId, outcome, attempts, result, actor);
}
