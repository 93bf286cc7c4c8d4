using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Storage.Tests.Cases;

[TestClass]
public sealed class AlertCaseTests
{
    [TestMethod]
    public void An_alert_resolved_by_hand_is_open_again_when_it_grows()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Alert(1));
        var resolved = store.Store.AlertCases.Resolve(Some.Id(1), "ann", "a load test")!;
        Assert.AreEqual((1, "acme", "a load test", "ann", Some.Time), (resolved.Revision, resolved.TenantId, resolved.Reason, resolved.Actor, resolved.At));
        Assert.IsNull(store.Store.AlertCases.Resolve(Some.Id(1), "ann", "again"), "it is not open");
        Assert.AreEqual((0, 1), Counts(store));
        Assert.IsNotNull(store.Store.Queries.Alert(Some.Id(1))!.Resolution);

        store.Commit("lane", 2, Some.Alert(1, 2));
        Assert.AreEqual((1, 0), Counts(store));
        Assert.IsNull(store.Store.Queries.Alert(Some.Id(1))!.Resolution);
        store.Store.AlertCases.Resolve(Some.Id(1), "ben", "really");
        Assert.AreEqual((0, 1), Counts(store));
        Assert.HasCount(2, store.Store.AlertCases.Resolutions(Some.Id(1)));

        store.Commit("lane", 3, Some.Alert(1, 3) with { State = AlertState.Resolved });
        Assert.IsNull(store.Store.AlertCases.Resolve(Some.Id(1), "ann", "again"), "it is over by itself");
        Assert.IsNull(store.Store.AlertCases.Resolve(Some.Id(2), "ann", "there is none"));
        store.AssertWhole();
    }

    [TestMethod]
    public void A_resolution_or_exception_written_past_the_ledger_or_taken_away_is_found()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Alert(1));
        store.Store.AlertCases.Resolve(Some.Id(1), "ann", "a test");
        store.Store.AlertCases.Except(Some.Id(1), Some.Later, "ann", "a test");
        store.AssertWhole();
        store.Sql("UPDATE alert SET resolved_revision = NULL, resolved_entry = NULL");
        StringAssert.Contains(store.Verify().Reason!, "another resolution by hand than the latest stands for the alert");
        store.Sql("DELETE FROM manual_resolution");
        StringAssert.Contains(store.Verify().Reason!, "that it records is gone");
    }

    [TestMethod]
    [DataRow("signal = 'mfa_fatigue'")]
    [DataRow("severity = 0")]
    [DataRow("entity_kind = 'tenant'")]
    public void An_alert_that_is_hidden_from_those_who_search_is_found(string change)
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Alert(1));
        store.AssertWhole();
        store.Sql($"UPDATE alert SET {change}");
        StringAssert.Contains(store.Verify().Reason!, "contradicts what is searched by of the alert");
    }

    [TestMethod]
    public void An_exception_lasts_over_a_restart_until_it_runs_out_or_is_ended_and_said_again_it_is_replaced()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Alert(1), Some.Alert(2, tenant: "globex"));
        var cases = store.Store.AlertCases;
        var first = cases.Except(Some.Id(1), Some.Later, "ann", "a load test")!;
        Assert.AreEqual(("acme", Signal.PolicyViolationBurst, EntityKind.Principal, "user-1"), (first.TenantId, first.Signal, first.EntityKind, first.Entity));
        Assert.AreEqual(first.Id, cases.Except(Some.Id(1), Some.Later.AddHours(1), "ben", "it goes on")!.Id);
        var other = cases.Except(Some.Id(2), Some.Later, "ann", "theirs")!;
        Assert.IsNull(cases.Except(Some.Id(3), Some.Later, "ann", "there is none"));
        store.Reopen();
        cases = store.Store.AlertCases;
        Assert.AreEqual("it goes on", cases.Exceptions(Some.Time).Single(x => x.Id == first.Id).Reason);
        Assert.HasCount(1, cases.Exceptions(Some.Later), "one has run out");

        Assert.IsTrue(cases.EndException(first.Id, "ann", "over"));
        Assert.IsFalse(cases.EndException(first.Id, "ann", "over"));
        Assert.AreEqual(other.Id, cases.Exceptions(Some.Time).Single().Id);
        Assert.ThrowsExactly<InvalidOperationException>(() => cases.Except(Some.Id(1), Some.Later, "ann", "one too many", most: 0));
        Assert.IsNotNull(cases.Except(Some.Id(2), Some.Later, "ann", "it takes no new place", most: 0));
        store.AssertWhole();
    }

    [TestMethod]
    public void The_log_of_alerts_gives_revisions_and_resolutions_in_order_from_any_place()
    {
        using var store = new TestStore();
        Assert.AreEqual(0, store.Store.AlertLog.Head);
        store.Commit("lane", 1, Some.Alert(1));
        store.Store.AlertCases.Resolve(Some.Id(1), "ann", "a test");
        store.Commit("lane", 2, Some.Alert(1, 2), Some.Alert(2, tenant: "globex"));
        var log = store.Store.AlertLog.Read(0, 10);
        CollectionAssert.AreEqual(new[] { AlertLogKind.Alert, AlertLogKind.Resolution, AlertLogKind.Alert, AlertLogKind.Alert }, log.Select(e => e.Kind).ToArray());
        CollectionAssert.AreEqual(new[] { "acme", "acme", "acme", "globex" }, log.Select(e => e.TenantId).ToArray());
        Assert.AreEqual(log[^1].Sequence, store.Store.AlertLog.Head);
        CollectionAssert.AreEqual(log.Skip(1).Take(2).Select(e => e.Sequence).ToArray(), store.Store.AlertLog.Read(log[0].Sequence, 2).Select(e => e.Sequence).ToArray());
    }

    [TestMethod]
    public void All_that_is_on_record_about_an_alert_is_told_in_order_and_nothing_of_another()
    {
        using var store = new TestStore();
        var alert = Some.Alert(1);
        store.Commit("lane", 1, alert, Some.Notification(alert), Some.Decision(1), Some.Alert(2), Some.Decision(2));
        store.Store.Verdicts.Give(Some.Id(1), Verdict.Benign, "ann", "a test");
        store.Decisions.Undo(Some.Decision(1).Id, "ben", "harmless");
        store.Store.AlertCases.Except(Some.Id(1), Some.Later, "ann", "expected");
        store.Store.AlertCases.Resolve(Some.Id(1), "ann", "done");
        store.Store.AlertWork.Acknowledge(Some.Id(1), "cid", null);
        Assert.Contains("decision_step", store.Store.AlertLog.Timeline(Some.Id(1), 100).Select(s => s.Kind));
        var steps = store.Store.AlertLog.Timeline(Some.Id(1), 100).Where(s => s.Kind is not ("decision_step" or "delivery")).ToList();
        CollectionAssert.AreEqual(new[] { "alert", "decision", "verdict", "decision_end", "exception", "resolution", "acknowledgement" }, steps.Select(s => s.Kind).ToArray());
        Assert.AreEqual(("ben", "harmless"), (steps[3].Actor, steps[3].Reason));
        Assert.HasCount(2, store.Store.AlertLog.Timeline(Some.Id(1), 2));
        Assert.AreEqual(Some.Decision(1).Id, store.Store.AlertLog.Decisions(Some.Id(1), 10).Single().Decision.Id);
        Assert.IsNotEmpty(store.Store.AlertLog.Deliveries(Some.Id(1), 10));
        Assert.IsTrue(store.Store.AlertLog.Deliveries(Some.Id(1), 10).All(d => d.SubjectId == alert.RevisionId || d.SubjectId == Some.Decision(1).Id));
        Assert.IsEmpty(store.Store.AlertLog.Timeline("nothing", 10));
    }

    private static (int Open, int Resolved) Counts(TestStore store) => (
        store.Store.Queries.Alerts(new AlertQuery { State = AlertState.Open }).Count, store.Store.Queries.Alerts(new AlertQuery { State = AlertState.Resolved }).Count);
}
