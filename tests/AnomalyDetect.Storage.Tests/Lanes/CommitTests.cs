using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Storage.Tests.Lanes;

[TestClass]
public sealed class CommitTests
{
    [TestMethod]
    public void A_commit_stores_alerts_decisions_notifications_deliveries_rejections_ledger_and_position_together()
    {
        using var store = new TestStore();
        var alert = Some.Alert(1);
        store.Commit("lane", 10, alert, Some.Notification(alert), Some.Notification(alert, Audience.TenantAdmin), Some.Decision(1), Some.Rejection(3));

        Assert.AreEqual((1L, 1L, 0L), store.Store.Queries.Totals());
        Assert.AreEqual("2", store.Scalar("SELECT count(*) FROM notification"));
        CollectionAssert.AreEqual(
            new[] { $"hook:{alert.RevisionId}", $"redis:{Some.Decision(1).Id}" }, store.Outbox.List(null, null, 0, 10).Select(d => d.Id).ToArray());
        Assert.AreEqual(3, store.Ledger.Head.Sequence);
        Assert.AreEqual(1, store.Store.Queries.Rejections(10).Total);
        Assert.AreEqual(10, store.Lanes.Load("lane")!.OutcomeOffset);
        store.AssertWhole();
    }

    [TestMethod]
    public void The_stored_alert_is_the_contracts_bytes_of_its_latest_revision()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Alert(1), Some.Alert(1, revision: 2));
        store.Commit("lane", 2, Some.Alert(1, revision: 3));

        var (tenant, json, _, _) = store.Store.Queries.Alert(Some.Id(1))!;
        Assert.AreEqual("acme", tenant);
        CollectionAssert.AreEqual(JsonSerializer.SerializeToUtf8Bytes(Some.Alert(1, 3), CoreJson.Default.Alert), json.ToArray());
        Assert.AreEqual("3", store.Scalar("SELECT count(*) FROM alert_revision"));
        Assert.AreEqual(3, store.Ledger.Head.Sequence);
    }

    [TestMethod]
    public void Committing_the_same_again_adds_nothing()
    {
        using var store = new TestStore();
        var alert = Some.Alert(1);
        object[] items = [alert, Some.Alert(1, 2), Some.Notification(alert), Some.Decision(1), Some.Decision(2, simulated: true), Some.Rejection(3)];
        store.Commit("lane", 10, items);
        var head = store.Ledger.Head;
        var changes = 0;
        store.Outbox.Changed += () => changes++;
        store.Commit("lane", 10, items);
        store.Reopen();
        store.Commit("lane", 10, items);

        Assert.AreEqual(head, store.Ledger.Head);
        Assert.AreEqual(0, changes);
        Assert.HasCount(2, store.Outbox.List(null, null, 0, 10));
        Assert.AreEqual("1", store.Scalar("SELECT count(*) FROM notification"));
        Assert.AreEqual(1, store.Store.Queries.Rejections(10).Total);
        Assert.AreEqual(2, store.Decisions.FeedHead);
    }

    [TestMethod]
    public void A_revision_older_than_the_stored_one_is_left_out()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Alert(1, revision: 2));
        store.Commit("lane", 2, Some.Alert(1, revision: 1));
        Assert.AreEqual(1, store.Ledger.Head.Sequence);
        Assert.AreEqual("2", store.Scalar("SELECT revision FROM alert"));
    }

    [TestMethod]
    public void The_outcome_position_never_moves_back()
    {
        using var store = new TestStore();
        store.Commit("lane", 10);
        store.Commit("lane", 4);
        Assert.AreEqual(10, store.Lanes.Load("lane")!.OutcomeOffset);
        Assert.IsNull(store.Lanes.Load("other"));
    }

    [TestMethod]
    public void A_simulated_decision_is_recorded_delivered_to_nobody_and_fed_only_to_whoever_asks()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Decision(1, simulated: true));
        Assert.AreEqual(1, store.Ledger.Head.Sequence);
        Assert.IsEmpty(store.Outbox.List(null, null, 0, 10));
        Assert.IsEmpty(store.Decisions.Feed(0, null, 10));
        Assert.AreEqual(1, store.Decisions.Feed(0, null, 10, simulated: true).Single().Sequence);
    }

    [TestMethod]
    public void Several_lanes_commits_are_one_transaction()
    {
        using var store = new TestStore();
        store.Targets.Asked = () => throw new TimeoutException("the router gave up");
        Assert.ThrowsExactly<TimeoutException>(() => store.Lanes.Commit([Some.Commit("a", 5, Some.Alert(1)), Some.Commit("b", 7, Some.Decision(1))]));
        Assert.IsNull(store.Lanes.Load("a"));
        Assert.AreEqual(0, store.Ledger.Head.Sequence);

        store.Targets.Asked = () => { };
        store.Lanes.Commit([Some.Commit("a", 5, Some.Alert(1)), Some.Commit("b", 7, Some.Decision(1))]);
        Assert.AreEqual(5, store.Lanes.Load("a")!.OutcomeOffset);
        Assert.AreEqual(7, store.Lanes.Load("b")!.OutcomeOffset);
        store.AssertWhole();
    }

    [TestMethod]
    public void A_notification_without_its_alert_revision_is_refused_not_lost()
    {
        using var store = new TestStore();
        var e = Assert.ThrowsExactly<ArgumentException>(() => store.Commit("lane", 1, Some.Alert(1, 1), Some.Notification(Some.Alert(1, 2))));
        StringAssert.Contains(e.Message, Some.Alert(1, 2).RevisionId);
        Assert.IsNull(store.Lanes.Load("lane"));
    }

    [TestMethod]
    public void The_dead_letter_keeps_the_newest_and_counts_all_even_when_trimmed_ones_are_replayed()
    {
        using var store = new TestStore(rejectionsKept: 3);
        object[] five = [Some.Rejection(1), Some.Rejection(2), Some.Rejection(3, 0), Some.Rejection(3, 1), Some.Rejection(4)];
        store.Commit("lane", 5, five);
        store.Commit("lane", 5, five);
        store.Commit("lane", 6, Some.Rejection(5));

        var (total, rows) = store.Store.Queries.Rejections(10);
        Assert.AreEqual(6, total);
        CollectionAssert.AreEqual(new[] { (5L, 0), (4L, 0), (3L, 1) }, rows.Select(r => (r.Offset, r.Index)).ToArray());
        Assert.AreEqual("malformed_json", rows[0].Reason);
        Assert.AreEqual("{\"id\":", System.Text.Encoding.UTF8.GetString(rows[0].Sample.Span));
    }

    [TestMethod]
    public void Committing_raises_changed_only_when_there_is_something_to_do()
    {
        using var store = new TestStore();
        var changes = 0;
        store.Outbox.Changed += () => throw new InvalidOperationException("a bad handler harms nobody");
        store.Outbox.Changed += () => changes++;
        store.Commit("lane", 1, Some.Alert(1));
        Assert.AreEqual(0, changes);
        store.Commit("lane", 2, Some.Decision(1));
        Assert.AreEqual(1, changes);
        store.Commit("lane", 3, Some.Decision(2, simulated: true));
        Assert.AreEqual(2, changes, "whoever follows dry runs hears of it");
    }
}
