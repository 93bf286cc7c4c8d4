namespace AnomalyDetect.Core.Persistence;

/// <summary>A bouncer that follows the decision feed.</summary>
/// <param name="Name">The key's id and the bouncer's instance.</param>
/// <param name="Tenants">Whose decisions it follows; empty: everybody's.</param>
/// <param name="LiveUntil">Gone, unless it asks again before then (UTC).</param>
public sealed record KnownBouncer(string Name, IReadOnlyList<string> Tenants, DateTime LiveUntil);

/// <summary>A change of a decision that every live bouncer of its tenant holds.</summary>
/// <param name="Sequence">The change's feed sequence.</param>
/// <param name="By">Whom it was seen at, in a few words for the record.</param>
public sealed record VerifiedChange(string DecisionId, long Sequence, DecisionState State, string By);

/// <summary>What is remembered of bouncers, so that what was verified stands in the ledger and a restart takes nobody for gone. Thread-safe.</summary>
public interface IBouncerStore
{
    IReadOnlyList<KnownBouncer> Known();

    /// <summary>Adds it or moves its <see cref="KnownBouncer.LiveUntil"/>, and forgets those gone for longer than a day.</summary>
    void Remember(KnownBouncer bouncer);

    /// <summary>Changes up to this feed sequence have been looked at; none of them is asked about again.</summary>
    long VerifiedUpTo { get; }

    /// <summary>
    /// Records, in one transaction, that these changes are held, each once, as a step of its decision's life; one that was overtaken by a later change is left out. Then moves
    /// <see cref="VerifiedUpTo"/> up to <paramref name="upTo"/>. Returns how many were recorded.
    /// </summary>
    int Verified(IReadOnlyList<VerifiedChange> changes, long upTo);
}
