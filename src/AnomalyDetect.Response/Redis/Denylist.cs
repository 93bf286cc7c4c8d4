using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Playbooks;
using StackExchange.Redis;

namespace AnomalyDetect.Response.Redis;

/// <summary>
/// The denylist in one Redis database: decisions in, decisions out. Knows keys and scripts, and nothing of why. It keeps account of the server's change counter: what
/// the counter says beyond the changes answered for is a change nobody here knows of, what it lacks is lost data.
/// </summary>
internal sealed class Denylist(RedisKeys keys)
{
    private long _accounted;
    private long _newest;
    private bool _disturbed;

    /// <summary>What came of it: <c>enforced</c>, <c>unverifiable</c> (no such session), <c>mismatch</c> (another session's value, left alone) or <c>unreadable</c>.</summary>
    public async Task<string> EnforceAsync(IDatabase redis, Decision decision, DateTime now, bool overwrite)
    {
        RedisKey[] touched = [keys.Deny(decision), keys.Index, keys.Version];
        if (keys.Session(decision) is { } session) touched = [.. touched, session];
        RedisValue[] values =
        [
            Value(decision), Ttl(decision, now), Milliseconds(decision.ExpiresAt), Milliseconds(now), decision.Id, Names.Of(decision.Type), keys.Channel,
            RedisKeys.Sha256(decision.Value), overwrite ? "1" : "0", Watermark.Is(decision) ? Watermark.Milliseconds(decision) : "",
        ];
        return Read(await redis.ScriptEvaluateAsync(RedisScripts.Enforce, touched, values).ConfigureAwait(false));
    }

    /// <summary>What came of it: <c>undone</c>, <c>replaced</c> (by <paramref name="heir"/>), <c>absent</c> or <c>held_by_another</c>.</summary>
    /// <param name="heir">Another decision in force on the same key.</param>
    /// <param name="merged">The key may hold the decision together with others: then it is <paramref name="heir"/>'s from now on, whosever id it bears.</param>
    public async Task<string> RemoveAsync(IDatabase redis, RedisKey key, string decisionId, string type, Decision? heir, DateTime now, bool merged = false)
    {
        RedisValue[] values = heir is null
            ? [decisionId, type, keys.Channel, "", "", "", "", merged ? "1" : "0"]
            : [decisionId, type, keys.Channel, Value(heir), Ttl(heir, now), Milliseconds(heir.ExpiresAt), heir.Id, merged ? "1" : "0"];
        return Read(await redis.ScriptEvaluateAsync(RedisScripts.Remove, [key, keys.Index, keys.Version], values).ConfigureAwait(false));
    }

    /// <summary>The account begins anew: all that comes before is about to be overwritten.</summary>
    public async Task BeginRewriteAsync(IDatabase redis)
    {
        _disturbed = false;
        Interlocked.Exchange(ref _accounted, await VersionAsync(redis).ConfigureAwait(false));
    }

    public async Task EndRewriteAsync(IDatabase redis)
    {
        var answer = (RedisResult[])(await redis.ScriptEvaluateAsync(RedisScripts.Resync, [keys.Version], [Interlocked.Read(ref _newest), keys.Channel]).ConfigureAwait(false))!;
        // What came in between may have been overwritten or not: the next look says that the copy is not whole.
        _disturbed = (long)answer[0] != Interlocked.Read(ref _accounted);
        Interlocked.Exchange(ref _accounted, (long)answer[1]);
        Saw((long)answer[1]);
    }

    /// <summary>
    /// False when the server's counter is not where the changes answered for have brought it: it was flushed, failed over to a copy that lacks something, or carried out what had been
    /// given up here. To be asked while nothing is under way.
    /// </summary>
    public async Task<bool> IsWholeAsync(IDatabase redis) => await VersionAsync(redis).ConfigureAwait(false) == Interlocked.Read(ref _accounted) && !_disturbed;

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
        new DenylistValue(decision.Id, Names.Of(decision.Type), decision.CreatedAt, decision.ExpiresAt, Watermark.Is(decision) ? Watermark.Milliseconds(decision) : null), DenylistJson.Default.DenylistValue);

    // By our clock, not the server's: the two may differ.
    private static string Ttl(Decision decision, DateTime now) =>
        Math.Max(1, (long)Math.Ceiling((decision.ExpiresAt - now).TotalMilliseconds)).ToString(CultureInfo.InvariantCulture);

    private static string Milliseconds(DateTime time) => new DateTimeOffset(time).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    private async Task<long> VersionAsync(IDatabase redis)
    {
        var version = (long?)await redis.StringGetAsync(keys.Version).ConfigureAwait(false) ?? 0;
        Saw(version);
        return version;
    }

    // Answers are read side by side, so the account is a sum, which has no order.
    private string Read(RedisResult result)
    {
        var parts = (RedisResult[])result!;
        Interlocked.Add(ref _accounted, (long)parts[2]);
        Saw((long?)parts[1] ?? 0);
        return (string)parts[0]!;
    }

    private void Saw(long version)
    {
        for (var newest = Interlocked.Read(ref _newest); version > newest; newest = Interlocked.Read(ref _newest))
            if (Interlocked.CompareExchange(ref _newest, version, newest) == newest) return;
    }
}

/// <summary>What a denylist key holds.</summary>
/// <param name="NotBefore">Of a <see cref="Watermark"/>: ms since 1970.</param>
internal sealed record DenylistValue(string DecisionId, string Type, DateTime CreatedAt, DateTime ExpiresAt, long? NotBefore = null)
{
    /// <summary>It denies all that the decision does, for as long.</summary>
    public bool Covers(Decision decision) => !Watermark.Is(decision) || (NotBefore >= Watermark.Milliseconds(decision) && ExpiresAt >= decision.ExpiresAt);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DenylistValue))]
internal sealed partial class DenylistJson : JsonSerializerContext;
