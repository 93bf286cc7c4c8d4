using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Benchmarks;

/// <summary>For a store nobody is told of.</summary>
internal sealed class NoDeliveries : IDeliveryRouter
{
    public IEnumerable<DeliveryRequest> RouteEscalation(Core.Alerts.Alert alert, Core.Playbooks.Notification next) => [];

    public IEnumerable<DeliveryRequest> Route(Core.Alerts.Alert alert, IReadOnlyList<Core.Playbooks.Notification> notifications) => [];

    public IEnumerable<DeliveryRequest> RouteHeld(HeldDecision held, IReadOnlyList<Core.Playbooks.Audience> approvers, int waiting) => [];

    public IEnumerable<DeliveryRequest> Route(Core.Playbooks.Decision decision) => [];

    public IEnumerable<DeliveryRequest> RouteUndo(Core.Playbooks.Decision decision) => [];
}
