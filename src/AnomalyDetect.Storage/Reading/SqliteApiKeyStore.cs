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
    /// <summary>Whether the text of hash <c>$1</c> opens at <c>$2</c>: it is the key's, or was until a rotation whose grace goes on.</summary>
    private const string InForce = "(secret_hash = $1 OR (previous_hash = $1 AND previous_until > $2)) AND revoked_at IS NULL AND ifnull(expires_at > $2, 1)";

    private const string Selected = "id, name, roles, tenants, created_at, revoked_at, expires_at, previous_until, last_used_at";

    public bool Any => database.Read(session => session["SELECT 1 FROM api_key WHERE revoked_at IS NULL LIMIT 1"].Number() is not null);

    /// <exception cref="ArgumentException">The hash is not 32 bytes, or a key of this id or hash is there already.</exception>
    public void Add(ApiKey key, byte[] secretHash, string actor)
    {
        if (secretHash.Length != 32) throw new ArgumentException("the hash of a key is 32 bytes (SHA-256)", nameof(secretHash));
        var roles = key.Roles.Select(Names.Of).ToList();
        database.Write(session =>
        {
            if (session["SELECT 1 FROM api_key WHERE id = $1 OR secret_hash = $2 OR previous_hash = $2"].Number(key.Id, secretHash) is not null)
                throw new ArgumentException($"there is already a key '{key.Id}', or one of the same text", nameof(key));
            session["INSERT INTO api_key (id, secret_hash, name, roles, tenants, created_at, revoked_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"].Run(
                key.Id, secretHash, key.Name, ToJson(roles), ToJson(key.Tenants), Columns.Ticks(key.CreatedAt), Columns.Ticks(key.RevokedAt), Columns.Ticks(key.ExpiresAt));
            var tenants = key.Tenants.Count == 0 ? "every tenant" : string.Join(", ", key.Tenants);
            Record(session, actor, "api_key_add", key.Id, $"{key.Name}: {string.Join(", ", roles)} for {tenants}{(key.ExpiresAt is { } end ? $" until {end:yyyy-MM-ddTHH:mm:ssZ}" : "")}");
        });
    }

    public ApiKey? Find(byte[] secretHash) => database.Read(session =>
        session[$"SELECT {Selected} FROM api_key WHERE {InForce}"].First(Map, secretHash, time.GetUtcNow().UtcTicks));

    public bool Opens(byte[] secretHash) => database.Read(session => session[$"SELECT 1 FROM api_key WHERE {InForce}"].Number(secretHash, time.GetUtcNow().UtcTicks) is not null);

    /// <exception cref="ArgumentException">The hash is not 32 bytes, or another key has it.</exception>
    public ApiKey? Rotate(string id, byte[] secretHash, DateTime previousUntil, string actor)
    {
        if (secretHash.Length != 32) throw new ArgumentException("the hash of a key is 32 bytes (SHA-256)", nameof(secretHash));
        return database.Write(session =>
        {
            if (session["SELECT 1 FROM api_key WHERE secret_hash = $1 OR previous_hash = $1"].Number(secretHash) is not null)
                throw new ArgumentException("there is already a key of the same text", nameof(secretHash));
            var changed = session["""
                UPDATE api_key SET previous_hash = secret_hash, previous_until = $3, secret_hash = $2
                WHERE id = $1 AND revoked_at IS NULL AND ifnull(expires_at > $4, 1)
                """].Run(id, secretHash, Columns.Ticks(previousUntil), time.GetUtcNow().UtcTicks);
            if (changed == 0) return null;
            Record(session, actor, "api_key_rotate", id, $"the text before is good until {previousUntil:yyyy-MM-ddTHH:mm:ssZ}");
            return session[$"SELECT {Selected} FROM api_key WHERE id = $1"].First(Map, id);
        });
    }

    public void Used(IReadOnlyDictionary<string, DateTime> lastUsed)
    {
        if (lastUsed.Count == 0) return;
        database.Write(session =>
        {
            foreach (var (id, at) in lastUsed)
                session["UPDATE api_key SET last_used_at = max(ifnull(last_used_at, 0), $2) WHERE id = $1"].Run(id, Columns.Ticks(at));
        });
    }

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
        FromJson(row.GetString(3)), row.Time(4), row.TimeOrNull(5))
    {
        ExpiresAt = row.TimeOrNull(6), PreviousUntil = row.TimeOrNull(7), LastUsedAt = row.TimeOrNull(8),
    };

    private static string ToJson(IReadOnlyList<string> words) => JsonSerializer.Serialize(words, StorageJson.Default.IReadOnlyListString);

    private static IReadOnlyList<string> FromJson(string json) => JsonSerializer.Deserialize(json, StorageJson.Default.IReadOnlyListString) ?? [];
}
