using AnomalyDetect.Response.Guards;
using AnomalyDetect.Response.Redis;
using StackExchange.Redis;

namespace AnomalyDetect.Response.Tests.Redis;

[TestClass]
public class RewriteTests
{
    [TestMethod]
    public async Task After_the_server_came_back_empty_everything_in_force_is_written_again()
    {
        await using var bench = new RedisBench();
        var (one, two, undone, over) = (Some.BlockIp("203.0.113.1"), Some.Decision(value: "s-2"), Some.BlockIp("203.0.113.3"), Some.BlockIp("203.0.113.4", 1));
        foreach (var decision in new[] { one, two, undone, over }) await bench.EnforceAsync(decision);
        await bench.UndoAsync(undone);
        bench.Clock.Advance(TimeSpan.FromMinutes(5));
        await bench.RestartServerEmptyAsync();
        await bench.WorkAsync();
        await using var client = await bench.Server.ConnectAsync();
        var redis = client.GetDatabase();
        Assert.IsTrue(await redis.KeyExistsAsync(bench.Keys.Deny(one)));
        Assert.IsTrue(await redis.KeyExistsAsync(bench.Keys.Deny(two)));
        Assert.IsFalse(await redis.KeyExistsAsync(bench.Keys.Deny(undone)));
        Assert.IsFalse(await redis.KeyExistsAsync(bench.Keys.Deny(over)));
        Assert.AreEqual(2, await redis.SortedSetLengthAsync(bench.Keys.Index));
        // Nothing new was delivered: the outbox had nothing to say.
        Assert.HasCount(5, bench.Store.All());
    }

    [TestMethod]
    public async Task A_flush_that_breaks_no_connection_is_noticed_at_the_next_check()
    {
        await using var bench = new RedisBench();
        var decision = Some.BlockIp("203.0.113.1");
        await bench.EnforceAsync(decision);
        var redis = await bench.RedisAsync();
        await redis.ExecuteAsync("FLUSHALL");
        await bench.WorkAsync();
        Assert.IsFalse(await redis.KeyExistsAsync(bench.Keys.Deny(decision)), "not before the check is due");
        bench.Clock.Advance(bench.Options.CheckInterval);
        await bench.WorkAsync();
        Assert.IsTrue(await redis.KeyExistsAsync(bench.Keys.Deny(decision)));
    }

    [TestMethod]
    public async Task A_rewrite_that_takes_a_while_lets_no_key_outlive_its_decision()
    {
        await using var bench = new RedisBench(relayed: true);
        var many = Enumerable.Range(1, 200).Select(i => Some.BlockIp($"203.0.113.{i}", 60)).ToList();
        foreach (var decision in many) bench.Store.Decide(decision);
        await bench.WorkAsync();
        var redis = await bench.RedisAsync();
        await redis.ExecuteAsync("FLUSHALL");
        bench.Clock.Advance(bench.Options.CheckInterval);
        // With the first piece half an hour goes by.
        var first = 0;
        bench.Relay!.Before = sent =>
        {
            if (sent.Span.IndexOf("203.0.113."u8) >= 0 && Interlocked.Exchange(ref first, 1) == 0) bench.Clock.Advance(TimeSpan.FromMinutes(30));
            return ValueTask.CompletedTask;
        };
        await bench.WorkAsync();
        Assert.IsTrue(await redis.KeyTimeToLiveAsync(bench.Keys.Deny(many[0])) > TimeSpan.FromMinutes(50), "sent before");
        Assert.IsTrue(await redis.KeyTimeToLiveAsync(bench.Keys.Deny(many[^1])) < TimeSpan.FromMinutes(30), "sent after");
    }

    [TestMethod]
    public async Task Stale_entries_are_removed_and_strange_ones_left_to_expire()
    {
        await using var bench = new RedisBench();
        var (stale, kept) = (Some.BlockIp("203.0.113.1"), Some.BlockIp("203.0.113.2"));
        await bench.EnforceAsync(stale);
        await bench.EnforceAsync(kept);
        var redis = await bench.RedisAsync();
        var strange = Some.BlockIp("203.0.113.3");
        await new Denylist(bench.Keys).EnforceAsync(redis, strange, bench.Now, overwrite: false);
        // Redis comes back from a snapshot taken before the undo.
        var snapshot = await redis.StringGetAsync(bench.Keys.Deny(stale));
        await bench.UndoAsync(stale);
        await redis.StringSetAsync(bench.Keys.Deny(stale), snapshot);
        await redis.SortedSetAddAsync(bench.Keys.Index, bench.Keys.Deny(stale), double.MaxValue);
        await bench.RestartEnforcerAsync();
        await bench.WorkAsync();
        Assert.IsFalse(await redis.KeyExistsAsync(bench.Keys.Deny(stale)));
        Assert.IsTrue(await redis.KeyExistsAsync(bench.Keys.Deny(kept)));
        Assert.IsTrue(await redis.KeyExistsAsync(bench.Keys.Deny(strange)));
    }

    [TestMethod]
    public async Task A_stale_entry_that_would_outlast_a_decision_in_force_gives_way_to_it()
    {
        await using var bench = new RedisBench();
        var (longer, shorter) = (Some.BlockIp("203.0.113.1", 60), Some.BlockIp("203.0.113.1", 10));
        await bench.EnforceAsync(longer);
        var redis = await bench.RedisAsync();
        var snapshot = await redis.StringGetAsync(bench.Keys.Deny(longer));
        await bench.UndoAsync(longer);
        await bench.EnforceAsync(shorter);
        await redis.StringSetAsync(bench.Keys.Deny(longer), snapshot);
        await bench.RestartEnforcerAsync();
        await bench.WorkAsync();
        await RedisEnforcerTests.AssertHoldsAsync(bench, shorter);
    }

    [TestMethod]
    public async Task A_revoked_session_that_a_restored_server_brings_back_is_deleted_again()
    {
        await using var bench = new RedisBench();
        var session = await bench.SessionAsync("s-1");
        await bench.EnforceAsync(Some.Decision());
        await bench.SessionAsync("s-1");
        await bench.RestartEnforcerAsync();
        await bench.WorkAsync();
        Assert.IsFalse(await (await bench.RedisAsync()).KeyExistsAsync(session));
    }

    [TestMethod]
    public async Task A_restart_of_the_enforcer_sends_nothing_a_second_time_and_changes_nothing()
    {
        await using var bench = new RedisBench();
        var decision = Some.BlockIp("203.0.113.1");
        await bench.EnforceAsync(decision);
        var redis = await bench.RedisAsync();
        var (held, version) = (await redis.StringGetAsync(bench.Keys.Deny(decision)), (long)await redis.StringGetAsync(bench.Keys.Version));
        await bench.RestartEnforcerAsync();
        await bench.WorkAsync();
        Assert.AreEqual(held, await redis.StringGetAsync(bench.Keys.Deny(decision)));
        Assert.AreEqual(version + 1, (long)await redis.StringGetAsync(bench.Keys.Version), "one resync, no other change");
        Assert.AreEqual(1, bench.Store.Delivery($"redis/{decision.Id}").Attempts);
    }

    [TestMethod]
    public async Task A_server_that_is_down_at_first_gets_everything_once_it_is_there()
    {
        await using var bench = new RedisBench(GarnetHost.Prepare());
        var decision = bench.Store.Decide(Some.BlockIp("203.0.113.1"));
        await bench.WorkAsync();
        Assert.AreEqual(0, bench.Store.Delivery($"redis/{decision.Id}").Attempts, "no attempt is spent on a server that is not there");
        Assert.IsFalse(bench.Queue.State.Healthy);
        bench.Server.StartAgain();
        await Wait.UntilAsync(() => bench.Loggers.Lines.Any(l => l.Contains("redis connected")), "the connection");
        await bench.WorkAsync();
        Assert.AreEqual("enforced", bench.Store.Delivery($"redis/{decision.Id}").Result);
        Assert.IsTrue(bench.Queue.State.Healthy);
    }

    [TestMethod]
    public async Task What_waits_in_the_outbox_is_left_to_its_delivery_which_says_what_came_of_it()
    {
        await using var bench = new RedisBench(GarnetHost.Prepare());
        var decision = bench.Store.Decide(Some.Decision());
        await bench.WorkAsync();
        bench.Server.StartAgain();
        var session = await bench.SessionAsync("s-1");
        await Wait.UntilAsync(() => bench.Loggers.Lines.Any(l => l.Contains("redis connected")), "the connection");
        await bench.WorkAsync();
        Assert.AreEqual("enforced", bench.Store.Delivery($"redis/{decision.Id}").Result);
        Assert.IsFalse(await (await bench.RedisAsync()).KeyExistsAsync(session));
    }

    [TestMethod]
    public async Task A_rewrite_runs_ahead_of_no_delivery_and_so_of_no_undo()
    {
        await using var bench = new RedisBench();
        await bench.WorkAsync();
        var decision = bench.Store.Decide(Some.BlockIp("203.0.113.1"));
        var redis = await bench.RedisAsync();
        var guard = new EnforcementGuard(bench.Store.Decisions, bench.Store.Store.Guards);
        await new RedisRewrite(bench.Keys, new Denylist(bench.Keys), guard, bench.Store.Decisions, bench.Store.Outbox, bench.Clock, "redis", bench.Loggers)
            .RunAsync(redis, CancellationToken.None);
        Assert.IsFalse(await redis.KeyExistsAsync(bench.Keys.Deny(decision)));
        Assert.AreEqual("absent", await bench.UndoAsync(decision));
        Assert.IsFalse(await redis.KeyExistsAsync(bench.Keys.Deny(decision)));
    }

    [TestMethod]
    public async Task A_range_that_became_a_never_target_is_released_at_the_next_rewrite()
    {
        var server = GarnetHost.Start();
        var decision = Some.BlockIp("203.0.113.1");
        await using var bench = new RedisBench(server);
        var redis = await bench.RedisAsync();
        Assert.AreEqual("enforced", await bench.EnforceAsync(decision));
        Assert.IsTrue(await redis.KeyExistsAsync(bench.Keys.Deny(decision)));
        await bench.RestartEnforcerAsync("203.0.113.0/24");
        await bench.WorkAsync();
        Assert.IsFalse(await redis.KeyExistsAsync(bench.Keys.Deny(decision)));
    }
}
