using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Chain;
using AnomalyDetect.Storage.Database;
using AnomalyDetect.Storage.Work;

namespace AnomalyDetect.Storage.Verdicts;

internal sealed class SqliteVerdictStore(SqliteDatabase database, TimeProvider time) : IVerdictStore
{
    public AlertVerdict? Give(string alertId, Verdict verdict, string actor, string reason) => database.Write(session =>
    {
        var given = session["SELECT revision, tenant_id FROM alert WHERE id = $1"].First(
            row => new AlertVerdict(alertId, row.GetInt32(0), row.GetString(1), verdict, reason, actor, time.GetUtcNow().UtcDateTime), alertId);
        if (given is null) return null;
        var entry = new LedgerWriter(session, given.At).Append(given);
        session["INSERT INTO verdict (entry, alert_id, verdict) VALUES ($1, $2, $3)"].Run(entry, alertId, (long)verdict);
        session["UPDATE alert SET verdict = $2, verdict_entry = $3 WHERE id = $1"].Run(alertId, (long)verdict, entry);
        EscalationRows.CallOff(session, alertId); // whoever judges it has seen it
        return given;
    });

    public IReadOnlyList<ReadOnlyMemory<byte>> Of(string alertId) => database.Read(session =>
        session["SELECT l.payload FROM verdict v JOIN ledger l ON l.sequence = v.entry WHERE v.alert_id = $1 ORDER BY v.entry"]
            .List(row => (ReadOnlyMemory<byte>)row.Bytes(0), alertId));
}
