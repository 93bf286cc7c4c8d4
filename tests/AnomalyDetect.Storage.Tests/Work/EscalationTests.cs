using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Storage.Tests.Work;

[TestClass]
public sealed class EscalationTests
{
    private static readonly TimeSpan Each = TimeSpan.FromMinutes(15);

    [TestMethod]
    public void The_next_contact_is_told_when_nobody_acknowledges_in_time_and_each_only_once()
    {
        using var store = Told(1);
        CollectionAssert.AreEqual(new[] { "hook:" + Some.Id(1) + "_1" }, Sent(store), "the first contact at once");
        store.Clock.Advance(Each - TimeSpan.FromSeconds(1));
        Assert.AreEqual(0, store.Store.AlertWork.Escalate(store.Now, 10));
        store.Reopen(); // what waits survives
        store.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.AreEqual(1, store.Store.AlertWork.Escalate(store.Now, 10));
        Assert.AreEqual(0, store.Store.AlertWork.Escalate(store.Now, 10));
        store.Commit("lane", 2, [.. Chain(Some.Alert(1, 2))]);
        store.Clock.Advance(Each);
        Assert.AreEqual(1, store.Store.AlertWork.Escalate(store.Now, 10), "the last contact, and nobody twice for a revision");
        store.Clock.Advance(Each * 10);
        Assert.AreEqual(0, store.Store.AlertWork.Escalate(store.Now, 10));
        CollectionAssert.AreEqual(
            new[] { $"hook:{Some.Id(1)}_1", $"hook:{Some.Id(1)}_1:SecurityLead", $"hook:{Some.Id(1)}_2", $"hook:{Some.Id(1)}_2:OnCall" }, Sent(store));
        store.AssertWhole();
    }

    [TestMethod]
    public void An_acknowledgement_silences_the_chain_and_the_first_one_stands()
    {
        using var store = Told(1);
        var given = store.Store.AlertWork.Acknowledge(Some.Id(1), "ann", "on it");
        Assert.AreEqual(new AlertAcknowledgement(Some.Id(1), 1, "acme", "ann", "on it", Some.Time), given);
        store.Clock.Advance(Each * 10);
        Assert.AreEqual(given, store.Store.AlertWork.Acknowledge(Some.Id(1), "ben", "me too"));
        store.Commit("lane", 2, [.. Chain(Some.Alert(1, 2))]);
        store.Clock.Advance(Each * 10);
        Assert.AreEqual(0, store.Store.AlertWork.Escalate(store.Now, 10), "neither what waited nor what a revision would add");
        Assert.AreEqual(given, JsonSerializer.Deserialize(store.Store.Queries.Alert(Some.Id(1))!.Acknowledged!.Value.Span, CoreJson.Default.AlertAcknowledgement));
        Assert.IsNull(store.Store.AlertWork.Acknowledge("nothing", "ann", null));
        store.AssertWhole();
        store.Sql("UPDATE alert SET acknowledged_entry = NULL");
        StringAssert.Contains(store.Verify().Reason, "no longer marked as acknowledged");
    }

    [TestMethod]
    public void Whoever_gives_a_verdict_has_seen_the_alert()
    {
        using var store = Told(1);
        store.Store.Verdicts.Give(Some.Id(1), Verdict.Benign, "ann", "a load test");
        store.Clock.Advance(Each * 10);
        Assert.AreEqual(0, store.Store.AlertWork.Escalate(store.Now, 10));
    }

    [TestMethod]
    public void A_resolution_by_hand_calls_off_what_waits_until_the_alert_grows_again()
    {
        using var store = Told(1);
        Assert.IsNotNull(store.Store.AlertCases.Resolve(Some.Id(1), "ann", "a load test"));
        store.Clock.Advance(Each * 10);
        Assert.AreEqual(0, store.Store.AlertWork.Escalate(store.Now, 10));
        store.Commit("lane", 2, [.. Chain(Some.Alert(1, 2))]);
        store.Clock.Advance(Each * 10);
        Assert.AreEqual(2, store.Store.AlertWork.Escalate(store.Now, 10));
        store.AssertWhole();
    }

    [TestMethod]
    public void A_replayed_commit_neither_tells_nor_waits_again()
    {
        using var store = Told(1);
        store.Clock.Advance(Each);
        store.Store.AlertWork.Escalate(store.Now, 10);
        store.Commit("lane", 1, [.. Chain(Some.Alert(1))]);
        store.Clock.Advance(Each);
        Assert.AreEqual(1, store.Store.AlertWork.Escalate(store.Now, 10));
        Assert.HasCount(3, Sent(store));
    }

    [TestMethod]
    public void A_playbook_is_recorded_when_it_changes_and_not_with_every_start()
    {
        using var store = new TestStore();
        var (one, two) = (Playbook.Default, Playbook.Default with { Rules = [.. Playbook.Default.Rules.Skip(1)] });
        Assert.IsTrue(store.Store.Playbooks.Take(one, "built in", "start"));
        store.Reopen();
        Assert.IsFalse(store.Store.Playbooks.Take(one, "built in", "start"));
        Assert.IsTrue(store.Store.Playbooks.Take(two, "p.yaml", "ann"));
        Assert.IsTrue(store.Store.Playbooks.Take(one, "p.yaml", "ben"));
        CollectionAssert.AreEqual(new[] { $"{one.Version()} by ben", $"{two.Version()} by ann", $"{one.Version()} by start" }, store.Store.Playbooks.List(10).Select(p => $"{p.Version} by {p.Actor}").ToArray());
        Assert.AreEqual(3, store.Ledger.Head.Sequence);
        store.AssertWhole();
    }

    [TestMethod]
    public void The_last_playbook_in_force_is_given_back_and_never_one_that_the_ledger_does_not_name()
    {
        using var store = new TestStore();
        Assert.IsNull(store.Store.Playbooks.Last());
        var taken = Enumerable.Range(0, 12).Select(i => Playbook.Default with { Rules = [Playbook.Default.Rules[0] with { Name = $"rule {i}" }] }).ToArray();
        foreach (var playbook in taken)
        {
            store.Clock.Advance(TimeSpan.FromMinutes(1));
            store.Store.Playbooks.Take(playbook, "p.yaml", "ann");
        }

        store.Reopen();
        Assert.AreEqual(taken[^1].Version(), store.Store.Playbooks.Last()!.Version());
        Assert.AreEqual("8", store.Scalar("SELECT count(*) FROM playbook"), "the newest few are kept");
        store.Sql("DELETE FROM playbook");
        Assert.IsNull(store.Store.Playbooks.Last());
        Assert.IsFalse(store.Store.Playbooks.Take(taken[^1], "p.yaml", "start"));
        Assert.AreEqual(taken[^1].Version(), store.Store.Playbooks.Last()!.Version(), "what an older program did not keep is kept from the next start on");
        store.Sql("UPDATE playbook SET json = CAST(replace(CAST(json AS TEXT), 'rule 11', 'rule 12') AS BLOB)");
        Assert.IsNull(store.Store.Playbooks.Last(), "it was altered");
    }

    private static TestStore Told(int number)
    {
        var store = new TestStore();
        store.Commit("lane", 1, [.. Chain(Some.Alert(number))]);
        return store;
    }

    private static IEnumerable<object> Chain(Alert alert) =>
    [
        alert, Some.Notification(alert), Some.Notification(alert, Audience.SecurityLead) with { UnlessAcknowledgedWithin = Each },
        Some.Notification(alert, Audience.OnCall) with { UnlessAcknowledgedWithin = 2 * Each },
    ];

    private static string[] Sent(TestStore store) => [.. store.Outbox.List(null, null, 0, 100).Select(d => d.Id)];
}
