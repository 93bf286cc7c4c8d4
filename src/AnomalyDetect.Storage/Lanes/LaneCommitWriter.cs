using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Storage.Chain;
using AnomalyDetect.Storage.Database;
using AnomalyDetect.Storage.Decisions;
using AnomalyDetect.Storage.Deliveries;
using AnomalyDetect.Storage.Guards;
using AnomalyDetect.Storage.Work;

namespace AnomalyDetect.Storage.Lanes;

/// <summary>Writes lane commits within one transaction, leaving out what is stored already.</summary>
internal sealed class LaneCommitWriter(
    SqliteSession session, LedgerWriter ledger, IDeliveryRouter router, SqliteGuardStore guards, ExpectantTargets expectant, int rejectionsKept)
{
    /// <summary>Deliveries or feed entries were added.</summary>
    internal bool Changed { get; private set; }

    /// <summary>Revisions of alerts were added.</summary>
    internal bool Alerted { get; private set; }

    internal void Write(LaneCommit commit)
    {
        var outcome = commit.Outcome;
        var notifications = outcome.Notifications.ToLookup(n => n.Id);
        foreach (var alert in outcome.Alerts) Write(alert, notifications[alert.RevisionId]);
        CheckNotifications(outcome.Alerts, outcome.Notifications);
        foreach (var (tenant, principals) in outcome.Principals)
            session["INSERT INTO tenant_size (tenant_id, principals) VALUES ($1, $2) ON CONFLICT (tenant_id) DO UPDATE SET principals = excluded.principals"].Run(tenant, principals);
        foreach (var decision in outcome.Decisions) Write(decision);
        if (commit.Rejections.Count > 0) new RejectionRows(session, rejectionsKept).Add(commit);
        if (outcome.ClockFaults.Count > 0) ClockFaultRows.Add(session, commit);
        session["""
            INSERT INTO lane (name, outcome_offset) VALUES ($1, $2)
            ON CONFLICT (name) DO UPDATE SET outcome_offset = max(outcome_offset, excluded.outcome_offset)
            """].Run(commit.Lane, commit.NextOffset);
    }

    private void Write(Alert alert, IEnumerable<Notification> about)
    {
        if (session["SELECT 1 FROM alert WHERE id = $1 AND revision >= $2"].Number(alert.Id, alert.Revision) is not null) return;
        var json = JsonSerializer.SerializeToUtf8Bytes(alert, WrittenJson.Default.Alert);
        var entry = ledger.Append(LedgerKinds.Alert, alert.RevisionId, json);
        session["INSERT INTO alert_revision (entry, alert_id, revision, json) VALUES ($1, $2, $3, $4)"].Run(entry, alert.Id, alert.Revision, json);
        session["""
            INSERT INTO alert (id, tenant_id, detected_at, revision, entry, state, signal, severity, entity_kind, entity) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, entry = excluded.entry, state = excluded.state, severity = excluded.severity
            """].Run(
            alert.Id, alert.TenantId, Columns.Ticks(alert.DetectedAt), alert.Revision, entry, (long)alert.State,
            Names.Of(alert.Signal), (long)alert.Severity, Names.Of(alert.EntityKind), alert.Entity.Id);
        Alerted = true;

        var notifications = about.ToList();
        foreach (var notification in notifications)
        {
            session["INSERT INTO notification (id, audience, entry, json) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"].Run(
                notification.Id, (long)notification.Audience, entry, JsonSerializer.SerializeToUtf8Bytes(notification, WrittenJson.Default.Notification));
        }

        var now = notifications.FindAll(n => n.UnlessAcknowledgedWithin is null);
        Route(now.Count == 0 ? [] : router.Route(alert, now));
        foreach (var next in notifications)
            if (next.UnlessAcknowledgedWithin is not null && now.TrueForAll(n => n.Audience != next.Audience)) EscalationRows.Add(session, next, ledger.RecordedAt);
    }

    private void Write(Decision decision)
    {
        if (DecisionRows.IsKnown(session, decision.Id)) return;
        var admission = guards.Judge(session, decision, ledger.RecordedAt);
        var waitsUntil = ledger.RecordedAt + guards.Options.Approval.Timeout;
        DecisionRows.Add(session, ledger, decision, admission, waitsUntil);
        Changed = true;
        if (admission.State == DecisionState.Active) Route(router.Route(decision));
        else if (admission.State == DecisionState.Held) HeldNotices.Add(session, ledger, router, guards.Options.Approval, new HeldDecision(decision, admission.Reason, waitsUntil));
    }

    private void Route(IEnumerable<DeliveryRequest> requests) => Changed |= DeliveryRows.Add(session, requests, ledger.RecordedAt, expectant) > 0;

    /// <summary>A notification without its alert could be told neither from a replayed one nor routed: silence would lose it.</summary>
    private static void CheckNotifications(List<Alert> alerts, List<Notification> notifications)
    {
        if (notifications.Count == 0) return;
        var known = alerts.Select(a => a.RevisionId).ToHashSet(StringComparer.Ordinal);
        if (notifications.Find(n => !known.Contains(n.Id)) is { } stray)
            throw new ArgumentException($"the notification {stray.Id} comes without its alert revision in the same outcome", nameof(notifications));
    }
}
