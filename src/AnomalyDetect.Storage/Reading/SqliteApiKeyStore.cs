using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Chain;
using AnomalyDetect.Storage.Database;
using Microsoft.Data.Sqlite;

namespace AnomalyDetect.Storage.Reading;

/// <summary>API keys by the hash of their text. A revoked key is not found, and does not count for <see cref="Any"/>; it stays in the list.</summary>
internal sealed class SqliteApiKeyStore(SqliteDatabase database, TimeProvider time) : IApiKeyStore
{
    private const string Selected = "id, name, roles, tenants, created_at, revoked_at";

    public bool Any => database.Read(session => session["SELECT 1 FROM api_key WHERE revoked_at IS NULL LIMIT 1"].Number() is not null);

    /// <exception cref="ArgumentException">The hash is not 32 bytes, or a key of this id or hash is there already.</exception>
    public void Add(ApiKey key, byte[] secretHash, string actor)
    {
        if (secretHash.Length != 32) throw new ArgumentException("the hash of a key is 32 bytes (SHA-256)", nameof(secretHash));
        var roles = key.Roles.Select(Names.Of).ToList();
        database.Write(session =>
        {
            if (session["SELECT 1 FROM api_key WHERE id = $1 OR secret_hash = $2"].Number(key.Id, secretHash) is not null)
                throw new ArgumentException($"there is already a key '{key.Id}', or one of the same text", nameof(key));
            session["INSERT INTO api_key (id, secret_hash, name, roles, tenants, created_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"].Run(
                key.Id, secretHash, key.Name, ToJson(roles), ToJson(key.Tenants), Columns.Ticks(key.CreatedAt), Columns.Ticks(key.RevokedAt));
            var tenants = key.Tenants.Count == 0 ? "every tenant" : string.Join(", ", key.Tenants);
            Record(session, actor, "api_key_add", key.Id, $"{key.Name}: {string.Join(", ", roles)} for {tenants}");
        });
    }

    public ApiKey? Find(byte[] secretHash) => database.Read(session =>
        session[$"SELECT {Selected} FROM api_key WHERE secret_hash = $1 AND revoked_at IS NULL"].First(Map, secretHash));

    public IReadOnlyList<ApiKey> List() => database.Read(session => session[$"SELECT {Selected} FROM api_key ORDER BY created_at, id"].List(Map));

    /// <summary>False when there is no such key or it is revoked already.</summary>
    public bool Revoke(string id, string actor) => database.Write(session =>
    {
        if (session["UPDATE api_key SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL"].Run(id, time.GetUtcNow().UtcTicks) == 0) return false;
        Record(session, actor, "api_key_revoke", id, "");
        return true;
    });

    private void Record(SqliteSession session, string actor, string action, string id, string details) =>
        new LedgerWriter(session, time.GetUtcNow().UtcDateTime).Append(new OperatorCall(actor, action, id, details));

    private static ApiKey Map(SqliteDataReader row) => new(
        row.GetString(0), row.GetString(1),
        [.. FromJson(row.GetString(2)).Select(word => Names.TryParse<ApiRole>(word, out var role) ? role : throw new InvalidDataException($"unknown role '{word}'"))],
        FromJson(row.GetString(3)), row.Time(4), row.TimeOrNull(5));

    private static string ToJson(IReadOnlyList<string> words) => JsonSerializer.Serialize(words, StorageJson.Default.IReadOnlyListString);

    private static IReadOnlyList<string> FromJson(string json) => JsonSerializer.Deserialize(json, StorageJson.Default.IReadOnlyListString) ?? [];
}
