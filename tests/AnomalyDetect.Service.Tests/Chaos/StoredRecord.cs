using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using Microsoft.Data.Sqlite;

namespace AnomalyDetect.Service.Tests.Chaos;

internal sealed record StoredDecision(Decision Decision, DecisionState State);

internal sealed record StoredDelivery(string Id, DeliveryKind Kind, string Subject, DeliveryState State, byte[] Body, string? Result);

/// <summary>What the store says, read past the service: at one moment, from the file.</summary>
internal sealed record StoredRecord(IReadOnlyList<StoredDecision> Decisions, IReadOnlyList<StoredDelivery> Deliveries, IReadOnlySet<string> Hashes)
{
    public static StoredRecord Read(string file)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        using var moment = connection.BeginTransaction(deferred: true);
        return new StoredRecord(
            Rows(connection, "SELECT json, state FROM decision", row => new StoredDecision(
                JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(0), CoreJson.Default.Decision)!, (DecisionState)row.GetInt64(1))),
            Rows(connection, "SELECT id, kind, subject_id, state, body, result FROM delivery", row => new StoredDelivery(
                row.GetString(0), (DeliveryKind)row.GetInt64(1), row.GetString(2), (DeliveryState)row.GetInt64(3), row.GetFieldValue<byte[]>(4), row.IsDBNull(5) ? null : row.GetString(5))),
            Rows(connection, "SELECT lower(hex(hash)) FROM ledger", row => row.GetString(0)).ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>Decisions in force, as of a moment.</summary>
    public IEnumerable<Decision> InForce(DateTime now) => Decisions.Where(d => d.State == DecisionState.Active && d.Decision.ExpiresAt > now).Select(d => d.Decision);

    private static List<T> Rows<T>(SqliteConnection connection, string sql, Func<SqliteDataReader, T> map)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        var list = new List<T>();
        while (rows.Read()) list.Add(map(rows));
        return list;
    }
}
