using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Storage.Chain;
using AnomalyDetect.Storage.Database;
using AnomalyDetect.Storage.Deliveries;

namespace AnomalyDetect.Storage.Work;

internal sealed class SqliteAlertWorkStore(SqliteDatabase database, IDeliveryRouter router, SqliteOutbox outbox, TimeProvider time) : IAlertWorkStore
{
    public AlertAcknowledgement? Acknowledge(string alertId, string actor, string? note) => database.Write(session =>
    {
        if (session["SELECT l.payload FROM alert a JOIN ledger l ON l.sequence = a.acknowledged_entry WHERE a.id = $1"]
            .First(row => JsonSerializer.Deserialize(row.Bytes(0), CoreJson.Default.AlertAcknowledgement)!, alertId) is { } earlier) return earlier;
        var given = session["SELECT revision, tenant_id FROM alert WHERE id = $1"].First(
            row => new AlertAcknowledgement(alertId, row.GetInt32(0), row.GetString(1), actor, note, time.GetUtcNow().UtcDateTime), alertId);
        if (given is null) return null;
        var entry = new LedgerWriter(session, given.At).Append(given);
        session["UPDATE alert SET acknowledged_entry = $2 WHERE id = $1"].Run(alertId, entry);
        EscalationRows.CallOff(session, alertId);
        return given;
    });

    public int Escalate(DateTime now, int most)
    {
        // Asked every second, and there is seldom anything to write.
        if (database.Read(session => session["SELECT 1 FROM escalation WHERE due_at <= $1 LIMIT 1"].Number(Columns.Ticks(now))) is null) return 0;
        var told = database.Write(session =>
        {
            var due = session["SELECT json FROM escalation WHERE due_at <= $1 ORDER BY due_at, alert_id, audience LIMIT $2"]
                .List(row => JsonSerializer.Deserialize(row.Bytes(0), CoreJson.Default.Notification)!, Columns.Ticks(now), Math.Max(0, most));
            var ledger = new LedgerWriter(session, time.GetUtcNow().UtcDateTime);
            foreach (var next in due) Tell(session, ledger, next);
            return due.Count;
        });
        if (told > 0) outbox.RaiseChanged();
        return told;
    }

    private void Tell(SqliteSession session, LedgerWriter ledger, Notification next)
    {
        var alert = session["SELECT r.json FROM alert a JOIN alert_revision r ON r.entry = a.entry WHERE a.id = $1"]
            .First(row => JsonSerializer.Deserialize(row.Bytes(0), CoreJson.Default.Alert)!, next.AlertId)!;
        var entry = ledger.Append(new Escalated(next.AlertId, Names.Of(next.Audience), next.Id));
        session["DELETE FROM escalation WHERE alert_id = $1 AND audience = $2"].Run(next.AlertId, (long)next.Audience);
        session["INSERT INTO escalated (alert_id, audience, entry) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"].Run(next.AlertId, (long)next.Audience, entry);
        DeliveryRows.Add(session, router.RouteEscalation(alert, next), ledger.RecordedAt);
    }
}
