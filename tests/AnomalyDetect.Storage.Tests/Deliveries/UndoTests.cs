using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Storage.Tests.Deliveries;

[TestClass]
public sealed class UndoTests
{
    private static readonly string Id = Some.Decision(1).Id;

    [TestMethod]
    public void An_enforcement_never_sent_is_called_off_together_with_its_undo()
    {
        using var store = Decided();
        Assert.IsTrue(store.Decisions.Undo(Id, "ann", "a false alarm"));

        var all = store.Outbox.List(null, null, 0, 10);
        Assert.HasCount(2, all);
        Assert.IsTrue(all.All(d => d.State == DeliveryState.Expired));
        Assert.AreEqual("cancelled: undone before it was sent", all[0].Result);
        Assert.AreEqual("not needed: the enforcement was never sent", all[1].Result);
        Assert.IsEmpty(store.Outbox.Due("redis", store.Now, 10));
        Assert.AreEqual(5, store.Ledger.Head.Sequence);
        store.AssertWhole();
    }

    [TestMethod]
    [DataRow(DeliveryState.Delivered)]
    [DataRow(DeliveryState.Dead)]
    [DataRow(DeliveryState.Expired)]
    public void An_undo_waits_until_the_enforcement_it_undoes_is_settled(DeliveryState end)
    {
        using var store = Decided();
        var enforcement = store.Outbox.Due("redis", store.Now, 10).Single();
        store.Outbox.Retry(enforcement.Sequence, store.Now.AddMinutes(5), "refused");
        Assert.IsTrue(store.Decisions.Undo(Id, "ann", "a false alarm"));

        Assert.IsEmpty(store.Outbox.Due("redis", store.Now, 10));
        Assert.AreEqual(store.Now.AddMinutes(5), store.Outbox.NextDue("redis"), "or the loop would spin on an undo it cannot have");

        var changes = 0;
        store.Outbox.Changed += () => changes++;
        if (end == DeliveryState.Delivered) store.Outbox.Delivered(enforcement.Sequence, "enforced");
        else if (end == DeliveryState.Dead) store.Outbox.Dead(enforcement.Sequence, "refused");
        else store.Outbox.Expired(enforcement.Sequence);
        Assert.AreEqual(1, changes, "the undo has become due");
        Assert.AreEqual(DeliveryKind.Undo, store.Outbox.Due("redis", store.Now, 10).Single().Kind);
    }

    [TestMethod]
    public void An_enforcement_once_handed_out_is_never_called_off_even_if_nothing_was_heard_of_it()
    {
        using var store = Decided();
        var enforcement = store.Outbox.Due("redis", store.Now, 10).Single();
        store.Reopen(); // the process died while it was on its way
        Assert.IsTrue(store.Decisions.Undo(Id, "ann", "a false alarm"));

        Assert.AreEqual(enforcement.Id, store.Outbox.Due("redis", store.Now, 10).Single().Id);
        store.Outbox.Delivered(enforcement.Sequence, "enforced");
        Assert.AreEqual($"redis:undo:{Id}", store.Outbox.Due("redis", store.Now, 10).Single().Id);
    }

    [TestMethod]
    public void An_enforcement_committed_while_its_target_waits_for_it_may_be_on_its_way_and_is_not_called_off()
    {
        using var store = new TestStore();
        store.Outbox.Expect("redis", true);
        store.Commit("lane", 1, Some.Decision(1));
        Assert.IsTrue(store.Decisions.Undo(Id, "ann", "a false alarm"));
        Assert.AreEqual(DeliveryKind.Enforce, store.Outbox.Due("redis", store.Now, 10).Single().Kind, "and its undo waits for it");

        store.Outbox.Expect("redis", false);
        var other = Some.Decision(2) with { Value = "203.0.113.8" }; // there is a cool-off for the first
        store.Commit("lane", 2, other);
        Assert.IsTrue(store.Decisions.Undo(other.Id, "ann", "a false alarm"));
        Assert.IsTrue(store.Outbox.List(null, null, 0, 10).Where(d => d.SubjectId == other.Id).All(d => d.State == DeliveryState.Expired), "the target is away: this was not sent");
        store.AssertWhole();
    }

    [TestMethod]
    public void A_dead_enforcement_of_an_undone_decision_cannot_be_put_back()
    {
        using var store = Decided();
        store.Commit("lane", 2, Some.Decision(2));
        foreach (var d in store.Outbox.Due("redis", store.Now, 10)) store.Outbox.Dead(d.Sequence, "refused");
        store.Decisions.Undo(Id, "ann", "a false alarm");
        Assert.AreEqual(1, store.Outbox.Replay(null, null, "ann"));
        Assert.IsFalse(store.Outbox.List(DeliveryState.Pending, null, 0, 10).Any(d => d.Kind == DeliveryKind.Enforce && d.SubjectId == Id));
    }

    [TestMethod]
    public void An_undo_without_any_enforcement_is_due_at_once()
    {
        using var store = Decided();
        store.Sql("DELETE FROM delivery");
        store.Decisions.Undo(Id, "ann", "a false alarm");
        Assert.AreEqual(DeliveryKind.Undo, store.Outbox.Due("redis", store.Now, 10).Single().Kind);
    }

    private static TestStore Decided()
    {
        var store = new TestStore();
        store.Commit("lane", 1, Some.Decision(1));
        return store;
    }
}
