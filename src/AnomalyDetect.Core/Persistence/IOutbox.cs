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

/// <summary>The store's view for the delivery loop. Every change of state is one transaction with its ledger entry. Thread-safe.</summary>
public interface IOutbox
{
    /// <summary>Deliveries of one target that are due, oldest first. An undo is never handed out before the enforcement it undoes is settled.</summary>
    IReadOnlyList<Delivery> Due(string target, DateTime now, int most);

    /// <summary>When the earliest pending delivery of the target falls due; null when there is none.</summary>
    DateTime? NextDue(string target);

    /// <summary>Done: <see cref="DeliveryState.Delivered"/>, with a ledger entry; of a decision also with its steps <c>acknowledged</c> and <c>verified</c>.</summary>
    /// <param name="verified">What the enforcer was seen to hold afterwards; null where nobody looked.</param>
    void Delivered(long sequence, string result, string? verified = null);

    /// <summary>Not yet: stays pending until <paramref name="dueAt"/>. No ledger entry.</summary>
    void Retry(long sequence, DateTime dueAt, string error);

    /// <summary>Given up: into the visible dead letter, with a ledger entry.</summary>
    void Dead(long sequence, string error);

    /// <summary>Its time had passed before it was sent; with a ledger entry.</summary>
    void Expired(long sequence);

    /// <summary>Puts dead deliveries back (all, or one target's, or one by id); returns how many. With a ledger entry each naming <paramref name="actor"/>.</summary>
    int Replay(string? target, string? id, string actor);

    IReadOnlyList<Delivery> List(DeliveryState? state, string? tenantId, long afterSequence, int most);

    /// <summary>Pending and dead deliveries by target, for metrics.</summary>
    IReadOnlyList<(string Target, DeliveryState State, long Count)> Counts();

    /// <summary>Raised after commits that added deliveries or feed entries; handlers must not block.</summary>
    event Action? Changed;
}
