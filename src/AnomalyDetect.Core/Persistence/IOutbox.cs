namespace AnomalyDetect.Core.Persistence;

public enum DeliveryState : byte
{
    Pending, Delivered, Dead, Expired,
}

/// <summary>A delivery as it stands in the outbox.</summary>
/// <param name="Sequence">The order in which deliveries came in; a target's queue is worked in this order.</param>
/// <param name="Attempts">Tries made so far.</param>
/// <param name="Result">What an enforcer said of it (<c>enforced</c>, <c>unverifiable</c>), or the last error in one sentence.</param>
public sealed record Delivery(
    long Sequence, string Id, string Target, DeliveryKind Kind, string SubjectId, string TenantId, ReadOnlyMemory<byte> Body, DateTime? NotAfter,
    DeliveryState State, int Attempts, DateTime DueAt, string? Result);

/// <summary>What came of an attempt.</summary>
/// <param name="State"><see cref="DeliveryState.Pending"/>: not yet; it is tried again at <paramref name="DueAt"/>.</param>
/// <param name="Text">What an enforcer said, or the error in one sentence.</param>
/// <param name="Verified">Of one delivered: what the enforcer was seen to hold afterwards; null where nobody looked.</param>
/// <param name="DueAt">Of one still pending (UTC).</param>
public sealed record DeliverySettlement(long Sequence, DeliveryState State, string Text, string? Verified = null, DateTime DueAt = default);

/// <summary>The store's view for the delivery loop. Every change of state is in one transaction with its ledger entry. Thread-safe.</summary>
public interface IOutbox
{
    /// <summary>Deliveries of one target that are due, oldest first. An undo is never handed out before the enforcement it undoes is settled.</summary>
    IReadOnlyList<Delivery> Due(string target, DateTime now, int most);

    /// <summary>When the earliest pending delivery of the target falls due; null when there is none.</summary>
    DateTime? NextDue(string target);

    /// <summary>Those of the subjects whose enforcement waits for the target, sent before or not.</summary>
    IReadOnlySet<string> Waiting(string target, IReadOnlyCollection<string> subjects);

    /// <summary>
    /// Says whether the target's queue is at rest and takes what comes next at once. An enforcement stored meanwhile counts as handed out from its commit on, which
    /// saves the write between commit and sending. Not kept over a restart; until it is said the queue is not at rest.
    /// </summary>
    void Expect(string target, bool isAtRest);

    /// <summary>
    /// Records what came of attempts, all in one transaction. Delivered, dead and expired ones have a ledger entry each, delivered ones of decisions also the steps <c>acknowledged</c>
    /// and <c>verified</c>; one still pending has none. What is settled already stays as it is. Returns how many of them the store knows.
    /// </summary>
    int Settle(IReadOnlyList<DeliverySettlement> settlements);

    /// <summary>Puts dead deliveries back (all, or one target's, or one by id); returns how many. With a ledger entry each naming <paramref name="actor"/>.</summary>
    int Replay(string? target, string? id, string actor);

    IReadOnlyList<Delivery> List(DeliveryState? state, string? tenantId, long afterSequence, int most);

    /// <summary>Pending and dead deliveries by target, for metrics.</summary>
    IReadOnlyList<(string Target, DeliveryState State, long Count)> Counts();

    /// <summary>Raised after commits that added deliveries or feed entries; handlers must not block.</summary>
    event Action? Changed;
}
