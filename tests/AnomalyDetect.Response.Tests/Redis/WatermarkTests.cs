using System.Text.Json;
using AnomalyDetect.Response.Redis;
using StackExchange.Redis;

namespace AnomalyDetect.Response.Tests.Redis;

/// <summary>What a token endpoint reads from Redis: up to when tokens are void.</summary>
[TestClass]
public sealed class WatermarkTests
{
    [TestMethod]
    public async Task A_token_a_principal_and_a_tenant_each_have_their_key_and_their_channel_is_told()
    {
        await using var bench = new RedisBench();
        var (token, principal, tenant) = (Revoke(DecisionScope.Token, "jti-1"), Revoke(DecisionScope.Principal, "ada"), Revoke(DecisionScope.Tenant, "acme"));
        var redis = await bench.RedisAsync();
        var heard = new List<string>();
        await redis.Multiplexer.GetSubscriber().SubscribeAsync(RedisChannel.Literal(bench.Keys.Channel), (_, message) =>
        {
            lock (heard) heard.Add(JsonDocument.Parse((string)message!).RootElement.GetProperty("key").GetString()!);
        });
        foreach (var decision in new[] { token, principal, tenant }) Assert.AreEqual("enforced", await bench.EnforceAsync(decision));
        string[] keys = [$"deny:acme:token:{RedisKeys.Sha256("jti-1")}", "notbefore:acme:principal:ada", "notbefore:acme"];
        foreach (var key in keys) Assert.IsTrue(await redis.KeyExistsAsync(key), key);
        await Wait.UntilAsync(() =>
        {
            lock (heard) return heard.Count == 3;
        }, "the broadcast");
        CollectionAssert.AreEqual(keys, heard);

        foreach (var decision in new[] { token, principal, tenant })
        {
            Assert.AreEqual("undone", await bench.UndoAsync(decision));
            Assert.AreEqual("undo_verified", bench.Store.Decisions.Life(decision.Id)[^1].Step);
        }

        foreach (var key in keys) Assert.IsFalse(await redis.KeyExistsAsync(key), key);
    }

    [TestMethod]
    public async Task Tokens_are_void_up_to_when_it_took_effect_and_not_only_up_to_what_was_seen()
    {
        await using var bench = new RedisBench();
        bench.Clock.Advance(TimeSpan.FromMinutes(20) + TimeSpan.FromTicks(1));
        await bench.EnforceAsync(Revoke(DecisionScope.Principal, "ada"));
        var held = await HeldAsync(bench, "notbefore:acme:principal:ada");
        Assert.AreEqual(Milliseconds(Some.Time.AddMinutes(20)) + 1, held.GetProperty("not_before").GetInt64(), "rounded up");

        await bench.EnforceAsync(Some.Decision(DecisionType.RevokeSession, DecisionScope.Principal, "bob"));
        var session = await HeldAsync(bench, "deny:acme:principal:bob");
        Assert.AreEqual(Milliseconds(Some.Time), session.GetProperty("not_before").GetInt64(), "a later sign-in will do");
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task Two_of_them_are_the_later_mark_for_as_long_as_the_longer_lasts_and_undoing_one_leaves_the_other(bool laterFirst)
    {
        await using var bench = new RedisBench();
        var (early, late) = (Reauth(0, 120), Reauth(10, 60));
        foreach (var decision in laterFirst ? new[] { late, early } : [early, late])
        {
            await bench.EnforceAsync(decision);
            StringAssert.StartsWith(bench.Store.Decisions.Life(decision.Id)[^1].Step, "verified");
        }

        var key = bench.Keys.Deny(early)!;
        var held = await HeldAsync(bench, key);
        Assert.AreEqual((late.Id, Milliseconds(late.CreatedAt)), (held.GetProperty("decision_id").GetString(), held.GetProperty("not_before").GetInt64()));
        Assert.AreEqual((late.CreatedAt, early.ExpiresAt), (held.GetProperty("created_at").GetDateTime(), held.GetProperty("expires_at").GetDateTime()));
        var redis = await bench.RedisAsync();
        Assert.AreEqual(Milliseconds(early.ExpiresAt), (long)(await redis.SortedSetScoreAsync(bench.Keys.Index, key))!.Value);
        Assert.IsGreaterThan(TimeSpan.FromMinutes(100), (await redis.KeyTimeToLiveAsync(key))!.Value);

        Assert.AreEqual("replaced", await bench.UndoAsync(late));
        held = await HeldAsync(bench, key);
        Assert.AreEqual((early.Id, Milliseconds(early.CreatedAt)), (held.GetProperty("decision_id").GetString(), held.GetProperty("not_before").GetInt64()));
        Assert.AreEqual("undone", await bench.UndoAsync(early));
        Assert.IsFalse(await redis.KeyExistsAsync(key));
    }

    [TestMethod]
    public async Task Undoing_the_one_whose_id_the_key_does_not_bear_takes_its_length_away_too()
    {
        await using var bench = new RedisBench();
        var (longer, later) = (Reauth(0, 120), Reauth(10, 60));
        await bench.EnforceAsync(longer);
        await bench.EnforceAsync(later);
        Assert.AreEqual("replaced", await bench.UndoAsync(longer));
        var held = await HeldAsync(bench, bench.Keys.Deny(later)!);
        Assert.AreEqual((later.Id, later.ExpiresAt), (held.GetProperty("decision_id").GetString(), held.GetProperty("expires_at").GetDateTime()));
    }

    [TestMethod]
    public async Task A_server_that_comes_back_empty_is_given_what_they_come_to()
    {
        await using var bench = new RedisBench();
        var (early, late) = (Reauth(0, 120), Reauth(10, 60));
        await bench.EnforceAsync(early);
        await bench.EnforceAsync(late);
        var before = (await HeldAsync(bench, bench.Keys.Deny(early)!)).GetRawText();
        await bench.RestartServerEmptyAsync();
        await bench.WorkAsync();
        Assert.AreEqual(before, (await HeldAsync(bench, bench.Keys.Deny(early)!)).GetRawText());
    }

    private static Decision Revoke(DecisionScope scope, string value) => Some.Decision(DecisionType.RevokeToken, scope, value);

    private static Decision Reauth(double from, double minutes) =>
        Some.Decision(DecisionType.ForceReauth, DecisionScope.Principal, "ada", minutes) with { CreatedAt = Some.Time.AddMinutes(from) };

    private static async Task<JsonElement> HeldAsync(RedisBench bench, string key) => JsonDocument.Parse((string)(await (await bench.RedisAsync()).StringGetAsync(key))!).RootElement;

    private static long Milliseconds(DateTime time) => new DateTimeOffset(time).ToUnixTimeMilliseconds();
}
