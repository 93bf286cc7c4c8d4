using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Storage.Tests.Decisions;

[TestClass]
public sealed class DecisionFeedTests
{
    [TestMethod]
    public void Each_change_takes_a_new_sequence_and_a_decision_appears_once_at_its_latest()
    {
        using var store = Decided(1, 2, 3);
        Assert.AreEqual(3, store.Decisions.FeedHead);
        store.Decisions.Undo(Id(1), "ann", "a false alarm");

        Assert.AreEqual(4, store.Decisions.FeedHead);
        CollectionAssert.AreEqual(
            new[] { (2L, Id(2), DecisionState.Active), (3L, Id(3), DecisionState.Active), (4L, Id(1), DecisionState.Undone) },
            store.Decisions.Feed(1, null, 10).Select(e => (e.Sequence, e.Decision.Id, e.State)).ToArray());
        CollectionAssert.AreEqual(new[] { 4L }, store.Decisions.Feed(3, null, 10).Select(e => e.Sequence).ToArray());
        Assert.IsEmpty(store.Decisions.Feed(4, null, 10));
    }

    [TestMethod]
    public void A_full_copy_has_no_tombstones()
    {
        using var store = Decided(1, 2);
        store.Decisions.Undo(Id(2), "ann", "a false alarm");
        Assert.AreEqual(Id(1), store.Decisions.Feed(0, null, 10).Single().Decision.Id);
        Assert.AreEqual(Some.Decision(1), store.Decisions.Feed(0, null, 10).Single().Decision);
    }

    [TestMethod]
    public void A_page_holds_the_earliest_entries_of_all_that_follow()
    {
        using var store = Decided(1, 2, 3, 4);
        Assert.AreEqual(2, store.Decisions.Feed(0, null, 2)[^1].Sequence);
        Assert.AreEqual(4, store.Decisions.Feed(2, null, 2)[^1].Sequence);
    }

    [TestMethod]
    public void A_tenant_sees_only_its_own()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Decision(1, "a"), Some.Decision(2, "b"), Some.Decision(3, "a"));
        store.Decisions.Undo(Id(1), "ann", "a false alarm");
        Assert.AreEqual(Id(3), store.Decisions.Feed(0, "a", 10).Single().Decision.Id);
        CollectionAssert.AreEqual(new[] { Id(3), Id(1) }, store.Decisions.Feed(1, "a", 10).Select(e => e.Decision.Id).ToArray());
        Assert.AreEqual(Id(2), store.Decisions.Feed(1, "b", 10).Single().Decision.Id);
    }

    [TestMethod]
    public void Expiry_makes_tombstones_of_those_whose_time_has_passed_soonest_first_and_no_undo_deliveries()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Decision(1, expiresAt: Some.Time.AddMinutes(3)), Some.Decision(2, expiresAt: Some.Time.AddMinutes(1)), Some.Decision(3));
        store.Commit("lane", 2, Some.Decision(4, simulated: true, expiresAt: Some.Time.AddMinutes(1)));
        var changes = 0;
        store.Outbox.Changed += () => changes++;

        Assert.AreEqual(0, store.Decisions.Expire(Some.Time.AddMinutes(1).AddTicks(-1), 10));
        Assert.AreEqual(0, changes);
        Assert.AreEqual(1, store.Decisions.Expire(Some.Time.AddMinutes(3), 1));
        Assert.AreEqual((5L, DecisionState.Expired), At(store, 2));
        Assert.AreEqual(1, store.Decisions.Expire(Some.Time.AddMinutes(3), 10));
        Assert.AreEqual((6L, DecisionState.Expired), At(store, 1));
        Assert.AreEqual(0, store.Decisions.Expire(Some.Time.AddMinutes(3), 10));
        Assert.AreEqual(2, changes);
        Assert.AreEqual(4 + 3 + 2, store.Ledger.Head.Sequence);
        Assert.IsFalse(store.Outbox.List(null, null, 0, 10).Any(d => d.Kind == DeliveryKind.Undo));
        store.AssertWhole();
    }

    [TestMethod]
    public void Active_are_those_in_force_at_the_given_time_swept_or_not()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Decision(1, expiresAt: Some.Time.AddMinutes(1)), Some.Decision(2), Some.Decision(3, simulated: true));
        Assert.HasCount(2, store.Decisions.Active(Some.Time));
        Assert.AreEqual(Id(2), store.Decisions.Active(Some.Time.AddMinutes(1)).Single().Decision.Id);
    }

    [TestMethod]
    public void Only_what_is_in_force_can_be_undone_and_only_once()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Decision(1), Some.Decision(2, simulated: true), Some.Decision(3, expiresAt: Some.Time));
        store.Decisions.Expire(Some.Time, 10);
        var head = store.Ledger.Head;
        Assert.IsFalse(store.Decisions.Undo(Id(2), "ann", "x"));
        Assert.IsFalse(store.Decisions.Undo(Id(3), "ann", "x"));
        Assert.IsFalse(store.Decisions.Undo("unknown", "ann", "x"));
        Assert.AreEqual(head, store.Ledger.Head);
        Assert.IsTrue(store.Decisions.Undo(Id(1), "ann", "a false alarm"));
        Assert.IsFalse(store.Decisions.Undo(Id(1), "ann", "a false alarm"));
        var payload = store.Scalar("SELECT CAST(payload AS TEXT) FROM ledger WHERE kind = 'decision_end' AND subject = '" + Id(1) + "'");
        StringAssert.Contains(payload, "\"actor\":\"ann\",\"reason\":\"a false alarm\"");
    }

    [TestMethod]
    public void A_decision_is_found_by_id_in_whatever_state()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Decision(1), Some.Decision(2, simulated: true));
        Assert.AreEqual(DecisionState.Active, store.Decisions.Find(Id(1))!.State);
        Assert.AreEqual(DecisionState.Simulated, store.Decisions.Find(Id(2))!.State);
        Assert.IsNull(store.Decisions.Find("unknown"));
    }

    [TestMethod]
    public void A_replayed_decision_that_has_ended_stays_ended()
    {
        using var store = Decided(1);
        store.Decisions.Undo(Id(1), "ann", "a false alarm");
        store.Commit("lane", 1, Some.Decision(1));
        Assert.AreEqual(DecisionState.Undone, store.Decisions.Find(Id(1))!.State);
        Assert.AreEqual(2, store.Decisions.FeedHead);
    }

    private static (long, DecisionState) At(TestStore store, int number) => store.Decisions.Find(Id(number)) is { } e ? (e.Sequence, e.State) : default;

    private static string Id(int number) => Some.Decision(number).Id;

    private static TestStore Decided(params int[] numbers)
    {
        var store = new TestStore();
        store.Commit("lane", 1, [.. numbers.Select(n => (object)Some.Decision(n))]);
        return store;
    }
}
