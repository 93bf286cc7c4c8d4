using System.Text;

namespace AnomalyDetect.Response.Tests.Redis;

/// <summary>What an enforcer was told is read back, and what must not reach it does not.</summary>
[TestClass]
public class VerificationTests
{
    [TestMethod]
    public async Task What_was_enforced_and_what_was_undone_is_read_back_from_redis()
    {
        await using var bench = new RedisBench();
        var decision = Some.BlockIp("203.0.113.7");
        await bench.EnforceAsync(decision);
        await bench.UndoAsync(decision);
        CollectionAssert.AreEqual(
            new[]
            {
                "requested", "approved", "delivered", "acknowledged: enforced", "verified: its key holds the decision", "undone: false positive", "undo_delivered", "undo_acknowledged: undone",
                "undo_verified: its key is gone",
            },
            Life(bench, decision));
    }

    [TestMethod]
    public async Task What_a_longer_decision_keeps_denied_is_said_when_it_is_read_back()
    {
        await using var bench = new RedisBench();
        var (longer, shorter) = (Some.BlockIp("203.0.113.7", 120), Some.BlockIp("203.0.113.7", 60));
        await bench.EnforceAsync(longer);
        await bench.EnforceAsync(shorter);
        Assert.Contains($"verified: its key holds decision {longer.Id}, which lasts longer", Life(bench, shorter));
        await bench.UndoAsync(longer);
        Assert.Contains($"undo_verified: its key holds decision {shorter.Id}", Life(bench, longer));
    }

    [TestMethod]
    public async Task A_shorter_decision_takes_over_from_a_longer_one_that_is_undone_while_it_waits_itself()
    {
        await using var bench = new RedisBench();
        var (longer, shorter) = (Some.BlockIp("203.0.113.7", 120), Some.BlockIp("203.0.113.7", 60));
        await bench.EnforceAsync(longer);
        bench.Store.Decide(shorter);
        Assert.IsTrue(bench.Store.Decisions.Undo(longer.Id, "olga", "false positive"));
        await bench.WorkAsync(); // both are due
        Assert.AreEqual((DeliveryState.Delivered, 1), (bench.Store.Delivery($"redis/{shorter.Id}").State, bench.Store.Delivery($"redis/{shorter.Id}").Attempts));
        Assert.AreEqual("replaced", bench.Store.Delivery($"redis/{longer.Id}/undo").Result);
        Assert.Contains(shorter.Id, (string)(await (await bench.RedisAsync()).StringGetAsync(bench.Keys.Deny(shorter)))!);
    }

    [TestMethod]
    public async Task What_is_decided_while_redis_is_well_counts_as_handed_out_at_once_and_while_it_is_away_can_be_called_off()
    {
        await using var bench = new RedisBench();
        await bench.WorkAsync(); // at rest from here on
        var well = bench.Store.Decide(Some.BlockIp("203.0.113.7"));
        Assert.IsTrue(bench.Store.Decisions.Undo(well.Id, "olga", "false positive"));
        Assert.AreEqual(DeliveryState.Pending, bench.Store.Delivery($"redis/{well.Id}").State, "it may be on its way");
        await bench.WorkAsync();
        Assert.AreEqual(DeliveryState.Expired, bench.Store.Delivery($"redis/{well.Id}").State, "its turn came after its end");
        Assert.AreEqual("absent", bench.Store.Delivery($"redis/{well.Id}/undo").Result);

        bench.Server.Stop();
        await Wait.UntilAsync(() => bench.Loggers.Lines.Any(l => l.Contains("lost its connection")), "the enforcer to notice");
        bench.Clock.Advance(bench.Options.CheckInterval);
        await bench.WorkAsync();
        var away = bench.Store.Decide(Some.BlockIp("203.0.113.8"));
        Assert.IsTrue(bench.Store.Decisions.Undo(away.Id, "olga", "false positive"));
        Assert.AreEqual("cancelled: undone before it was sent", bench.Store.Delivery($"redis/{away.Id}").Result);
    }

    [TestMethod]
    public async Task A_decision_that_does_not_stand_after_redis_has_answered_is_tried_again_until_it_does()
    {
        await using var bench = new RedisBench(relayed: true);
        var decision = Some.BlockIp("203.0.113.7");
        var (redis, key) = (await bench.RedisAsync(), bench.Keys.Deny(decision)!);
        // As a fail-over that lost the write: the answer was good, and the key is gone when it is looked for.
        bench.Relay!.Before = async sent =>
        {
            var text = Encoding.UTF8.GetString(sent.Span);
            if (text.StartsWith("*2\r\n$3\r\nGET", StringComparison.OrdinalIgnoreCase) && text.Contains(key)) await redis.KeyDeleteAsync(key);
        };
        bench.Store.Decide(decision);
        await bench.WorkAsync();
        var delivery = bench.Store.Delivery($"redis/{decision.Id}");
        Assert.AreEqual(DeliveryState.Pending, delivery.State);
        Assert.Contains("holds nothing under the decision's key", delivery.Result!);

        bench.Relay.Before = null;
        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        await bench.WorkAsync();
        Assert.AreEqual(DeliveryState.Delivered, bench.Store.Delivery($"redis/{decision.Id}").State);
        Assert.Contains("verified: its key holds the decision", Life(bench, decision));
    }

    [TestMethod]
    public async Task Not_one_byte_of_a_dry_run_goes_to_the_enforcer()
    {
        await using var bench = new RedisBench(relayed: true);
        bench.Store.Guards = bench.Store.Guards with { DryRun = [DecisionType.ForceReauth] };
        await bench.RestartEnforcerAsync();
        await bench.WorkAsync(); // connects, and writes its first (empty) copy
        // By tenant and by rule a decision is made as one; by type the guards see to it, whatever it was made as.
        Decision[] dry = [Some.BlockIp("203.0.113.7") with { Simulated = true, Rule = "a dry rule" }, Some.Decision(simulated: true, tenant: "dry-tenant"), Some.Decision(DecisionType.ForceReauth)];
        var before = await bench.Relay!.RestAsync();
        foreach (var decision in dry) bench.Store.Decide(decision);
        await bench.WorkAsync();
        Assert.AreEqual(before, await bench.Relay.RestAsync(), "bytes sent to the enforcer");
        Assert.IsEmpty(bench.Store.All());
        Assert.AreNotEqual(DecisionState.Active, bench.Store.Decisions.Find(dry[2].Id)!.State);

        await bench.EnforceAsync(Some.BlockIp("203.0.113.8"));
        Assert.IsGreaterThan(before, bench.Relay.Bytes, "what is for real is counted");
    }

    [TestMethod]
    public async Task While_enforcement_is_halted_nothing_is_sent_and_all_that_stands_is_taken_back()
    {
        await using var bench = new RedisBench();
        Decision[] standing = [Some.BlockIp("203.0.113.1"), Some.BlockIp("203.0.113.2"), Some.BlockIp("203.0.113.3")];
        foreach (var decision in standing) await bench.EnforceAsync(decision);
        var waiting = bench.Store.Decide(Some.BlockIp("203.0.113.4"));
        Assert.HasCount(1, bench.Store.Outbox.Due("redis", bench.Now, 10), "handed out, and not carried out yet");
        Assert.IsTrue(bench.Store.Store.Guards.Halt("ann", "it locks people out"));
        await bench.WorkAsync();
        Assert.AreEqual(DeliveryState.Expired, bench.Store.Delivery($"redis/{waiting.Id}").State);

        new DueSweeper(bench.Store.Decisions, bench.Store.Store.Guards, bench.Store.Store.AlertWork, bench.Clock).Sweep(CancellationToken.None);
        await bench.WorkAsync();
        var redis = await bench.RedisAsync();
        foreach (var decision in standing.Append(waiting))
        {
            Assert.IsFalse(await redis.KeyExistsAsync(bench.Keys.Deny(decision)), decision.Value);
            Assert.AreEqual(DecisionState.Undone, bench.Store.Decisions.Find(decision.Id)!.State);
        }

        // Not even a server that comes back empty is filled again.
        await bench.RestartEnforcerAsync();
        await bench.WorkAsync();
        Assert.AreEqual(0, await redis.SortedSetLengthAsync(bench.Keys.Index));
    }

    [TestMethod]
    public async Task What_is_protected_later_is_taken_back_from_redis()
    {
        await using var bench = new RedisBench();
        var decision = Some.BlockIp("203.0.113.7");
        await bench.EnforceAsync(decision);
        Assert.AreEqual(1, bench.Store.Store.Guards.Protect(null, DecisionScope.Address, "203.0.113.0/24", null, "ann", "our proxy")!.Undone);
        await bench.WorkAsync();
        Assert.IsFalse(await (await bench.RedisAsync()).KeyExistsAsync(bench.Keys.Deny(decision)));
        Assert.Contains("undo_verified: its key is gone", Life(bench, decision));
    }

    private static string[] Life(RedisBench bench, Decision decision) =>
        [.. bench.Store.Decisions.Life(decision.Id).Select(s => s.Reason is null || s.Step is "approved" or "delivered" or "undo_delivered" ? s.Step : $"{s.Step}: {s.Reason}")];
}
