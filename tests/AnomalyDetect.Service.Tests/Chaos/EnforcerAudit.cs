using System.Text.Json;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Response.Redis;
using StackExchange.Redis;

namespace AnomalyDetect.Service.Tests.Chaos;

/// <summary>Whether the enforcers hold exactly what the store's last word says, in both directions. What runs out at this very moment may go either way.</summary>
internal static class EnforcerAudit
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);

    /// <summary>How long a command may have been on its way and still be answered in time: its key lasts as much longer.</summary>
    private static readonly TimeSpan OnItsWay = TimeSpan.FromSeconds(5);

    /// <summary>Every difference in one sentence.</summary>
    public static async Task<IReadOnlyList<string>> RedisAsync(StoredRecord store, WatchedRedis watched)
    {
        var names = new RedisKeys("");
        var redis = await watched.DatabaseAsync();
        var now = DateTime.UtcNow;
        var faults = new List<string>();
        var byId = store.Decisions.ToDictionary(d => d.Decision.Id, StringComparer.Ordinal);
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var key in await watched.KeysAsync())
        {
            var name = key.ToString();
            if (name == names.Index || name == names.Version || name.StartsWith("sess:", StringComparison.Ordinal)) continue;
            if ((byte[]?)await redis.StringGetAsync(key) is not { } value) continue; // it has just run out
            var held = JsonSerializer.Deserialize<JsonElement>(value).GetProperty("decision_id").GetString()!;
            found.Add(name);
            if (!byId.TryGetValue(held, out var decision)) faults.Add($"{name} holds {held}, which the store does not know");
            else if (names.Deny(decision.Decision) != name) faults.Add($"{name} holds {held}, which belongs elsewhere");
            else if (decision.State != DecisionState.Active && decision.Decision.ExpiresAt > now + Moment) faults.Add($"{name} holds {held}, which is {decision.State}");
            else if (decision.Decision.ExpiresAt < now - OnItsWay) faults.Add($"{name} holds {held}, which ran out {now - decision.Decision.ExpiresAt} ago");
            else faults.AddRange(await LifeAsync(redis, names, key, decision.Decision));
        }

        // By now, so that what was in force when the keys were looked at is still.
        foreach (var wanted in store.InForce(DateTime.UtcNow + Moment).Where(d => names.Deny(d) is not null).GroupBy(d => names.Deny(d)!))
        {
            if (!found.Contains(wanted.Key)) faults.Add($"{wanted.Key} is not there, though {wanted.First().Id} is in force");
            var held = await Held(redis, wanted.Key);
            var longest = wanted.Max(d => d.ExpiresAt);
            if (held is not null && wanted.All(d => d.Id != held || d.ExpiresAt != longest)) faults.Add($"{wanted.Key} holds {held}, and not the longest in force against it");
        }

        return faults;
    }

    /// <summary>A service's own session does not outlive the decision that ends it, and of a dry run it does.</summary>
    public static async Task<IReadOnlyList<string>> SessionsAsync(StoredRecord store, WatchedRedis watched, IReadOnlyDictionary<string, int> planted)
    {
        var names = new RedisKeys("");
        var redis = await watched.DatabaseAsync();
        var faults = new List<string>();
        foreach (var (decision, state) in store.Decisions.Where(d => d.Decision.Type == DecisionType.RevokeSession).Select(d => (d.Decision, d.State)))
        {
            if (names.Session(decision) is not { } key || !planted.TryGetValue(decision.Value, out var emptied)) continue;
            var stands = await redis.KeyExistsAsync(key);
            if (stands && state == DecisionState.Active) faults.Add($"the session {decision.Value} goes on, though {decision.Id} is in force");
            if (!stands && state == DecisionState.Simulated && emptied == watched.TimesEmptied) faults.Add($"the session {decision.Value} was ended by a dry run");
        }

        return faults;
    }

    public static IReadOnlyList<string> Feed(StoredRecord store, FeedCopy feed)
    {
        var now = DateTime.UtcNow;
        var held = feed.Held.ToHashSet(StringComparer.Ordinal);
        return
        [
            .. store.InForce(now + Moment).Where(d => !held.Contains(d.Id)).Select(d => $"the feed never said {d.Id}, which is in force"),
            .. store.Decisions.Where(d => d.State != DecisionState.Active && held.Contains(d.Decision.Id)).Select(d => $"the feed never took back {d.Decision.Id}, which is {d.State}"),
        ];
    }

    private static async Task<IReadOnlyList<string>> LifeAsync(IDatabase redis, RedisKeys names, RedisKey key, Decision decision)
    {
        var faults = new List<string>();
        var before = DateTime.UtcNow;
        if (await redis.KeyTimeToLiveAsync(key) is not { } left) return [];
        if (left > decision.ExpiresAt - before + OnItsWay) faults.Add($"{key} lasts {left - (decision.ExpiresAt - before)} longer than {decision.Id}");
        if (left < decision.ExpiresAt - DateTime.UtcNow - Moment) faults.Add($"{key} ends {decision.ExpiresAt - before - left} before {decision.Id}");
        if (await redis.SortedSetScoreAsync(names.Index, key.ToString()) != new DateTimeOffset(decision.ExpiresAt).ToUnixTimeMilliseconds()) faults.Add($"{key} is not in the index as {decision.Id}");
        return faults;
    }

    private static async Task<string?> Held(IDatabase redis, string key) =>
        (byte[]?)await redis.StringGetAsync(key) is { } value ? JsonSerializer.Deserialize<JsonElement>(value).GetProperty("decision_id").GetString() : null;
}
