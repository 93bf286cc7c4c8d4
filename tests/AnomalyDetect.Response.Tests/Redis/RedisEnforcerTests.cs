using System.Text.Json;
using AnomalyDetect.Response.Redis;

namespace AnomalyDetect.Response.Tests.Redis;

[TestClass]
public class RedisEnforcerTests
{
    [TestMethod]
    [DataRow(DecisionType.RevokeSession, "deny")]
    [DataRow(DecisionType.ForceReauth, "reauth")]
    public async Task A_session_whose_full_hash_matches_is_deleted_and_denied(DecisionType type, string list)
    {
        await using var bench = new RedisBench();
        var session = await bench.SessionAsync("s-1");
        Assert.StartsWith("sess:acme:", session);
        Assert.HasCount(12, session["sess:acme:".Length..]);
        Assert.AreEqual("enforced", await bench.EnforceAsync(Some.Decision(type)));
        var redis = await bench.RedisAsync();
        Assert.IsFalse(await redis.KeyExistsAsync(session));
        Assert.IsTrue(await redis.KeyExistsAsync($"{list}:acme:session:{RedisKeys.Sha256("s-1")}"));
    }

    [TestMethod]
    public async Task A_session_of_the_same_short_hash_but_another_full_hash_is_left_alone()
    {
        await using var bench = new RedisBench();
        var session = await bench.SessionAsync("s-1", sha: RedisKeys.Sha256("somebody else"));
        Assert.AreEqual("mismatch", await bench.EnforceAsync(Some.Decision()));
        Assert.IsTrue(await (await bench.RedisAsync()).KeyExistsAsync(session));
    }

    [TestMethod]
    public async Task An_absent_session_is_unverifiable_and_denied_all_the_same()
    {
        await using var bench = new RedisBench();
        var decision = Some.Decision();
        Assert.AreEqual("unverifiable", await bench.EnforceAsync(decision));
        Assert.IsTrue(await (await bench.RedisAsync()).KeyExistsAsync(bench.Keys.Deny(decision)));
        Assert.AreEqual(DeliveryState.Delivered, bench.Store.Delivery($"redis/{decision.Id}").State);
    }

    [TestMethod]
    [DataRow("no json")]
    [DataRow("[1,2]")]
    [DataRow("null")]
    [DataRow("{\"session_sha256\":null}")]
    [DataRow("{\"session_sha256\":17}")]
    public async Task A_session_value_nobody_can_read_is_left_alone_and_said_so(string value)
    {
        await using var bench = new RedisBench();
        var session = await bench.SessionAsync("s-1", value: value);
        Assert.AreEqual("unreadable", await bench.EnforceAsync(Some.Decision()));
        Assert.IsTrue(await (await bench.RedisAsync()).KeyExistsAsync(session));
    }

    [TestMethod]
    public async Task A_session_key_that_is_no_string_does_not_stop_the_denial()
    {
        await using var bench = new RedisBench();
        var redis = await bench.RedisAsync();
        var decision = Some.Decision();
        await redis.HashSetAsync(bench.Keys.Session(decision), "a", "b");
        await bench.EnforceAsync(decision);
        Assert.AreEqual(DeliveryState.Delivered, bench.Store.Delivery($"redis/{decision.Id}").State);
        Assert.IsTrue(await redis.KeyExistsAsync(bench.Keys.Deny(decision)));
        Assert.AreEqual(1, await redis.HashLengthAsync(bench.Keys.Session(decision)));
    }

    [TestMethod]
    [DataRow(DecisionType.RevokeSession, DecisionScope.Principal, "u:17", "deny:acme:principal:u:17")]
    [DataRow(DecisionType.ForceReauth, DecisionScope.Principal, "u-17", "reauth:acme:principal:u-17")]
    [DataRow(DecisionType.SuspendPartnerToken, DecisionScope.Partner, "p-1", "deny:acme:partner:p-1")]
    [DataRow(DecisionType.BlockIp, DecisionScope.Address, "203.0.113.7", "deny:acme:ip:203.0.113.7")]
    [DataRow(DecisionType.BlockIp, DecisionScope.Address, "2001:db8:1:2::/64", "deny:acme:ip:2001:db8:1:2::/64")]
    public async Task Each_type_has_its_key_which_lives_until_the_decision_expires(DecisionType type, DecisionScope scope, string value, string key)
    {
        await using var bench = new RedisBench(prefix: "ad:");
        var decision = Some.Decision(type, scope, value, minutes: 30);
        Assert.AreEqual("enforced", await bench.EnforceAsync(decision));
        var redis = await bench.RedisAsync();
        var ttl = await redis.KeyTimeToLiveAsync("ad:" + key);
        Assert.IsTrue(ttl > TimeSpan.FromMinutes(28) && ttl <= TimeSpan.FromMinutes(30), $"lives {ttl}");
        using var held = JsonDocument.Parse((string)(await redis.StringGetAsync("ad:" + key))!);
        Assert.AreEqual(decision.Id, held.RootElement.GetProperty("decision_id").GetString());
        Assert.AreEqual(Core.Names.Of(type), held.RootElement.GetProperty("type").GetString());
        Assert.AreEqual(decision.ExpiresAt, held.RootElement.GetProperty("expires_at").GetDateTime());
        Assert.AreEqual(decision.CreatedAt, held.RootElement.GetProperty("created_at").GetDateTime());
    }

    [TestMethod]
    public async Task The_time_to_live_counts_from_our_clock_when_a_decision_comes_late()
    {
        await using var bench = new RedisBench();
        var decision = bench.Store.Decide(Some.BlockIp("203.0.113.7", minutes: 30));
        bench.Clock.Advance(TimeSpan.FromMinutes(20));
        await bench.WorkAsync();
        var ttl = await (await bench.RedisAsync()).KeyTimeToLiveAsync(bench.Keys.Deny(decision));
        Assert.IsTrue(ttl > TimeSpan.FromMinutes(8) && ttl <= TimeSpan.FromMinutes(10), $"lives {ttl}");
    }

    [TestMethod]
    public async Task An_undo_removes_exactly_what_that_decision_wrote()
    {
        await using var bench = new RedisBench();
        var decision = Some.BlockIp("203.0.113.7");
        await bench.EnforceAsync(decision);
        Assert.AreEqual("undone", await bench.UndoAsync(decision));
        var redis = await bench.RedisAsync();
        Assert.IsFalse(await redis.KeyExistsAsync(bench.Keys.Deny(decision)));
        Assert.AreEqual(0, await redis.SortedSetLengthAsync(bench.Keys.Index));
    }

    [TestMethod]
    public async Task An_undo_leaves_a_key_that_another_decision_holds()
    {
        await using var bench = new RedisBench();
        var (shorter, longer) = (Some.BlockIp("203.0.113.7", 10), Some.BlockIp("203.0.113.7", 60));
        await bench.EnforceAsync(longer);
        await bench.EnforceAsync(shorter);
        Assert.AreEqual("held_by_another", await bench.UndoAsync(shorter));
        await AssertHoldsAsync(bench, longer);
    }

    [TestMethod]
    public async Task Undoing_the_longer_of_two_leaves_the_shorter_in_force()
    {
        await using var bench = new RedisBench();
        var (shorter, longer) = (Some.BlockIp("203.0.113.7", 10), Some.BlockIp("203.0.113.7", 60));
        await bench.EnforceAsync(shorter);
        await bench.EnforceAsync(longer);
        await AssertHoldsAsync(bench, longer);
        Assert.AreEqual("replaced", await bench.UndoAsync(longer));
        await AssertHoldsAsync(bench, shorter);
        var ttl = await (await bench.RedisAsync()).KeyTimeToLiveAsync(bench.Keys.Deny(shorter));
        Assert.IsTrue(ttl <= TimeSpan.FromMinutes(10), $"lives {ttl}");
        Assert.AreEqual("undone", await bench.UndoAsync(shorter));
    }

    [TestMethod]
    public async Task Tenants_do_not_touch_each_other()
    {
        await using var bench = new RedisBench();
        var (acme, other) = (Some.BlockIp("203.0.113.7"), Some.BlockIp("203.0.113.7") with { TenantId = "other" });
        await bench.EnforceAsync(acme);
        await bench.EnforceAsync(other);
        await bench.UndoAsync(acme);
        await AssertHoldsAsync(bench, other);
    }

    [TestMethod]
    public async Task Many_decisions_in_one_round_are_all_carried_out()
    {
        await using var bench = new RedisBench();
        for (var i = 0; i < 150; i++) bench.Store.Decide(Some.BlockIp($"203.0.113.{i}"));
        await bench.WorkAsync();
        Assert.HasCount(150, bench.Store.All(DeliveryState.Delivered));
        Assert.AreEqual(150, await (await bench.RedisAsync()).SortedSetLengthAsync(bench.Keys.Index));
    }

    internal static async Task AssertHoldsAsync(RedisBench bench, Decision decision)
    {
        var held = (string?)await (await bench.RedisAsync()).StringGetAsync(bench.Keys.Deny(decision));
        Assert.Contains(decision.Id, held ?? "nothing");
    }
}
