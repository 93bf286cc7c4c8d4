using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Storage.Database;

namespace AnomalyDetect.Storage.Work;

/// <summary>Whom to tell when nobody acknowledges an alert in time, within a transaction of whoever calls.</summary>
internal static class EscalationRows
{
    /// <summary>Each contact of an alert waits and is told once, and none once somebody has acknowledged it or given a verdict. A resolution by hand calls off what waits; the alert growing again begins anew.</summary>
    internal static void Add(SqliteSession session, Notification next, DateTime now) => session["""
        INSERT INTO escalation (alert_id, audience, due_at, json)
        SELECT $1, $2, $3, $4 FROM alert WHERE id = $1 AND acknowledged_entry IS NULL AND verdict_entry IS NULL
        AND NOT EXISTS (SELECT 1 FROM escalated WHERE alert_id = $1 AND audience = $2)
        ON CONFLICT DO NOTHING
        """].Run(
        next.AlertId, (long)next.Audience, Columns.Ticks(now + next.UnlessAcknowledgedWithin!.Value), JsonSerializer.SerializeToUtf8Bytes(next, WrittenJson.Default.Notification));

    internal static void CallOff(SqliteSession session, string alertId) => session["DELETE FROM escalation WHERE alert_id = $1"].Run(alertId);
}
