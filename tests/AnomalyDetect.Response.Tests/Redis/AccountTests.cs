namespace AnomalyDetect.Response.Tests.Redis;

/// <summary>What the server holds is accounted for, change by change: nothing gets in or is lost unnoticed.</summary>
[TestClass]
public class AccountTests
{
    [TestMethod]
    public async Task What_was_given_up_and_is_carried_out_late_is_taken_back_at_the_next_check()
    {
        await using var bench = new RedisBench(relayed: true);
        await bench.WorkAsync();
        bench.Relay!.Hold();
        var decision = bench.Store.Decide(Some.BlockIp("203.0.113.7"));
        await bench.WorkAsync();
        Assert.AreEqual(DeliveryState.Pending, bench.Store.Delivery($"redis/{decision.Id}").State, "no answer in time, though it is on its way");
        Assert.IsTrue(bench.Store.Decisions.Undo(decision.Id, "olga", "false positive"));

        // The process ends; the next one is heard, while what the first had sent is still somewhere in the network.
        await bench.RestartEnforcerAsync();
        bench.Relay.PassNew();
        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        await bench.WorkAsync();
        Assert.AreEqual("absent", bench.Store.Delivery($"redis/{decision.Id}/undo").Result);
        bench.Relay.LetGo();
        var redis = await bench.RedisAsync();
        await Wait.UntilAsync(() => redis.KeyExistsAsync(bench.Keys.Deny(decision)), "it arrives behind its own undo");

        bench.Clock.Advance(bench.Options.CheckInterval);
        await bench.WorkAsync();
        Assert.IsFalse(await redis.KeyExistsAsync(bench.Keys.Deny(decision)));
        Assert.AreEqual(0, await redis.SortedSetLengthAsync(bench.Keys.Index));
    }

    [TestMethod]
    public async Task A_copy_that_lacks_a_change_is_found_out_though_as_many_were_made_since()
    {
        await using var bench = new RedisBench();
        var (lost, later) = (Some.BlockIp("203.0.113.1"), Some.BlockIp("203.0.113.2"));
        await bench.EnforceAsync(lost);
        // A fail-over to a copy from before, which breaks no connection here; then the counter stands where it stood.
        var redis = await bench.RedisAsync();
        await redis.KeyDeleteAsync(bench.Keys.Deny(lost));
        await redis.StringDecrementAsync(bench.Keys.Version);
        await bench.EnforceAsync(later);
        Assert.IsFalse(await redis.KeyExistsAsync(bench.Keys.Deny(lost)));

        bench.Clock.Advance(bench.Options.CheckInterval);
        await bench.WorkAsync();
        Assert.IsTrue(await redis.KeyExistsAsync(bench.Keys.Deny(lost)));
    }

    [TestMethod]
    public async Task A_copy_that_is_whole_is_not_written_again()
    {
        await using var bench = new RedisBench();
        var sessions = Enumerable.Range(1, 5).Select(i => Some.Decision(value: $"s-{i}")).ToList();
        foreach (var decision in sessions) await bench.SessionAsync(decision.Value);
        foreach (var decision in sessions) await bench.EnforceAsync(decision);
        await bench.UndoAsync(sessions[0]);
        await bench.UndoAsync(sessions[1]);
        var before = Rewrites();
        for (var i = 0; i < 3; i++)
        {
            bench.Clock.Advance(bench.Options.CheckInterval);
            await bench.WorkAsync();
        }

        Assert.AreEqual(before, Rewrites());

        int Rewrites() => bench.Loggers.Lines.Count(line => line.Contains("written", StringComparison.Ordinal));
    }
}
