using System.Text;
using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Storage.Tests.Deliveries;

[TestClass]
public sealed class OutboxTests
{
    [TestMethod]
    public void A_targets_queue_is_worked_in_the_order_deliveries_came_in()
    {
        using var store = new TestStore();
        for (var i = 1; i <= 5; i++) Notify(store, i);
        store.Commit("lane", 9, Some.Decision(9));

        var due = store.Outbox.Due("hook", store.Now, 3);
        CollectionAssert.AreEqual(new[] { $"hook:{Some.Id(1)}_1", $"hook:{Some.Id(2)}_1", $"hook:{Some.Id(3)}_1" }, due.Select(d => d.Id).ToArray());
        Assert.IsTrue(due.Zip(due.Skip(1)).All(p => p.First.Sequence < p.Second.Sequence));
        Assert.AreEqual(DeliveryKind.Notify, due[0].Kind);
        Assert.HasCount(1, store.Outbox.Due("redis", store.Now, 10));
        Assert.IsEmpty(store.Outbox.Due("nobody", store.Now, 10));
    }

    [TestMethod]
    public void Every_attempt_gets_the_same_bytes_and_the_time_after_which_it_is_not_worth_it()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Decision(1));
        var first = store.Outbox.Due("redis", store.Now, 1).Single();
        store.Outbox.Retry(first.Sequence, store.Now, "refused");
        store.Reopen();
        var second = store.Outbox.Due("redis", store.Now, 1).Single();
        Assert.AreEqual("203.0.113.7", Encoding.UTF8.GetString(second.Body.Span));
        Assert.AreEqual(Some.Later, second.NotAfter);
        Assert.AreEqual(first.Id, second.Id);
        Assert.AreEqual((1, "refused"), (second.Attempts, second.Result));
    }

    [TestMethod]
    public void A_retry_is_due_again_only_at_its_time_and_holds_nobody_up()
    {
        using var store = new TestStore();
        Notify(store, 1);
        Notify(store, 2);
        var head = store.Ledger.Head;
        var first = store.Outbox.Due("hook", store.Now, 1).Single();
        store.Outbox.Retry(first.Sequence, store.Now.AddMinutes(1), "503");

        Assert.AreEqual($"hook:{Some.Id(2)}_1", store.Outbox.Due("hook", store.Now, 10).Single().Id);
        Assert.HasCount(2, store.Outbox.Due("hook", store.Now.AddMinutes(1), 10));
        Assert.AreEqual(head, store.Ledger.Head, "a retry is no ledger entry");
    }

    [TestMethod]
    public void The_next_due_time_is_the_earliest_of_the_targets_pending_ones()
    {
        using var store = new TestStore();
        Assert.IsNull(store.Outbox.NextDue("hook"));
        Notify(store, 1);
        Assert.AreEqual(store.Now, store.Outbox.NextDue("hook"));
        var delivery = store.Outbox.Due("hook", store.Now, 1).Single();
        store.Outbox.Retry(delivery.Sequence, store.Now.AddSeconds(30), "503");
        Assert.AreEqual(store.Now.AddSeconds(30), store.Outbox.NextDue("hook"));
        store.Outbox.Delivered(delivery.Sequence, "200");
        Assert.IsNull(store.Outbox.NextDue("hook"));
    }

    [TestMethod]
    [DataRow(DeliveryState.Delivered, "delivered", 1)]
    [DataRow(DeliveryState.Dead, "dead", 1)]
    [DataRow(DeliveryState.Expired, "expired", 0)]
    public void An_end_is_kept_with_a_ledger_entry_and_the_first_word_stands(DeliveryState state, string word, int attempts)
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Decision(1));
        var sequence = store.Outbox.Due("redis", store.Now, 1).Single().Sequence;
        End(store, sequence, state);
        var head = store.Ledger.Head;
        foreach (var again in Enum.GetValues<DeliveryState>().Except([DeliveryState.Pending])) End(store, sequence, again);
        store.Outbox.Retry(sequence, store.Now, "late");

        var delivery = store.Outbox.List(null, null, 0, 10).Single();
        Assert.AreEqual((state, attempts), (delivery.State, delivery.Attempts));
        Assert.AreEqual(state == DeliveryState.Delivered ? 4 : 3, head.Sequence, "requested, approved, settled, and acknowledged where it arrived");
        Assert.AreEqual(head, store.Ledger.Head);
        StringAssert.Contains(Encoding.UTF8.GetString(Convert.FromHexString(store.Scalar("SELECT hex(payload) FROM ledger WHERE kind = 'delivery'"))), $"\"outcome\":\"{word}\"");
        Assert.IsEmpty(store.Outbox.Due("redis", store.Now, 10));
        store.AssertWhole();
    }

    [TestMethod]
    public void Many_are_settled_in_one_transaction_and_one_that_is_not_there_keeps_none_of_the_others()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Decision(1), Some.Decision(2), Some.Decision(3));
        var all = store.Outbox.Due("redis", store.Now, 10);
        DeliverySettlement[] settlements =
        [
            new(all[0].Sequence, DeliveryState.Delivered, "enforced", "its key holds the decision"), new(4711, DeliveryState.Delivered, "enforced"),
            new(all[1].Sequence, DeliveryState.Pending, "refused", DueAt: store.Now.AddMinutes(1)), new(all[2].Sequence, DeliveryState.Dead, "refused"),
        ];

        store.Sql("CREATE TRIGGER broken BEFORE UPDATE ON delivery WHEN NEW.state = 2 BEGIN SELECT RAISE(ABORT, 'broken'); END");
        Assert.ThrowsExactly<StoreException>(() => store.Outbox.Settle(settlements));
        Assert.HasCount(3, store.Outbox.Due("redis", store.Now, 10), "all or nothing");
        store.Sql("DROP TRIGGER broken");

        Assert.AreEqual(3, store.Outbox.Settle(settlements));
        Assert.AreSequenceEqual(
            [DeliveryState.Delivered, DeliveryState.Pending, DeliveryState.Dead], store.Outbox.List(null, null, 0, 10).Select(d => d.State));
        store.AssertWhole();
    }

    [TestMethod]
    public void Only_enforcements_that_wait_for_the_target_are_waiting_however_many_are_asked_about()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Decision(1), Some.Decision(2), Some.Alert(3), Some.Notification(Some.Alert(3)));
        store.Outbox.Delivered(store.Outbox.Due("redis", store.Now, 1).Single().Sequence, "enforced");
        string[] few = [Some.Decision(1).Id, Some.Decision(2).Id, Some.Alert(3).RevisionId];
        string[] many = [.. few, .. Enumerable.Range(10, 200).Select(i => Some.Decision(i).Id)];
        foreach (var asked in new[] { few, many })
        {
            Assert.AreSequenceEqual([Some.Decision(2).Id], store.Outbox.Waiting("redis", asked));
            Assert.IsEmpty(store.Outbox.Waiting("hook", asked));
        }
    }

    [TestMethod]
    public void Dead_deliveries_can_be_put_back_by_target_by_id_or_all_naming_who_did()
    {
        using var store = new TestStore();
        for (var i = 1; i <= 3; i++) Notify(store, i);
        store.Commit("lane", 9, Some.Decision(9));
        foreach (var d in store.Outbox.List(null, null, 0, 10)) store.Outbox.Dead(d.Sequence, "gone");
        var changes = 0;
        store.Outbox.Changed += () => changes++;

        Assert.AreEqual(0, store.Outbox.Replay("nobody", null, "ann"));
        Assert.AreEqual(0, changes);
        Assert.AreEqual(1, store.Outbox.Replay(null, $"hook:{Some.Id(2)}_1", "ann"));
        Assert.AreEqual(2, store.Outbox.Replay("hook", null, "ann"));
        Assert.AreEqual(1, store.Outbox.Replay(null, null, "bob"));
        Assert.AreEqual(3, changes);
        Assert.HasCount(3, store.Outbox.Due("hook", store.Now, 10));
        Assert.IsTrue(store.Outbox.List(null, null, 0, 10).All(d => d.Attempts == 0));
        StringAssert.Contains(store.Scalar("SELECT CAST(payload AS TEXT) FROM ledger ORDER BY sequence DESC LIMIT 1"), "\"actor\":\"bob\"");
        Assert.AreEqual(5 + 4 + 4, store.Ledger.Head.Sequence);
        store.AssertWhole();
    }

    [TestMethod]
    public void Lists_filter_by_state_and_tenant_and_page_by_sequence()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Decision(1), Some.Decision(2, tenant: "other"), Some.Decision(3));
        var all = store.Outbox.List(null, null, 0, 10);
        store.Outbox.Dead(all[0].Sequence, "gone");
        store.Outbox.Delivered(all[1].Sequence, "enforced");

        Assert.AreEqual(all[0].Id, store.Outbox.List(DeliveryState.Dead, null, 0, 10).Single().Id);
        Assert.AreEqual(all[1].Id, store.Outbox.List(null, "other", 0, 10).Single().Id);
        CollectionAssert.AreEqual(new[] { all[1].Id, all[2].Id }, store.Outbox.List(null, null, all[0].Sequence, 2).Select(d => d.Id).ToArray());
        CollectionAssert.AreEqual(new[] { ("redis", DeliveryState.Pending, 1L), ("redis", DeliveryState.Dead, 1L) }, store.Outbox.Counts().ToArray());
    }

    private static void Notify(TestStore store, int number)
    {
        var alert = Some.Alert(number);
        store.Commit("lane", number, alert, Some.Notification(alert));
    }

    private static void End(TestStore store, long sequence, DeliveryState state)
    {
        if (state == DeliveryState.Delivered) store.Outbox.Delivered(sequence, "enforced");
        else if (state == DeliveryState.Dead) store.Outbox.Dead(sequence, "refused");
        else store.Outbox.Expired(sequence);
    }
}
