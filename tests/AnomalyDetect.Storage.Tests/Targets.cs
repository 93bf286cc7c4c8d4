using System.Text;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Storage.Tests;

/// <summary>Notifies <c>hook</c> and enforces at <c>redis</c>.</summary>
internal sealed class Targets : IDeliveryRouter
{
    /// <summary>Called inside the store's transaction, before each answer.</summary>
    internal Action Asked { get; set; } = () => { };

    public IEnumerable<DeliveryRequest> Route(Alert alert, IReadOnlyList<Notification> notifications)
    {
        Asked();
        var audiences = string.Join('+', notifications.Select(n => n.Audience).Order());
        return [new($"hook:{alert.RevisionId}", "hook", DeliveryKind.Notify, alert.RevisionId, alert.TenantId, Encoding.UTF8.GetBytes($"{alert.Explanation} {audiences}"), null)];
    }

    public IEnumerable<DeliveryRequest> RouteEscalation(Alert alert, Notification next) =>
        [new($"hook:{alert.RevisionId}:{next.Audience}", "hook", DeliveryKind.Notify, $"{alert.RevisionId}_{next.Audience}", alert.TenantId, Encoding.UTF8.GetBytes($"{alert.Explanation} {next.Audience}"), null)];

    /// <summary>Approvers are told at <c>hook</c>.</summary>
    internal bool TellsApprovers { get; set; }

    public IEnumerable<DeliveryRequest> RouteHeld(HeldDecision held, IReadOnlyList<Audience> approvers, int waiting) => TellsApprovers
        ? [new($"hook:{held.Decision.Id}", "hook", DeliveryKind.Notify, $"{held.Decision.Id}_held", held.Decision.TenantId, Encoding.UTF8.GetBytes($"{waiting} wait: {held.Reason}"), held.Until)]
        : [];

    public IEnumerable<DeliveryRequest> Route(Decision decision)
    {
        Asked();
        return [new($"redis:{decision.Id}", "redis", DeliveryKind.Enforce, decision.Id, decision.TenantId, Encoding.UTF8.GetBytes(decision.Value), decision.ExpiresAt)];
    }

    public IEnumerable<DeliveryRequest> RouteUndo(Decision decision) =>
        [new($"redis:undo:{decision.Id}", "redis", DeliveryKind.Undo, decision.Id, decision.TenantId, Encoding.UTF8.GetBytes(decision.Value), null)];
}
