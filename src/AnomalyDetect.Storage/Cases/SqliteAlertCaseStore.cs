using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Chain;
using AnomalyDetect.Storage.Database;
using AnomalyDetect.Storage.Work;

namespace AnomalyDetect.Storage.Cases;

internal sealed class SqliteAlertCaseStore(SqliteDatabase database, SqliteAlertLog log, TimeProvider time) : IAlertCaseStore
{
    public ManualResolution? Resolve(string alertId, string actor, string reason)
    {
        var resolved = database.Write(session =>
        {
            var now = time.GetUtcNow().UtcDateTime;
            var resolution = session["SELECT revision, tenant_id FROM alert WHERE id = $1 AND state = 0 AND resolved_revision IS NOT revision"].First(
                row => new ManualResolution(alertId, row.GetInt32(0), row.GetString(1), reason, actor, now), alertId);
            if (resolution is null) return null;
            var entry = new LedgerWriter(session, now).Append(resolution);
            session["INSERT INTO manual_resolution (entry, alert_id, revision) VALUES ($1, $2, $3)"].Run(entry, alertId, resolution.Revision);
            session["UPDATE alert SET resolved_revision = $2, resolved_entry = $3 WHERE id = $1"].Run(alertId, resolution.Revision, entry);
            EscalationRows.CallOff(session, alertId); // until it grows again
            return resolution;
        });
        if (resolved is not null) log.RaiseChanged();
        return resolved;
    }

    public IReadOnlyList<ReadOnlyMemory<byte>> Resolutions(string alertId) => database.Read(session =>
        session["SELECT l.payload FROM manual_resolution r JOIN ledger l ON l.sequence = r.entry WHERE r.alert_id = $1 ORDER BY r.entry"]
            .List(row => (ReadOnlyMemory<byte>)row.Bytes(0), alertId));

    public GrantedException? Except(string alertId, DateTime until, string actor, string reason, int most = IAlertCaseStore.MostExceptions - 1) => database.Write(session =>
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (ExceptedEntity.Of(session, alertId) is not { } about) return null;
        var granted = new GrantedException(
            about.ExceptionId, about.TenantId, alertId, about.Signal, about.Entity.Kind, about.Entity.Id, new DateTime(Columns.Ticks(until), DateTimeKind.Utc), reason, actor, now);
        var others = session["SELECT count(*) FROM alert_exception WHERE ended_at IS NULL AND until > $1 AND id <> $2"].Number(now.Ticks, granted.Id);
        if (others > most) throw new InvalidOperationException("there are as many exceptions in force as there may be");
        var entry = new LedgerWriter(session, now).Append(granted);
        session["""
            INSERT INTO alert_exception (id, tenant_id, until, entry) VALUES ($1, $2, $3, $4)
            ON CONFLICT (id) DO UPDATE SET until = excluded.until, entry = excluded.entry, ended_at = NULL
            """].Run(granted.Id, granted.TenantId, granted.Until.Ticks, entry);
        return granted;
    });

    public bool EndException(string id, string actor, string reason) => database.Write(session =>
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (session["UPDATE alert_exception SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL AND until > $2"].Run(id, now.Ticks) == 0) return false;
        new LedgerWriter(session, now).Append(new OperatorCall(actor, "exception_end", id, reason));
        return true;
    });

    public IReadOnlyList<GrantedException> Exceptions(DateTime now) => database.Read(session =>
        session["""
            SELECT l.payload FROM alert_exception x JOIN ledger l ON l.sequence = x.entry WHERE x.ended_at IS NULL AND x.until > $1 ORDER BY x.id LIMIT $2
            """].List(row => JsonSerializer.Deserialize(row.Bytes(0), CoreJson.Default.GrantedException)!, Columns.Ticks(now), IAlertCaseStore.MostExceptions));
}
