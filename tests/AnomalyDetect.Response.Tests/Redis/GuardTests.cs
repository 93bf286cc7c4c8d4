using AnomalyDetect.Response.Guards;

namespace AnomalyDetect.Response.Tests.Redis;

[TestClass]
public class GuardTests
{
    [TestMethod]
    [DataRow("127.0.0.1", "is never a target")]
    [DataRow("10.0.0.7", "is never a target")]
    [DataRow("192.168.1.1", "is never a target")]
    [DataRow("fe80::/64", "is never a target")]
    [DataRow("everyone", "not an address")]
    public async Task A_private_address_takes_no_effect_and_would_be_refused_at_the_enforcers_door(string address, string why)
    {
        await using var bench = new RedisBench();
        var decision = bench.Store.Decide(Some.BlockIp(address));
        Assert.AreEqual(DecisionState.Refused, bench.Store.Decisions.Find(decision.Id)!.State);
        Assert.IsEmpty(bench.Store.All());
        Assert.AreEqual(GuardVerdict.Refused, Guard(bench).Check(decision, bench.Now, out var reason));
        Assert.Contains(why, reason);
    }

    [TestMethod]
    public async Task A_range_configured_after_the_decision_still_protects()
    {
        await using var bench = new RedisBench();
        Decision[] made = [Some.BlockIp("203.0.113.7"), Some.BlockIp("2001:db8::/64"), Some.BlockIp("203.0.113.16")];
        foreach (var decision in made) bench.Store.Decide(decision);
        await bench.RestartEnforcerAsync("203.0.113.0/28", "2001:db8::5");
        await bench.WorkAsync();
        Assert.Contains("203.0.113.0/28 is never a target", await RefusedAsync(bench, made[0]));
        Assert.Contains("2001:db8::5/128 is never a target", await RefusedAsync(bench, made[1]));
        Assert.AreEqual("enforced", bench.Store.Delivery($"redis/{made[2].Id}").Result);
    }

    [TestMethod]
    public async Task What_a_protection_undid_while_it_was_on_its_way_is_over_and_nothing_for_the_dead_letter()
    {
        await using var bench = new RedisBench();
        var decision = bench.Store.Decide(Some.BlockIp("203.0.113.7"));
        Assert.HasCount(1, bench.Store.Outbox.Due("redis", bench.Now, 10), "handed out");
        bench.Store.Store.Guards.Protect(null, DecisionScope.Address, "203.0.113.0/24", null, "ann", "a partner's gateway");
        await bench.WorkAsync();
        var enforcement = bench.Store.Delivery($"redis/{decision.Id}");
        Assert.AreEqual((DeliveryState.Expired, "undone or expired before its turn"), (enforcement.State, enforcement.Result));
        Assert.IsEmpty(bench.Store.All(DeliveryState.Dead));
    }

    [TestMethod]
    public async Task A_dry_run_decision_has_no_delivery_and_would_be_refused_if_it_had()
    {
        await using var bench = new RedisBench();
        var decision = bench.Store.Decide(Some.Decision(simulated: true));
        Assert.IsEmpty(bench.Store.All());
        await bench.WorkAsync();
        var guard = Guard(bench);
        Assert.AreEqual(GuardVerdict.Refused, guard.Check(decision, bench.Now, out var reason));
        Assert.Contains("would have acted", reason);
        // Also when what reaches the door claims not to be one.
        Assert.AreEqual(GuardVerdict.Refused, guard.Check(decision with { Simulated = false }, bench.Now, out _));
        Assert.IsFalse(await (await bench.RedisAsync()).KeyExistsAsync(bench.Keys.Deny(decision)));
    }

    [TestMethod]
    public async Task A_decision_that_expired_while_waiting_is_not_sent()
    {
        await using var bench = new RedisBench();
        var decision = bench.Store.Decide(Some.Decision(minutes: 10));
        bench.Clock.Advance(TimeSpan.FromMinutes(10));
        await bench.WorkAsync();
        Assert.AreEqual(DeliveryState.Expired, bench.Store.Delivery($"redis/{decision.Id}").State);
        Assert.IsFalse(await (await bench.RedisAsync()).KeyExistsAsync(bench.Keys.Deny(decision)));
    }

    [TestMethod]
    public async Task A_decision_undone_while_its_enforcement_waits_is_never_enforced()
    {
        await using var bench = new RedisBench();
        var decision = bench.Store.Decide(Some.BlockIp("203.0.113.7"));
        // Taken from the outbox, so that its undo is sent too, but not yet carried out.
        Assert.HasCount(1, bench.Store.Outbox.Due("redis", bench.Now, 10));
        Assert.AreEqual("absent", await bench.UndoAsync(decision));
        Assert.AreEqual(DeliveryState.Expired, bench.Store.Delivery($"redis/{decision.Id}").State);
        Assert.IsFalse(await (await bench.RedisAsync()).KeyExistsAsync(bench.Keys.Deny(decision)));
    }

    [TestMethod]
    public async Task What_is_in_force_in_a_halted_tenant_is_over_at_the_enforcers_door_before_it_is_withdrawn()
    {
        await using var bench = new RedisBench();
        var (ours, theirs) = (bench.Store.Decide(Some.BlockIp("203.0.113.7")), bench.Store.Decide(Some.BlockIp("203.0.113.8") with { TenantId = "globex" }));
        bench.Store.Store.Guards.Halt("ann", "a test", ours.TenantId);
        Assert.AreEqual(GuardVerdict.Over, Guard(bench).Check(ours, bench.Now, out var reason));
        Assert.AreEqual("enforcement in acme is halted: a test", reason);
        Assert.AreEqual(GuardVerdict.InForce, Guard(bench).Check(theirs, bench.Now, out _));
        await bench.WorkAsync();
        Assert.IsFalse(await (await bench.RedisAsync()).KeyExistsAsync(bench.Keys.Deny(ours)));
        Assert.AreEqual("enforced", bench.Store.Delivery($"redis/{theirs.Id}").Result);
    }

    [TestMethod]
    public async Task What_the_store_does_not_know_is_not_in_force()
    {
        await using var bench = new RedisBench();
        Assert.AreEqual(GuardVerdict.Refused, Guard(bench).Check(Some.Decision(), bench.Now, out _));
    }

    private static EnforcementGuard Guard(RedisBench bench) => new(bench.Store.Decisions, bench.Store.Store.Guards);

    private static async Task<string> RefusedAsync(RedisBench bench, Decision decision)
    {
        var delivery = bench.Store.Delivery($"redis/{decision.Id}");
        Assert.AreEqual(DeliveryState.Dead, delivery.State);
        Assert.IsFalse(await (await bench.RedisAsync()).KeyExistsAsync(bench.Keys.Deny(decision)));
        return delivery.Result!;
    }
}
