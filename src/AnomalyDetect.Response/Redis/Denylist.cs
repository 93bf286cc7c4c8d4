using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Playbooks;
using StackExchange.Redis;

namespace AnomalyDetect.Response.Redis;

/// <summary>The denylist in one Redis database: decisions in, decisions out. Knows keys and scripts, and nothing of why.</summary>
internal sealed class Denylist(RedisKeys keys)
{
    /// <summary>The newest change counter seen; a lower one at the server means that it lost data.</summary>
    public long LastVersion { get; private set; }

    /// <summary>What came of it: <c>enforced</c>, <c>unverifiable</c> (no such session), <c>mismatch</c> (another session's value, left alone) or <c>unreadable</c>.</summary>
    public async Task<string> EnforceAsync(IDatabase redis, Decision decision, DateTime now, bool overwrite)
    {
        RedisKey[] touched = [keys.Deny(decision), keys.Index, keys.Version];
        if (keys.Session(decision) is { } session) touched = [.. touched, session];
        RedisValue[] values =
        [
            Value(decision), Ttl(decision, now), Milliseconds(decision.ExpiresAt), Milliseconds(now), decision.Id, Names.Of(decision.Type), keys.Channel,
            RedisKeys.Sha256(decision.Value), overwrite ? "1" : "0",
        ];
        return Read(await redis.ScriptEvaluateAsync(RedisScripts.Enforce, touched, values).ConfigureAwait(false));
    }

    /// <summary>What came of it: <c>undone</c>, <c>replaced</c> (by <paramref name="heir"/>), <c>absent</c> or <c>held_by_another</c>.</summary>
    /// <param name="heir">Another decision in force on the same key.</param>
    public async Task<string> RemoveAsync(IDatabase redis, RedisKey key, string decisionId, string type, Decision? heir, DateTime now)
    {
        RedisValue[] values = heir is null
            ? [decisionId, type, keys.Channel, "", "", "", ""]
            : [decisionId, type, keys.Channel, Value(heir), Ttl(heir, now), Milliseconds(heir.ExpiresAt), heir.Id];
        return Read(await redis.ScriptEvaluateAsync(RedisScripts.Remove, [key, keys.Index, keys.Version], values).ConfigureAwait(false));
    }

    public async Task EndRewriteAsync(IDatabase redis) =>
        LastVersion = (long)await redis.ScriptEvaluateAsync(RedisScripts.Resync, [keys.Version], [LastVersion, keys.Channel]).ConfigureAwait(false);

    /// <summary>False when the server's counter is behind what it once said: it was flushed, or failed over to a copy that lacks something.</summary>
    public async Task<bool> IsWholeAsync(IDatabase redis)
    {
        var version = (long?)await redis.StringGetAsync(keys.Version).ConfigureAwait(false) ?? 0;
        if (version < LastVersion) return false;
        LastVersion = version;
        return true;
    }

    /// <summary>All keys the index names.</summary>
    public async Task<IReadOnlyList<RedisKey>> IndexedAsync(IDatabase redis)
    {
        const int Page = 1000;
        var found = new List<RedisKey>();
        for (var from = 0L; ; from += Page)
        {
            var page = await redis.SortedSetRangeByRankAsync(keys.Index, from, from + Page - 1).ConfigureAwait(false);
            found.AddRange(page.Select(member => (RedisKey)(byte[]?)member));
            if (page.Length < Page) return found;
        }
    }

    /// <summary>Whose decision the key holds and of what type; null when it is gone or not ours to read.</summary>
    public static async Task<DenylistValue?> HeldAsync(IDatabase redis, RedisKey key)
    {
        try
        {
            var held = (byte[]?)await redis.StringGetAsync(key).ConfigureAwait(false);
            return held is null ? null : JsonSerializer.Deserialize(held, DenylistJson.Default.DenylistValue);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[] Value(Decision decision) => JsonSerializer.SerializeToUtf8Bytes(
        new DenylistValue(decision.Id, Names.Of(decision.Type), decision.CreatedAt, decision.ExpiresAt), DenylistJson.Default.DenylistValue);

    // By our clock, not the server's: the two may differ.
    private static string Ttl(Decision decision, DateTime now) =>
        Math.Max(1, (long)Math.Ceiling((decision.ExpiresAt - now).TotalMilliseconds)).ToString(CultureInfo.InvariantCulture);

    private static string Milliseconds(DateTime time) => new DateTimeOffset(time).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    private string Read(RedisResult result)
    {
        var parts = (RedisResult[])result!;
        LastVersion = Math.Max(LastVersion, (long?)parts[1] ?? 0);
        return (string)parts[0]!;
    }
}

/// <summary>What a denylist key holds.</summary>
internal sealed record DenylistValue(string DecisionId, string Type, DateTime CreatedAt, DateTime ExpiresAt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DenylistValue))]
internal sealed partial class DenylistJson : JsonSerializerContext;
