using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Chain;
using AnomalyDetect.Storage.Database;
using Microsoft.Data.Sqlite;

namespace AnomalyDetect.Storage.Reading;

internal sealed class SqliteQueries(SqliteDatabase database) : IQueries
{
    private const string Latest = """
        SELECT a.tenant_id, r.json, v.payload, a.detected_at, a.id, m.payload, k.payload FROM alert a JOIN alert_revision r ON r.entry = a.entry
        LEFT JOIN ledger v ON v.sequence = a.verdict_entry LEFT JOIN ledger m ON m.sequence = a.resolved_entry AND a.resolved_revision = a.revision
        LEFT JOIN ledger k ON k.sequence = a.acknowledged_entry
        """;

    /// <summary>Conditions an index serves stand in the text where they are asked for; the others always, so that the texts are few.</summary>
    public IReadOnlyList<StoredAlert> Alerts(AlertQuery query) => database.Read(session =>
    {
        var where = """
            a.detected_at >= $1 AND a.detected_at < $2 AND ($3 IS NULL OR (a.detected_at, a.id) < ($3, $4)) AND ($6 IS NULL OR a.signal = $6)
            AND a.severity >= $7 AND ($8 IS NULL OR a.entity_kind = $8) AND ($9 IS NULL OR instr(a.entity, $9) > 0)
            """;
        var values = new List<object?>
        {
            query.Since is { } since ? Columns.Ticks(since) : long.MinValue, Math.Min(Before(query.Until?.AddTicks(1)), Before(query.After?.DetectedAt.AddTicks(1))),
            Columns.Ticks(query.After?.DetectedAt), query.After?.Id, Math.Max(0, query.Most), Word(query.Signal), (long)(query.MinimumSeverity ?? 0), Word(query.EntityKind), query.Text,
        };
        void Only(string condition, object value)
        {
            values.Add(value);
            where += $" AND {condition.Replace("$", $"${values.Count}", StringComparison.Ordinal)}";
        }

        if (query.TenantId is { } tenant) Only("a.tenant_id = $", tenant);
        if (query.Tenants.Count > 0) Only("a.tenant_id IN (SELECT value FROM json_each($))", JsonSerializer.Serialize(query.Tenants, StorageJson.Default.IReadOnlyListString));
        if (query.Entity is { } entity) Only("a.entity = $", entity);
        if (query.Verdict is { } verdict) Only("a.verdict = $", (long)verdict);
        if (query.Unjudged) where += " AND a.verdict IS NULL";
        where += query.State switch
        {
            AlertState.Open => " AND a.state = 0 AND a.resolved_revision IS NOT a.revision",
            AlertState.Resolved => " AND (a.state = 1 OR a.resolved_revision = a.revision)",
            _ => "",
        };
        return session[$"{Latest} WHERE {where} ORDER BY a.detected_at DESC, a.id DESC LIMIT $5"].List(Map, [.. values]);
    });

    private static long Before(DateTime? time) => time is { } t ? Columns.Ticks(t) : long.MaxValue;

    private static string? Word<T>(T? value) where T : struct, Enum => value is { } v ? Names.Of(v) : null;

    public StoredAlert? Alert(string id) => database.Read(session => session[$"{Latest} WHERE a.id = $1"].First(Map, id));

    public (long Total, IReadOnlyList<StoredRejection> Rows) Rejections(int most) => database.Read<(long, IReadOnlyList<StoredRejection>)>(session => (
        session["SELECT value FROM counter WHERE name = 'rejections'"].Number() ?? 0,
        session["SELECT lane, partition, position, item, reason, detail, sample FROM rejection ORDER BY sequence DESC LIMIT $1"].List(
            row => new StoredRejection(
                row.GetString(0), row.GetInt32(1), row.GetInt64(2), row.GetInt32(3), row.GetString(4), row.GetString(5), row.Bytes(6)),
            Math.Max(0, most))));

    public IReadOnlyList<StoredClockFault> ClockFaults(IReadOnlyList<string> tenants, long? after, int most) => database.Read(session => session["""
        SELECT sequence, tenant_id, kind, first_seen, last_seen, hours, events, worst, event_id FROM clock_fault
        WHERE sequence < $1 AND ($2 IS NULL OR tenant_id IN (SELECT value FROM json_each($2))) ORDER BY sequence DESC LIMIT $3
        """].List(
        row => new StoredClockFault(
            row.GetInt64(0), row.GetString(1), (ClockFaultKind)row.GetByte(2), row.Time(3), row.Time(4), row.GetInt64(5), row.GetInt64(6), new TimeSpan(row.GetInt64(7)), row.GetString(8)),
        after ?? long.MaxValue, tenants.Count == 0 ? null : JsonSerializer.Serialize(tenants, StorageJson.Default.IReadOnlyListString), Math.Max(0, most)));

    public (long Alerts, long Decisions, long Delivered) Totals() => database.Read(session => (
        session["SELECT count(*) FROM alert"].Number() ?? 0,
        session["SELECT count(*) FROM decision"].Number() ?? 0,
        session["SELECT count(*) FROM delivery WHERE state = 1"].Number() ?? 0));

    private static StoredAlert Map(SqliteDataReader row) => new(row.GetString(0), row.Bytes(1), Payload(row, 2), Payload(row, 6))
    {
        Cursor = new AlertCursor(row.Time(3), row.GetString(4)), Resolution = Payload(row, 5),
    };

    private static ReadOnlyMemory<byte>? Payload(SqliteDataReader row, int column) => row.BytesOrNull(column) is { } payload ? payload : default(ReadOnlyMemory<byte>?);
}
