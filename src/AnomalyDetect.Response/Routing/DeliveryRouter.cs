using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Core.Triage;
using AnomalyDetect.Response.Options;

namespace AnomalyDetect.Response.Routing;

/// <summary>
/// From options to who gets what. Ids: <c>target/alertid_revision</c>, <c>target/alertid_revision_audience</c> of an escalation, <c>target/decisionid_held</c>, <c>target/decisionid</c>, <c>target/decisionid/undo</c>. Redis carries out
/// <see cref="Carried"/>; the other types are for whoever enforces from the feed.
/// </summary>
/// <param name="triage">What ranks alerts now; null, or giving null: nothing does, and nothing is held back by it.</param>
/// <param name="heldBack">Told of each revision, or escalation, that triage holds back; null: nobody counts.</param>
public sealed class DeliveryRouter(ResponseOptions options, Func<TriageModel?>? triage = null, Action? heldBack = null) : IDeliveryRouter
{
    /// <summary>What the Redis enforcer does.</summary>
    public static IReadOnlyList<DecisionType> Carried { get; } =
        [DecisionType.RevokeSession, DecisionType.ForceReauth, DecisionType.SuspendPartnerToken, DecisionType.BlockIp, DecisionType.RevokeToken];

    public IEnumerable<DeliveryRequest> Route(Alert alert, IReadOnlyList<Notification> notifications)
    {
        if (notifications.Count == 0 || IsHeldBack(alert, out var judgement)) yield break;
        foreach (var webhook in options.Webhooks)
        {
            if (alert.Severity < webhook.MinimumSeverity) continue;
            if (webhook.Tenants.Count > 0 && !webhook.Tenants.Contains(alert.TenantId)) continue;
            var heard = notifications.Where(n => webhook.Audiences.Count == 0 || webhook.Audiences.Contains(n.Audience)).ToList();
            if (heard.Count == 0) continue;
            var body = WebhookBody.Write(alert, heard[0].CreatedAt, heard.Select(n => n.Audience), judgement);
            yield return new DeliveryRequest(
                $"{webhook.Name}/{alert.RevisionId}", webhook.Name, DeliveryKind.Notify, alert.RevisionId, alert.TenantId, body, NotAfter: null);
        }
    }

    public IEnumerable<DeliveryRequest> RouteEscalation(Alert alert, Notification next)
    {
        if (IsHeldBack(alert, out var judgement)) yield break;
        // An id of its own: the same receiver may have heard of this revision on behalf of somebody else, with another body.
        var subject = $"{alert.RevisionId}_{Names.Of(next.Audience)}";
        foreach (var webhook in options.Webhooks)
        {
            if (alert.Severity < webhook.MinimumSeverity) continue;
            if (webhook.Tenants.Count > 0 && !webhook.Tenants.Contains(alert.TenantId)) continue;
            if (webhook.Audiences.Count > 0 && !webhook.Audiences.Contains(next.Audience)) continue;
            var body = WebhookBody.Write(alert, next.CreatedAt, [next.Audience], judgement, WebhookBody.Escalated);
            yield return new DeliveryRequest($"{webhook.Name}/{subject}", webhook.Name, DeliveryKind.Notify, subject, alert.TenantId, body, NotAfter: null);
        }
    }

    /// <summary>Whatever severity a webhook asks for and however improbable triage holds the alert: somebody is waited for.</summary>
    public IEnumerable<DeliveryRequest> RouteHeld(HeldDecision held, IReadOnlyList<Audience> approvers, int waiting)
    {
        var decision = held.Decision;
        foreach (var webhook in options.Webhooks)
        {
            if (webhook.Tenants.Count > 0 && !webhook.Tenants.Contains(decision.TenantId)) continue;
            var heard = approvers.Where(a => webhook.Audiences.Count == 0 || webhook.Audiences.Contains(a)).ToList();
            if (heard.Count == 0) continue;
            yield return new DeliveryRequest(
                $"{webhook.Name}/{decision.Id}_held", webhook.Name, DeliveryKind.Notify, $"{decision.Id}_held", decision.TenantId, HeldBody.Write(held, heard, waiting), held.Until);
        }
    }

    public IEnumerable<DeliveryRequest> Route(Decision decision) => ToRedis(decision, DeliveryKind.Enforce, "");

    public IEnumerable<DeliveryRequest> RouteUndo(Decision decision) => ToRedis(decision, DeliveryKind.Undo, "/undo");

    private bool IsHeldBack(Alert alert, out TriageJudgement? judgement)
    {
        judgement = options.Webhooks.Count == 0 ? null : triage?.Invoke()?.Judge(alert);
        if (judgement is null || judgement.Probability >= options.NotifyFrom) return false;
        heldBack?.Invoke();
        return true;
    }

    private IEnumerable<DeliveryRequest> ToRedis(Decision decision, DeliveryKind kind, string suffix)
    {
        if (options.Redis is not { } redis || decision.Simulated || !Carried.Contains(decision.Type)) return [];
        var body = JsonSerializer.SerializeToUtf8Bytes(decision, WrittenJson.Default.Decision);
        return [new DeliveryRequest($"{redis.Name}/{decision.Id}{suffix}", redis.Name, kind, decision.Id, decision.TenantId, body, decision.ExpiresAt)];
    }
}
