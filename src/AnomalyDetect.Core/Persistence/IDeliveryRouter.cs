using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Core.Persistence;

/// <summary>What a delivery does at its target.</summary>
public enum DeliveryKind : byte
{
    Notify, Enforce, Undo,
}

/// <summary>One piece of outbound work, as it is put into the outbox.</summary>
/// <param name="Id">Unique: target and subject. Adding one that is there already changes nothing.</param>
/// <param name="Target">The configured name of the notifier or enforcer.</param>
/// <param name="SubjectId">The alert revision's id, or the decision's.</param>
/// <param name="Body">The bytes to send: fixed here, so that every attempt sends the same.</param>
/// <param name="NotAfter">Not worth sending after this time (a decision's expiry).</param>
public sealed record DeliveryRequest(string Id, string Target, DeliveryKind Kind, string SubjectId, string TenantId, ReadOnlyMemory<byte> Body, DateTime? NotAfter);

/// <summary>Who is to be told or asked, for the transaction that stores an alert or decision. Pure: no I/O, same answer every time.</summary>
public interface IDeliveryRouter
{
    /// <param name="alert">The revision the notifications are about.</param>
    /// <param name="notifications">All notifications of this revision; a target gets one message however many audiences it stands for.</param>
    IEnumerable<DeliveryRequest> Route(Alert alert, IReadOnlyList<Notification> notifications);

    /// <param name="alert">The latest revision, which nobody has acknowledged in time.</param>
    /// <param name="next">For whoever is told now, as it was made.</param>
    IEnumerable<DeliveryRequest> RouteEscalation(Alert alert, Notification next);

    /// <summary>Tells approvers that a decision waits for one of them.</summary>
    /// <param name="approvers">Who may hear of it.</param>
    /// <param name="waiting">How many of its tenant wait now, with it.</param>
    IEnumerable<DeliveryRequest> RouteHeld(HeldDecision held, IReadOnlyList<Audience> approvers, int waiting);

    /// <param name="decision">Not simulated.</param>
    IEnumerable<DeliveryRequest> Route(Decision decision);

    /// <param name="decision">Undone or cut short: the inverse is to be carried out.</param>
    IEnumerable<DeliveryRequest> RouteUndo(Decision decision);
}
