using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Database;

namespace AnomalyDetect.Storage.Reading;

internal sealed class SqliteQueries(SqliteDatabase database) : IQueries
{
    private const string Latest = "SELECT r.json, a.tenant_id FROM alert a JOIN alert_revision r ON r.entry = a.entry";

    public IReadOnlyList<ReadOnlyMemory<byte>> Alerts(string? tenantId, DateTime? since, int most) => database.Read(session =>
    {
        var (from, limit) = (since is { } s ? Columns.Ticks(s) : long.MinValue, Math.Max(0, most));
        return tenantId is null
            ? session[$"{Latest} WHERE a.detected_at >= $1 ORDER BY a.detected_at DESC, a.id DESC LIMIT $2"]
                .List(row => (ReadOnlyMemory<byte>)row.Bytes(0), from, limit)
            : session[$"{Latest} WHERE a.detected_at >= $1 AND a.tenant_id = $3 ORDER BY a.detected_at DESC, a.id DESC LIMIT $2"]
                .List(row => (ReadOnlyMemory<byte>)row.Bytes(0), from, limit, tenantId);
    });

    public (string TenantId, ReadOnlyMemory<byte> Json)? Alert(string id) => database.Read<(string, ReadOnlyMemory<byte>)?>(session =>
    {
        using var rows = session[$"{Latest} WHERE a.id = $1"].Rows(id);
        return rows.Read() ? (rows.GetString(1), rows.Bytes(0)) : null;
    });

    public (long Total, IReadOnlyList<StoredRejection> Rows) Rejections(int most) => database.Read<(long, IReadOnlyList<StoredRejection>)>(session => (
        session["SELECT value FROM counter WHERE name = 'rejections'"].Number() ?? 0,
        session["SELECT lane, partition, position, item, reason, detail, sample FROM rejection ORDER BY sequence DESC LIMIT $1"].List(
            row => new StoredRejection(
                row.GetString(0), row.GetInt32(1), row.GetInt64(2), row.GetInt32(3), row.GetString(4), row.GetString(5), row.Bytes(6)),
            Math.Max(0, most))));

    public (long Alerts, long Decisions, long Delivered) Totals() => database.Read(session => (
        session["SELECT count(*) FROM alert"].Number() ?? 0,
        session["SELECT count(*) FROM decision"].Number() ?? 0,
        session["SELECT count(*) FROM delivery WHERE state = 1"].Number() ?? 0));
}
