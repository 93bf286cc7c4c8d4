using System.Collections.Concurrent;
using System.Text.Json;
using StackExchange.Redis;

namespace AnomalyDetect.Response.Tests.Redis;

[TestClass]
public class BroadcastTests
{
    [TestMethod]
    public async Task Every_change_is_broadcast_with_the_next_version()
    {
        await using var bench = new RedisBench();
        var heard = await ListenAsync(bench);
        await bench.SessionAsync("s-1");
        var (session, address) = (Some.Decision(), Some.BlockIp("203.0.113.7"));
        await bench.EnforceAsync(session);
        await bench.EnforceAsync(address);
        await bench.UndoAsync(address);
        await Wait.UntilAsync(() => heard.Count == 5, "five changes");
        // The client may hand messages to its handlers out of order.
        var changes = heard.Select(text => JsonDocument.Parse(text).RootElement).OrderBy(c => c.GetProperty("version").GetInt64()).ToList();
        string[] expected = ["resync", "set", "session_deleted", "set", "remove"];
        Assert.AreSequenceEqual(expected, changes.Select(c => c.GetProperty("op").GetString()!));
        Assert.AreSequenceEqual([1L, 2, 3, 4, 5], changes.Select(c => c.GetProperty("version").GetInt64()));
        Assert.AreEqual(bench.Keys.Deny(address), changes[4].GetProperty("key").GetString());
        Assert.AreEqual(address.Id, changes[4].GetProperty("decision_id").GetString());
        Assert.AreEqual("block_ip", changes[4].GetProperty("type").GetString());
    }

    [TestMethod]
    public async Task A_subscriber_that_missed_changes_sees_the_gap()
    {
        await using var bench = new RedisBench();
        await bench.WorkAsync();
        var heard = await ListenAsync(bench);
        await bench.EnforceAsync(Some.BlockIp("203.0.113.1"));
        await Wait.UntilAsync(() => heard.Count == 1, "the first change");
        await StopListeningAsync(bench);
        await bench.EnforceAsync(Some.BlockIp("203.0.113.2"));
        heard = await ListenAsync(bench, heard);
        await bench.EnforceAsync(Some.BlockIp("203.0.113.3"));
        await Wait.UntilAsync(() => heard.Count == 2, "the third change");
        var versions = heard.Select(Version).ToList();
        Assert.AreEqual(versions[0] + 2, versions[1]);
        Assert.AreEqual(versions[1], (long)await (await bench.RedisAsync()).StringGetAsync(bench.Keys.Version));
    }

    [TestMethod]
    public async Task Carrying_out_the_same_decision_twice_changes_and_broadcasts_nothing()
    {
        await using var bench = new RedisBench();
        var decision = Some.BlockIp("203.0.113.7");
        await bench.EnforceAsync(decision);
        var redis = await bench.RedisAsync();
        var (value, version) = (await redis.StringGetAsync(bench.Keys.Deny(decision)), (long)await redis.StringGetAsync(bench.Keys.Version));
        // As after a crash between enforcing and recording it.
        await new Response.Redis.Denylist(bench.Keys).EnforceAsync(redis, decision, bench.Now, overwrite: false);
        Assert.AreEqual(value, await redis.StringGetAsync(bench.Keys.Deny(decision)));
        Assert.AreEqual(version, (long)await redis.StringGetAsync(bench.Keys.Version));
    }

    [TestMethod]
    public async Task The_version_goes_on_rising_when_the_server_comes_back_empty()
    {
        await using var bench = new RedisBench();
        await bench.EnforceAsync(Some.BlockIp("203.0.113.1"));
        await bench.EnforceAsync(Some.BlockIp("203.0.113.2"));
        var before = (long)await (await bench.RedisAsync()).StringGetAsync(bench.Keys.Version);
        await bench.RestartServerEmptyAsync();
        await bench.WorkAsync();
        Assert.IsGreaterThan(before, await VersionAsync(bench));
    }

    internal static async Task<long> VersionAsync(RedisBench bench)
    {
        await using var client = await bench.Server.ConnectAsync();
        return (long)await client.GetDatabase().StringGetAsync(bench.Keys.Version);
    }

    private static long Version(string change) => JsonDocument.Parse(change).RootElement.GetProperty("version").GetInt64();

    private static async Task<ConcurrentQueue<string>> ListenAsync(RedisBench bench, ConcurrentQueue<string>? heard = null)
    {
        heard ??= new ConcurrentQueue<string>();
        var subscriber = (await bench.RedisAsync()).Multiplexer.GetSubscriber();
        await subscriber.SubscribeAsync(RedisChannel.Literal(bench.Keys.Channel), (_, message) => heard.Enqueue(message.ToString()));
        return heard;
    }

    private static async Task StopListeningAsync(RedisBench bench) =>
        await (await bench.RedisAsync()).Multiplexer.GetSubscriber().UnsubscribeAllAsync();
}
