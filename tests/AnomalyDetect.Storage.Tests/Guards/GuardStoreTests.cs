using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Guards;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Storage.Tests.Guards;

[TestClass]
public sealed class GuardStoreTests
{
    private static Decision Block(int number, string address, string tenant = "acme") => Some.Decision(number, tenant) with { Value = address };

    private static Decision Revoke(int number, string session) => Some.Decision(number) with { Type = DecisionType.RevokeSession, Scope = DecisionScope.Session, Value = session };

    [TestMethod]
    public void Protecting_something_undoes_what_stands_against_it_and_keeps_new_decisions_off()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Block(1, "203.0.113.7"), Block(2, "203.0.113.99"), Block(3, "198.51.100.1"), Block(4, "203.0.113.7", "other"), Block(5, "203.0.113.0/25"));
        var receipt = store.Guards.Protect("acme", DecisionScope.Address, "203.0.113.0/26", null, "ann", "our new proxy")!;
        Assert.AreEqual((1, 1), (receipt.Undone, receipt.Refused), "the one in force, and the range that waited");
        CollectionAssert.AreEqual(
            new[] { DecisionState.Undone, DecisionState.Active, DecisionState.Active, DecisionState.Active, DecisionState.Refused }, Enumerable.Range(1, 5).Select(i => State(store, i)).ToArray());
        StringAssert.Contains(store.Decisions.Life(Some.Decision(1).Id).Single(s => s.Step == "undone").Reason, "protected from now on: our new proxy");

        store.Reopen();
        store.Commit("lane", 2, Block(6, "203.0.113.8"));
        Assert.AreEqual(DecisionState.Refused, State(store, 6));
        StringAssert.Contains(store.Decisions.Life(Some.Decision(6).Id)[^1].Reason, $"is protected ({receipt.Protection.Id}): our new proxy");
        Assert.IsTrue(store.Guards.Unprotect(receipt.Protection.Id, "ann", "it moved"));
        Assert.IsFalse(store.Guards.Unprotect(receipt.Protection.Id, "ann", "it moved"));
        store.Commit("lane", 3, Block(7, "203.0.113.8"));
        Assert.AreEqual(DecisionState.Active, State(store, 7));
        store.AssertWhole();
    }

    [TestMethod]
    public void A_protection_runs_out_by_itself()
    {
        using var store = new TestStore();
        store.Guards.Protect(null, DecisionScope.Address, "203.0.113.7", store.Now.AddMinutes(30), "ann", "a load test");
        store.Commit("lane", 1, Block(1, "203.0.113.7"));
        store.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.IsEmpty(store.Guards.Protections);
        store.Commit("lane", 2, Block(2, "203.0.113.7"));
        Assert.AreEqual((DecisionState.Refused, DecisionState.Active), (State(store, 1), State(store, 2)));
    }

    [TestMethod]
    public void Principals_are_protected_by_pattern_and_their_sessions_with_them()
    {
        using var store = new TestStore();
        store.Guards.Protect("acme", DecisionScope.Principal, "svc-*", null, "ann", "service accounts");
        store.Commit("lane", 1, Some.Alert(1) with { PrincipalId = "svc-billing" }, Some.Alert(2) with { PrincipalId = "u2" }, Revoke(1, "s1"), Revoke(2, "s2"));
        Assert.AreEqual((DecisionState.Refused, DecisionState.Active), (State(store, 1), State(store, 2)));
        Assert.IsNotNull(store.Guards.WhyProtected(Revoke(1, "s1"), store.Now));
        Assert.IsNull(store.Guards.WhyProtected(Revoke(2, "s2"), store.Now));
    }

    [TestMethod]
    public void Loopback_private_and_configured_ranges_are_protected_whatever_is_decided_about_them()
    {
        using var store = new TestStore(guards: new GuardOptions { NeverTarget = ["198.51.100.0/24"] });
        string[] addresses = ["127.0.0.1", "10.1.2.3", "192.168.0.0/16", "fe80::/64", "198.51.100.77", "203.0.113.1"];
        store.Commit("lane", 1, [.. addresses.Select((a, i) => Block(i, a) with { Type = i % 2 == 0 ? DecisionType.BlockIp : DecisionType.RateLimit })]);
        CollectionAssert.AreEqual(new[] { "203.0.113.1" }, store.Decisions.Active(store.Now).Select(e => e.Decision.Value).ToArray());
    }

    [TestMethod]
    public void A_halt_withdraws_all_in_force_refuses_what_waits_and_lets_nothing_new_through()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Block(1, "203.0.113.1"), Block(2, "203.0.113.2"), Block(3, "203.0.113.0/24"));
        foreach (var delivery in store.Outbox.Due("redis", store.Now, 1)) store.Outbox.Delivered(delivery.Sequence, "enforced");
        Assert.IsTrue(store.Guards.Halt("ann", "it locks people out"));
        Assert.IsFalse(store.Guards.Halt("ben", "me too"));
        Assert.IsEmpty(store.Decisions.Feed(0, null, 10), "at once, withdrawn or not");
        Assert.AreEqual("ann", store.Guards.Halted!.Actor);

        store.Reopen(); // the process died before it had withdrawn anything
        Assert.AreEqual(2, store.Guards.Withdraw(2));
        Assert.AreEqual(1, store.Guards.Withdraw(2));
        Assert.AreEqual(0, store.Guards.Withdraw(2));
        CollectionAssert.AreEqual(new[] { DecisionState.Undone, DecisionState.Undone, DecisionState.Refused }, Enumerable.Range(1, 3).Select(i => State(store, i)).ToArray());
        CollectionAssert.AreEqual(new[] { $"redis:undo:{Some.Decision(1).Id}" }, store.Outbox.Due("redis", store.Now, 10).Select(d => d.Id).ToArray(), "the other was never sent");
        store.Commit("lane", 2, Block(4, "203.0.113.4"));
        Assert.AreEqual(DecisionState.Refused, State(store, 4));

        Assert.IsTrue(store.Guards.Resume("ann", "the rule is mended"));
        Assert.IsFalse(store.Guards.Resume("ann", "twice"));
        store.Commit("lane", 3, Block(5, "203.0.113.5"));
        CollectionAssert.AreEqual(new[] { "203.0.113.5" }, store.Decisions.Active(store.Now).Select(e => e.Decision.Value).ToArray(), "nothing of before comes back");
        CollectionAssert.AreEquivalent(
            new[] { "enforcement_halt", "enforcement_resume" }, store.Dump("json_extract(CAST(payload AS TEXT), '$.action')", "ledger WHERE kind = 'operator'").Split('\n'));
        store.AssertWhole();
    }

    [TestMethod]
    public void A_halt_of_one_tenant_leaves_the_others_alone_and_outlives_the_halt_of_all()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Block(1, "203.0.113.1"), Some.Decision(2, "globex"), Block(3, "203.0.113.0/24"));
        Assert.IsTrue(store.Guards.Halt("ann", "it locks people out", "acme"));
        Assert.IsFalse(store.Guards.Halt("ben", "me too", "acme"));
        Assert.IsNull(store.Guards.Halted);
        Assert.AreEqual("acme", store.Guards.HaltedTenants.Single().TenantId);
        CollectionAssert.AreEqual(new[] { "globex" }, store.Decisions.Feed(0, null, 10).Select(e => e.Decision.TenantId).ToArray(), "at once, withdrawn or not");

        store.Reopen(); // the process died before it had withdrawn anything
        Assert.AreEqual(1, store.Guards.Withdraw(1));
        Assert.AreEqual(1, store.Guards.Withdraw(5));
        Assert.AreEqual(0, store.Guards.Withdraw(5));
        CollectionAssert.AreEqual(new[] { DecisionState.Undone, DecisionState.Active, DecisionState.Refused }, Enumerable.Range(1, 3).Select(i => State(store, i)).ToArray());
        Assert.AreEqual("enforcement in acme is halted: it locks people out", store.Decisions.Life(Some.Decision(1).Id).Single(s => s.Step == "undone").Reason);
        store.Commit("lane", 2, Block(4, "203.0.113.4"), Some.Decision(5, "globex") with { Value = "203.0.113.5" });
        Assert.AreEqual((DecisionState.Refused, DecisionState.Active), (State(store, 4), State(store, 5)));

        store.Guards.Halt("cy", "everything");
        Assert.AreEqual("all enforcement is halted: everything", store.Guards.HaltedIn("acme")!.Why);
        Assert.IsTrue(store.Guards.Resume("cy", "over"));
        Assert.AreEqual(DecisionState.Undone, State(store, 5));
        store.Commit("lane", 3, Block(6, "203.0.113.6"), Some.Decision(7, "globex") with { Value = "203.0.113.7" });
        Assert.AreEqual((DecisionState.Refused, DecisionState.Active), (State(store, 6), State(store, 7)), "each halt ends by itself");

        Assert.IsFalse(store.Guards.Resume("ann", "not halted", "globex"));
        Assert.IsTrue(store.Guards.Resume("ann", "the rule is mended", "acme"));
        store.Commit("lane", 4, Block(8, "203.0.113.8"));
        CollectionAssert.AreEquivalent(new[] { "203.0.113.7", "203.0.113.8" }, store.Decisions.Active(store.Now).Select(e => e.Decision.Value).ToArray(), "nothing of before comes back");
        CollectionAssert.AreEquivalent(
            new[] { "enforcement of acme", "enforcement", "enforcement", "enforcement of acme" }, store.Dump("json_extract(CAST(payload AS TEXT), '$.subject')", "ledger WHERE kind = 'operator'").Split('\n'));
        store.AssertWhole();
    }

    [TestMethod]
    public void A_halt_leaves_no_cool_off_behind()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Block(1, "203.0.113.1"));
        store.Guards.Halt("ann", "a test");
        store.Guards.Resume("ann", "over");
        store.Commit("lane", 2, Block(2, "203.0.113.1"));
        Assert.AreEqual(DecisionState.Active, State(store, 2));
        Assert.AreEqual(DecisionState.Undone, State(store, 1));
    }

    [TestMethod]
    public void What_an_enforcer_did_and_was_seen_to_hold_stands_in_the_decisions_life()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Block(1, "203.0.113.1"));
        store.Outbox.Delivered(store.Outbox.Due("redis", store.Now, 1).Single().Sequence, "enforced", "its key holds the decision");
        store.Decisions.Report(new EnforcementBatch("k1/a", 1, "key k1", [new Enforcement(Some.Decision(1).Id, new EnforcementTally(Some.Time, Some.Time, 1))]), []);
        store.Decisions.Undo(Some.Decision(1).Id, "ann", "a false alarm");
        store.Outbox.Delivered(store.Outbox.Due("redis", store.Now, 1).Single().Sequence, "undone", "its key is gone");
        CollectionAssert.AreEqual(
            new[] { "requested", "approved", "delivered", "acknowledged", "verified", "enforced", "undone", "undo_delivered", "undo_acknowledged", "undo_verified" },
            store.Decisions.Life(Some.Decision(1).Id).Select(s => s.Step).ToArray());
        Assert.IsEmpty(store.Decisions.Life("nothing"));
        store.AssertWhole();
        store.Sql("DELETE FROM decision_step WHERE entry = 2");
        StringAssert.Contains(store.Verify().Reason, "the step of decision");
    }

    private static DecisionState State(TestStore store, int number) => store.Decisions.Find(Some.Decision(number).Id)!.State;
}
