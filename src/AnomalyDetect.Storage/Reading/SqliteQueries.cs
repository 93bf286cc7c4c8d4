using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Database;

namespace AnomalyDetect.Storage.Reading;

internal sealed class SqliteQueries(SqliteDatabase database) : IQueries
{
    private const string Latest = "SELECT r.json, a.tenant_id FROM alert a JOIN alert_revision r ON r.entry = a.entry";

    public IReadOnlyList<ReadOnlyMemory<byte>> Alerts(string? tenantId, DateTime? since, AlertState? state, int most) => database.Read(session =>
    {
        var where = "a.detected_at >= $1";
        var values = new List<object> { since is { } s ? Columns.Ticks(s) : long.MinValue, Math.Max(0, most) };
        void Only(string column, object value)
        {
            values.Add(value);
            where += $" AND {column} = ${values.Count}";
        }

        if (tenantId is not null) Only("a.tenant_id", tenantId);
        if (state is { } only) Only("a.state", (long)only);
        return session[$"{Latest} WHERE {where} ORDER BY a.detected_at DESC, a.id DESC LIMIT $2"].List(row => (ReadOnlyMemory<byte>)row.Bytes(0), [.. values]);
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
