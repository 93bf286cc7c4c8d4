using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Storage.Tests.Chain;

/// <summary>A store that has seen every kind of ledger entry.</summary>
internal static class Life
{
    internal static TestStore Lived()
    {
        var store = new TestStore();
        var alert = Some.Alert(1);
        store.Commit("lane", 1, alert, Some.Notification(alert), Some.Decision(1), Some.Decision(2), Some.Decision(3, simulated: true));
        store.Commit("lane", 2, Some.Alert(1, 2), Some.Alert(2), Some.Decision(4, expiresAt: Some.Time));
        store.Ledger.RecordOperator("ann", "kill_switch", "acme", "enforcement off");
        store.Clock.Advance(TimeSpan.FromMinutes(1));
        store.Decisions.Expire(store.Now, 10);
        foreach (var delivery in store.Outbox.Due("redis", store.Now, 2)) store.Outbox.Delivered(delivery.Sequence, "enforced");
        store.Decisions.Undo(Some.Decision(2).Id, "ann", "a false alarm");
        store.Decisions.Report(
            new EnforcementBatch("k1/a", 1, "key k1", [.. new[] { 1, 3 }.Select(n => new Enforcement(Some.Decision(n).Id, new EnforcementTally(Some.Time, store.Now, n)))]), []);
        store.Outbox.Dead(store.Outbox.Due("hook", store.Now, 1).Single().Sequence, "410");
        store.Outbox.Replay(null, null, "ann");
        store.Outbox.Expired(store.Outbox.Due("hook", store.Now, 1).Single().Sequence);
        store.Commit("lane", 3, Some.Alert(3, tenant: "other"), Some.Decision(5, "other"));
        store.Store.Playbooks.Take(Core.Playbooks.Playbook.Default, "playbook.yaml", "ann");
        store.Commit("lane", 4, Some.Alert(4), Some.Notification(Some.Alert(4), Audience.OnCall) with { UnlessAcknowledgedWithin = TimeSpan.FromMinutes(5) });
        store.Store.AlertWork.Escalate(store.Now.AddMinutes(5), 10);
        store.Store.AlertWork.Acknowledge(Some.Id(4), "ben", null);
        store.Store.Verdicts.Give(Some.Id(1), Verdict.FalsePositive, "ann", "an office on one address");
        store.Store.Verdicts.Give(Some.Id(1), Verdict.Benign, "ben", "the migration");
        store.AssertWhole();
        return store;
    }
}
