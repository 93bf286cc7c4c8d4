using AnomalyDetect.Core.Guards;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Storage.Tests.Decisions;

/// <summary>What a person asks for, between the guards and the ledger.</summary>
[TestClass]
public sealed class RevocationTests
{
    [TestMethod]
    public void What_a_person_asks_for_takes_effect_at_once_and_says_who_it_was()
    {
        using var store = new TestStore();
        var revoked = Revoke(1);
        Assert.AreEqual(DecisionState.Active, store.Decisions.Request(revoked, "key ann", "their laptop is gone").State);
        var entry = store.Decisions.Feed(0, null, 10).Single();
        Assert.AreEqual((revoked.Id, store.Now), (entry.Decision.Id, entry.InForceSince));
        Assert.IsNull(entry.Decision.AlertId);
        Assert.HasCount(1, store.Outbox.Due("redis", store.Now, 10));
        CollectionAssert.AreEqual(
            new[] { "requested by key ann: their laptop is gone", "approved by guards: no guard objects" },
            store.Decisions.Life(revoked.Id).Select(s => $"{s.Step} by {s.Actor}: {s.Reason}").ToArray());
        Assert.IsTrue(store.Decisions.Undo(revoked.Id, "key bob", "it was found"));
        store.AssertWhole();
    }

    [TestMethod]
    public void A_whole_tenant_waits_for_somebody_else_than_who_asked_and_voids_what_was_issued_until_then()
    {
        using var store = new TestStore();
        store.Targets.TellsApprovers = true;
        var revoked = RevokeAll(1);
        var admission = store.Decisions.Request(revoked, "key ann", "a breach");
        Assert.AreEqual(DecisionState.Held, admission.State);
        StringAssert.Contains(admission.Reason, "response.guards.approval.tenants");
        Assert.IsEmpty(store.Decisions.Feed(0, null, 10));
        var held = store.Decisions.Held("acme", 10).Single();
        Assert.AreEqual(("key ann", admission.Reason), (held.RequestedBy, held.Reason));
        Assert.HasCount(1, store.Outbox.List(null, null, 0, 10).Where(d => d.Kind == DeliveryKind.Notify), "who may approve it is told");

        store.Reopen();
        store.Clock.Advance(TimeSpan.FromMinutes(20));
        Assert.AreEqual(DecisionState.Held, store.Decisions.Approve(revoked.Id, "key ann", "I am sure")!.State);
        Assert.IsEmpty(store.Decisions.Feed(0, null, 10));
        Assert.AreEqual(DecisionState.Active, store.Decisions.Approve(revoked.Id, "key bob", "so am I")!.State);
        Assert.AreEqual(store.Now, store.Decisions.Feed(0, null, 10).Single().InForceSince);
        CollectionAssert.AreEqual(
            new[] { "requested by key ann", "held by guards", "approved by key bob" }, store.Decisions.Life(revoked.Id).Select(s => $"{s.Step} by {s.Actor}").ToArray());
        store.AssertWhole();
    }

    [TestMethod]
    public void Who_asked_may_take_it_back_while_it_waits()
    {
        using var store = new TestStore();
        store.Decisions.Request(RevokeAll(1), "key ann", "a breach");
        Assert.IsTrue(store.Decisions.Refuse(RevokeAll(1).Id, "key ann", "it was a test"));
        Assert.AreEqual(DecisionState.Refused, store.Decisions.Find(RevokeAll(1).Id)!.State);
    }

    [TestMethod]
    public void Where_one_person_suffices_a_rule_still_stops_at_the_second_tenant_and_at_protected_people()
    {
        using var store = new TestStore(guards: new GuardOptions { Approval = new ApprovalOptions { Tenants = false } });
        store.Commit("lane", 1, RevokeAll(1), RevokeAll(2, "globex"));
        Assert.AreEqual(DecisionState.Active, store.Decisions.Find(RevokeAll(1).Id)!.State);
        StringAssert.Contains(store.Decisions.Held(null, 10).Single().Reason, "it would be number 2 of its kind (tenant) within 01:00:00, and 1 are allowed");
        Assert.AreEqual(DecisionState.Active, store.Decisions.Request(RevokeAll(3, "umbrella"), "key ann", "a breach").State, "a person is not counted, and counts");

        store.Clock.Advance(TimeSpan.FromHours(2));
        store.Guards.Protect("initech", DecisionScope.Principal, "break-glass-*", null, "ann", "ours");
        store.Commit("lane", 2, RevokeAll(4, "initech") with { ExpiresAt = store.Now.AddHours(1) });
        StringAssert.Contains(store.Decisions.Held("initech", 10).Single().Reason, "of its principals break-glass-* are protected and would have to sign in again");
    }

    [TestMethod]
    public void An_undo_keeps_the_playbook_off_for_a_while_and_no_person()
    {
        using var store = new TestStore();
        store.Decisions.Request(Revoke(1), "key ann", "a test");
        store.Decisions.Undo(Revoke(1).Id, "key ann", "a mistake");
        store.Commit("lane", 1, Revoke(2));
        Assert.AreEqual(DecisionState.Refused, store.Decisions.Find(Revoke(2).Id)!.State);
        Assert.AreEqual(DecisionState.Active, store.Decisions.Request(Revoke(3), "key ann", "it was none").State);
    }

    [TestMethod]
    public void What_refuses_refuses_a_person_too()
    {
        using var store = new TestStore(guards: new GuardOptions { Approval = new ApprovalOptions { Tenants = false } });
        store.Guards.Protect(null, DecisionScope.Principal, "ada", null, "ann", "the owner");
        store.Guards.Protect(null, DecisionScope.Tenant, "acme", null, "ann", "a hospital");
        StringAssert.Contains(store.Decisions.Request(Revoke(1), "key ann", "a test").Reason, "principal ada is protected");
        StringAssert.Contains(store.Decisions.Request(RevokeAll(2), "key ann", "a test").Reason, "tenant acme is protected");
        store.Guards.Halt("ann", "it locks people out");
        StringAssert.Contains(store.Decisions.Request(Revoke(3) with { Value = "bob" }, "key ann", "a test").Reason, "all enforcement is halted");
        Assert.AreEqual(DecisionState.Simulated, store.Decisions.Request(Revoke(4) with { Simulated = true }, "key ann", "a test").State);
        Assert.IsEmpty(store.Outbox.List(null, null, 0, 10));
        store.AssertWhole();
    }

    [TestMethod]
    public void Whom_and_what_it_cut_off_is_counted_once_whichever_enforcer_saw_it_and_over_a_restart()
    {
        using var store = new TestStore(guards: new GuardOptions { Approval = new ApprovalOptions { Tenants = false } });
        store.Commit("lane", 1, RevokeAll(1));
        var first = Report(store, "k1/a", 1, ["ada", "bob"], ["s1", "s2", "s3"], ["t1"]);
        Assert.AreEqual(new DecisionReach(2, 3, 1), first.Ended);
        store.Reopen();
        Assert.AreEqual(new DecisionReach(1, 0, 1), Report(store, "k1/b", 1, ["bob", "eve"], ["s2"], ["t2"]).Ended);
        Assert.IsNull(Report(store, "k1/b", 1, ["mallory"], [], []).Ended, "sent again");
        Assert.AreEqual(new DecisionReach(3, 3, 2), store.Decisions.Find(RevokeAll(1).Id)!.Enforced!.Ended);
        store.AssertWhole();
    }

    private static EnforcementReceipt Report(TestStore store, string reporter, long number, string[] principals, string[] sessions, string[] tokens)
    {
        static List<int> Marks(string[] ids) => [.. ids.Select(DistinctMark.Of)];
        var ended = new EndedMarks(Marks(principals), Marks(sessions), Marks(tokens));
        return store.Decisions.Report(new EnforcementBatch(reporter, number, "key k1", [new Enforcement(RevokeAll(1).Id, new EnforcementTally(Some.Time, Some.Time, 1), ended)]), []);
    }

    private static Decision Revoke(int number) =>
        Some.Decision(number) with { AlertId = null, Type = DecisionType.RevokeToken, Scope = DecisionScope.Principal, Value = "ada" };

    private static Decision RevokeAll(int number, string tenant = "acme") =>
        Some.Decision(number, tenant) with { AlertId = null, Type = DecisionType.RevokeToken, Scope = DecisionScope.Tenant, Value = tenant };
}
