using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Database;
using AnomalyDetect.Storage.Decisions;
using AnomalyDetect.Storage.Deliveries;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Storage.Cases;

internal sealed partial class SqliteAlertLog(SqliteDatabase database, ILogger logger) : IAlertLog
{
    /// <summary>In the words of the index.</summary>
    private const string OfAlert = "json_valid(CAST(json AS TEXT)) AND json_extract(CAST(json AS TEXT), '$.alert_id') = $1";

    public event Action? Changed;

    public long Head => database.Read(session => session["SELECT max((SELECT ifnull(max(entry), 0) FROM alert_revision), (SELECT ifnull(max(entry), 0) FROM manual_resolution))"].Number() ?? 0);

    public IReadOnlyList<AlertLogEntry> Read(long after, int most) => database.Read(session => session["""
        SELECT r.entry, a.tenant_id, 0, r.json FROM alert_revision r JOIN alert a ON a.id = r.alert_id WHERE r.entry > $1
        UNION ALL
        SELECT m.entry, a.tenant_id, 1, l.payload FROM manual_resolution m JOIN alert a ON a.id = m.alert_id JOIN ledger l ON l.sequence = m.entry WHERE m.entry > $1
        ORDER BY 1 LIMIT $2
        """].List(row => new AlertLogEntry(row.GetInt64(0), row.GetString(1), (AlertLogKind)row.GetInt64(2), row.Bytes(3)), after, Math.Max(0, most)));

    public IReadOnlyList<AlertStep> Timeline(string alertId, int most) => database.Read(session =>
    {
        var exception = ExceptedEntity.Of(session, alertId)?.ExceptionId;
        var steps = session[$"""
            WITH step (entry) AS (
                SELECT entry FROM alert_revision WHERE alert_id = $1
                UNION SELECT entry FROM verdict WHERE alert_id = $1
                UNION SELECT entry FROM manual_resolution WHERE alert_id = $1
                UNION SELECT acknowledged_entry FROM alert WHERE id = $1 AND acknowledged_entry IS NOT NULL
                UNION SELECT entry FROM escalated WHERE alert_id = $1
                UNION SELECT entry FROM alert_exception WHERE id = $2
                UNION SELECT entry FROM decision WHERE {OfAlert}
                UNION SELECT entry FROM decision_step WHERE decision IN (SELECT id FROM decision WHERE {OfAlert})
                UNION SELECT end_entry FROM decision WHERE {OfAlert} AND end_entry IS NOT NULL
                UNION SELECT ledger_entry FROM decision_enforcement WHERE ledger_entry IS NOT NULL AND decision IN (SELECT id FROM decision WHERE {OfAlert}))
            SELECT l.sequence, l.recorded_at, l.kind, l.subject, json_extract(CAST(l.payload AS TEXT), '$.actor'), json_extract(CAST(l.payload AS TEXT), '$.reason')
            FROM step s JOIN ledger l ON l.sequence = s.entry ORDER BY 1 DESC LIMIT $3
            """].List(
            row => new AlertStep(row.GetInt64(0), row.Time(1), row.GetString(2), row.GetString(3), row.TextOrNull(4), row.TextOrNull(5)), alertId, exception, Math.Max(0, most));
        steps.Reverse();
        return steps;
    });

    public IReadOnlyList<DecisionEntry> Decisions(string alertId, int most) => database.Read(session =>
        session[$"SELECT {DecisionRows.Selected} FROM {DecisionRows.Joined} WHERE {OfAlert} ORDER BY entry LIMIT $2"].List(DecisionRows.Map, alertId, Math.Max(0, most)));

    public IReadOnlyList<Delivery> Deliveries(string alertId, int most) => database.Read(session => session[$"""
        SELECT {DeliveryRows.Selected} FROM delivery WHERE sequence IN (
            SELECT sequence FROM delivery WHERE kind = 0 AND subject_id IN (SELECT alert_id || '_' || revision FROM alert_revision WHERE alert_id = $1)
            UNION SELECT sequence FROM delivery WHERE kind <> 0 AND subject_id IN (SELECT id FROM decision WHERE {OfAlert}))
        ORDER BY sequence LIMIT $2
        """].List(DeliveryRows.Map, alertId, Math.Max(0, most)));

    /// <summary>After a commit; a handler that throws harms nobody else.</summary>
    internal void RaiseChanged()
    {
        foreach (var handler in Delegate.EnumerateInvocationList(Changed))
        {
            try
            {
                handler();
            }
            catch (Exception e)
            {
                LogHandler(logger, e);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Somebody who follows the log of alerts failed")]
    private static partial void LogHandler(ILogger logger, Exception e);
}
