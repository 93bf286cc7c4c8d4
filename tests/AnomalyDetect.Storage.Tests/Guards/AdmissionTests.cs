using AnomalyDetect.Core.Guards;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Storage.Tests.Guards;

/// <summary>What stands between a decision and its taking effect, in the store's transaction.</summary>
[TestClass]
public sealed class AdmissionTests
{
    [TestMethod]
    public void What_needs_approval_is_neither_sent_nor_in_the_feed_until_a_person_says_yes()
    {
        using var store = new TestStore();
        var decision = Suspend(1);
        store.Commit("lane", 1, decision);
        Assert.AreEqual(DecisionState.Held, State(store, decision));
        Assert.IsEmpty(store.Outbox.List(null, null, 0, 10));
        Assert.IsEmpty(store.Decisions.Feed(0, null, 10, simulated: true));
        var held = store.Decisions.Held("acme", 10).Single();
        Assert.AreEqual((decision.Id, store.Now.AddHours(1)), (held.Decision.Id, held.Until));
        StringAssert.Contains(held.Reason, "suspend_partner_token needs approval");
        Assert.IsEmpty(store.Decisions.Held("other", 10));

        store.Reopen();
        Assert.AreEqual(DecisionState.Active, store.Decisions.Approve(decision.Id, "ann", "they agreed")!.State);
        Assert.IsNull(store.Decisions.Approve(decision.Id, "ann", "twice"));
        Assert.IsFalse(store.Decisions.Refuse(decision.Id, "ann", "too late"));
        Assert.AreEqual(decision.Id, store.Decisions.Feed(0, null, 10).Single().Decision.Id);
        Assert.HasCount(1, store.Outbox.Due("redis", store.Now, 10));
        CollectionAssert.AreEqual(
            new[] { "requested by playbook", "held by guards", "approved by ann" }, store.Decisions.Life(decision.Id).Select(s => $"{s.Step} by {s.Actor}").ToArray());
        store.AssertWhole();
    }

    [TestMethod]
    public void What_nobody_approves_in_time_or_a_person_refuses_never_takes_effect()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Suspend(1), Suspend(2));
        Assert.IsTrue(store.Decisions.Refuse(Suspend(1).Id, "ann", "a good partner"));
        store.Clock.Advance(TimeSpan.FromHours(1));
        Assert.AreEqual(1, store.Decisions.Expire(store.Now, 10));
        Assert.AreEqual((DecisionState.Refused, DecisionState.Refused), (State(store, Suspend(1)), State(store, Suspend(2))));
        StringAssert.Contains(store.Decisions.Life(Suspend(2).Id)[^1].Reason, "nobody approved it in time");
        Assert.IsEmpty(store.Outbox.List(null, null, 0, 10));
        store.Commit("lane", 1, Suspend(1), Suspend(2)); // replayed
        Assert.AreEqual(DecisionState.Refused, State(store, Suspend(2)));
        store.AssertWhole();
    }

    [TestMethod]
    public void A_range_of_addresses_waits_and_one_address_does_not()
    {
        using var store = new TestStore();
        Decision[] made = [Block(1, "203.0.113.0/24"), Block(2, "203.0.113.7"), Block(3, "2001:db8::/64"), Block(4, "2001:db8::/48")];
        store.Commit("lane", 1, [.. made]);
        CollectionAssert.AreEqual(new[] { DecisionState.Held, DecisionState.Active, DecisionState.Active, DecisionState.Held }, made.Select(d => State(store, d)).ToArray());
    }

    [TestMethod]
    public void Beyond_its_blast_radius_the_playbook_stops_and_asks()
    {
        using var store = new TestStore(guards: new GuardOptions { BlastRadius = new BlastRadiusOptions { Principals = 3, Window = TimeSpan.FromMinutes(10) } });
        for (var i = 1; i <= 3; i++) store.Commit("lane", i, StepUp(i, $"u{i}"));
        store.Commit("lane", 4, StepUp(4, "u4"), StepUp(5, "u2", DecisionType.Captcha), StepUp(6, "u1", tenant: "other"));
        Assert.AreEqual(DecisionState.Held, State(store, StepUp(4, "u4")));
        StringAssert.Contains(store.Decisions.Held(null, 10).Single().Reason, "it would be number 4 of its kind (principal) in the tenant within 00:10:00, and 3 are allowed");
        Assert.AreEqual(DecisionState.Active, State(store, StepUp(5, "u2")), "another against the same is no wider");
        Assert.AreEqual(DecisionState.Active, State(store, StepUp(6, "u1")), "another tenant has its own");
        store.Clock.Advance(TimeSpan.FromMinutes(11));
        store.Commit("lane", 7, StepUp(7, "u7"));
        Assert.AreEqual(DecisionState.Active, State(store, StepUp(7, "u7")));
        store.AssertWhole();
    }

    [TestMethod]
    [DataRow(20, 5)] // 20 % would be 4, and 5 are always allowed
    [DataRow(40, 8)]
    [DataRow(1000, 50)]
    public void The_blast_radius_is_a_share_of_the_tenants_principals_too(int known, int allowed)
    {
        using var store = new TestStore();
        var outcome = new Core.Lanes.Outcome();
        outcome.Principals["acme"] = known;
        for (var i = 1; i <= 60; i++) outcome.Decisions.Add(StepUp(i, $"u{i}"));
        store.Lanes.Commit([new LaneCommit("lane", 1, outcome, [])]);
        Assert.HasCount(allowed, store.Decisions.Active(store.Now));
        Assert.HasCount(60 - allowed, store.Decisions.Held(null, 100));
    }

    [TestMethod]
    public void After_an_undo_by_hand_nothing_like_it_comes_back_for_a_while()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Block(1, "203.0.113.7"));
        Assert.IsTrue(store.Decisions.Undo(Block(1, "").Id, "ann", "our office"));
        store.Commit("lane", 2, Block(2, "203.0.113.7"), Block(3, "203.0.113.8"), StepUp(4, "203.0.113.7"), Block(5, "203.0.113.7", "other"));
        Assert.AreEqual(DecisionState.Refused, State(store, Block(2, "")));
        StringAssert.Contains(store.Decisions.Life(Block(2, "").Id)[^1].Reason, "undone by hand: none again before 2026-03-02 10:00:00Z");
        Assert.IsTrue(new[] { Block(3, ""), StepUp(4, ""), Block(5, "") }.All(d => State(store, d) == DecisionState.Active), "neither another address, another type nor another tenant");
        store.Reopen();
        store.Clock.Advance(TimeSpan.FromMinutes(59));
        store.Commit("lane", 3, Block(6, "203.0.113.7"));
        Assert.AreEqual(DecisionState.Refused, State(store, Block(6, "")));
        store.Clock.Advance(TimeSpan.FromMinutes(1));
        store.Commit("lane", 4, Block(7, "203.0.113.7") with { ExpiresAt = store.Now.AddHours(1) });
        Assert.AreEqual(DecisionState.Active, State(store, Block(7, "")));
        store.AssertWhole();
    }

    [TestMethod]
    public void A_dry_type_is_recorded_refused_and_sent_to_nobody()
    {
        using var store = new TestStore(guards: new GuardOptions { DryRun = [DecisionType.BlockIp] });
        store.Commit("lane", 1, Block(1, "203.0.113.7"));
        Assert.AreEqual(DecisionState.Refused, State(store, Block(1, "")));
        StringAssert.Contains(store.Decisions.Life(Block(1, "").Id)[^1].Reason, "would have acted");
        Assert.IsEmpty(store.Outbox.List(null, null, 0, 10));
    }

    [TestMethod]
    public void All_of_a_rule_since_a_time_is_undone_and_nothing_else()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Block(1, "203.0.113.1") with { Rule = "a" });
        store.Clock.Advance(TimeSpan.FromMinutes(5));
        var since = store.Now;
        store.Commit("lane", 2, Block(2, "203.0.113.2") with { Rule = "a" }, Block(3, "203.0.113.3") with { Rule = "b" }, Block(4, "203.0.113.4", "other") with { Rule = "a" });
        Assert.AreEqual(1, store.Decisions.Undo(new DecisionFilter("a", since, ["acme"]), "ann", "a bad rule", 10));
        Assert.AreEqual(1, store.Decisions.Undo(new DecisionFilter("a", since, []), "ann", "a bad rule", 1));
        Assert.AreEqual(0, store.Decisions.Undo(new DecisionFilter("a", since, []), "ann", "a bad rule", 10));
        CollectionAssert.AreEqual(
            new[] { DecisionState.Active, DecisionState.Undone, DecisionState.Active, DecisionState.Undone }, Enumerable.Range(1, 4).Select(i => State(store, Block(i, ""))).ToArray());
        store.AssertWhole();
    }

    [TestMethod]
    public void An_approval_written_behind_the_ledgers_back_is_found()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Suspend(1));
        store.Sql("UPDATE decision SET state = 0, feed_sequence = 99, waits_until = NULL");
        StringAssert.Contains(store.Verify().Reason, "no entry records the approval of the decision");
    }

    private static DecisionState State(TestStore store, Decision decision) => store.Decisions.Find(decision.Id)!.State;

    private static Decision Block(int number, string address, string tenant = "acme") => Some.Decision(number, tenant) with { Value = address };

    private static Decision StepUp(int number, string principal, DecisionType type = DecisionType.StepUp, string tenant = "acme") =>
        Some.Decision(number, tenant) with { Type = type, Scope = DecisionScope.Principal, Value = principal };

    private static Decision Suspend(int number) => Some.Decision(number) with { Type = DecisionType.SuspendPartnerToken, Scope = DecisionScope.Partner, Value = $"partner-{number}" };
}
