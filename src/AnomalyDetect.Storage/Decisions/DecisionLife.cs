using System.Text.Json;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Chain;
using AnomalyDetect.Storage.Database;
using Microsoft.Data.Sqlite;

namespace AnomalyDetect.Storage.Decisions;

/// <summary>The ledger's entries about one decision, as steps.</summary>
internal static class DecisionLife
{
    /// <summary>What a person asked for has a step that says so; the decision's own entry is the playbook's word.</summary>
    private const string Entries = """
        SELECT l.recorded_at, l.kind, l.payload FROM ledger l WHERE l.sequence IN (
            SELECT entry FROM decision WHERE id = $1 AND requested_by IS NULL UNION ALL SELECT end_entry FROM decision WHERE id = $1 AND end_entry IS NOT NULL
            UNION ALL SELECT ledger_entry FROM decision_enforcement WHERE decision = $1 AND ledger_entry IS NOT NULL
            UNION ALL SELECT entry FROM decision_step WHERE decision = $1)
        ORDER BY l.sequence
        """;

    internal static List<DecisionStep> Read(SqliteSession session, string id) => session[Entries].List(Map, id);

    private static DecisionStep Map(SqliteDataReader row)
    {
        var at = row.Time(0);
        var payload = row.BytesOrNull(2);
        switch (row.GetString(1))
        {
            case LedgerKinds.DecisionStep:
                var step = JsonSerializer.Deserialize(payload, StorageJson.Default.StepTaken)!;
                return new DecisionStep(at, step.Step, step.Actor, step.Reason, step.Target);
            case LedgerKinds.DecisionEnd:
                var end = JsonSerializer.Deserialize(payload, StorageJson.Default.DecisionEnd)!;
                return new DecisionStep(at, end.Outcome, end.Actor, end.Reason, null);
            case LedgerKinds.Enforcement:
                return new DecisionStep(at, "enforced", JsonSerializer.Deserialize(payload, StorageJson.Default.FirstEnforcement)!.Actor, null, null);
            case LedgerKinds.Delivery:
                var delivery = JsonSerializer.Deserialize(payload, StorageJson.Default.DeliveryOutcome)!;
                var name = (delivery.Kind == "undo" ? "undo_" : "") + (delivery.Outcome is "delivered" or "replayed" ? delivery.Outcome : "not_delivered");
                return new DecisionStep(at, name, delivery.Actor, delivery.Result, delivery.Target);
            default:
                return new DecisionStep(at, "requested", "playbook", null, null);
        }
    }
}
