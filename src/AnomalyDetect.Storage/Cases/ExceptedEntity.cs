using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Storage.Database;

namespace AnomalyDetect.Storage.Cases;

/// <summary>What an exception on an alert is about.</summary>
internal sealed record ExceptedEntity(string TenantId, Signal Signal, Entity Entity)
{
    internal string ExceptionId => GrantedException.IdOf(TenantId, Signal, Entity);

    /// <summary>Null when there is no such alert.</summary>
    internal static ExceptedEntity? Of(SqliteSession session, string alertId) =>
        session["SELECT tenant_id, signal, entity_kind, entity FROM alert WHERE id = $1"].First(
            row => new ExceptedEntity(row.GetString(0), Parse<Signal>(row.GetString(1)), new Entity(Parse<EntityKind>(row.GetString(2)), row.GetString(3))), alertId);

    private static T Parse<T>(string word) where T : struct, Enum =>
        Names.TryParse<T>(word, out var value) ? value : throw new InvalidDataException($"the store holds the unknown word '{word}'");
}
