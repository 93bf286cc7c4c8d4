using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Database;
using Microsoft.Data.Sqlite;

namespace AnomalyDetect.Storage.Reading;

internal sealed class SqliteQueries(SqliteDatabase database) : IQueries
{
    private const string Latest = """
        SELECT a.tenant_id, r.json, v.payload, k.payload FROM alert a JOIN alert_revision r ON r.entry = a.entry
        LEFT JOIN ledger v ON v.sequence = a.verdict_entry LEFT JOIN ledger k ON k.sequence = a.acknowledged_entry
        """;

    public IReadOnlyList<StoredAlert> Alerts(AlertQuery query) => database.Read(session =>
    {
        var where = "a.detected_at >= $1";
        var values = new List<object> { query.Since is { } since ? Columns.Ticks(since) : long.MinValue, Math.Max(0, query.Most) };
        void Only(string column, object value, string how = "=")
        {
            values.Add(value);
            where += $" AND {column} {how} ${values.Count}";
        }

        if (query.Until is { } until) Only("a.detected_at", Columns.Ticks(until), "<=");
        if (query.TenantId is { } tenant) Only("a.tenant_id", tenant);
        if (query.State is { } state) Only("a.state", (long)state);
        if (query.Verdict is { } verdict) Only("a.verdict", (long)verdict);
        if (query.Unjudged) where += " AND a.verdict IS NULL";
        return session[$"{Latest} WHERE {where} ORDER BY a.detected_at DESC, a.id DESC LIMIT $2"].List(Map, [.. values]);
    });

    public StoredAlert? Alert(string id) => database.Read(session => session[$"{Latest} WHERE a.id = $1"].First(Map, id));

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

    private static StoredAlert Map(SqliteDataReader row) => new(row.GetString(0), row.Bytes(1), Payload(row, 2), Payload(row, 3));

    private static ReadOnlyMemory<byte>? Payload(SqliteDataReader row, int column) => row.BytesOrNull(column) is { } payload ? payload : default(ReadOnlyMemory<byte>?);
}
