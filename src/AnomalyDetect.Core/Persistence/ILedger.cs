namespace AnomalyDetect.Core.Persistence;

/// <summary>One entry of the hash chain.</summary>
/// <param name="Sequence">From 1, without gaps.</param>
/// <param name="Kind"><c>alert</c>, <c>decision</c>, <c>decision_step</c>, <c>decision_end</c> (expired, undone or refused), <c>enforcement</c> (the first of a decision), <c>delivery</c>, <c>verdict</c>, <c>acknowledgement</c>, <c>escalation</c>, <c>playbook</c>, <c>resolution</c> (of an alert, by hand), <c>exception</c> or <c>operator</c>.</param>
/// <param name="PayloadHash">SHA-256 of the recorded bytes (the alert revision's JSON, the decision's JSON, …).</param>
/// <param name="Hash">SHA-256 over the previous hash and this entry's fields.</param>
public sealed record LedgerEntry(long Sequence, DateTime RecordedAt, string Kind, string SubjectId, byte[] PayloadHash, byte[] Hash);

/// <summary>An entry as it is shown.</summary>
/// <param name="Kind">As <see cref="LedgerEntry.Kind"/>.</param>
/// <param name="Payload">What it records, as JSON, where that stands in the ledger itself; null: in a row of its own (an alert's revision, a decision).</param>
public sealed record LedgerLine(long Sequence, DateTime RecordedAt, string Kind, string SubjectId, string? Payload);

/// <param name="Head">Hex of the newest hash; what to keep elsewhere.</param>
public sealed record LedgerHead(long Sequence, string Head);

/// <summary>What a walk of the chain found. <paramref name="FirstBad"/> is null when it is whole; <paramref name="Reason"/> then is null too.</summary>
public sealed record LedgerVerdict(long Entries, string Head, long? FirstBad, string? Reason);

public interface ILedger
{
    LedgerHead Head { get; }

    /// <summary>The newest entries, oldest first, without a look at their hashes.</summary>
    /// <param name="kind">Only of this kind; null: of any.</param>
    IReadOnlyList<LedgerLine> Newest(int most, string? kind);

    /// <summary>Records an operator's call. Subject and details are JSON-safe text; never a secret.</summary>
    void RecordOperator(string actor, string action, string subject, string details);

    /// <summary>
    /// Walks the chain, recomputing every hash, and compares each entry with the row it records (an alert revision, a decision) where that row is still kept.
    /// </summary>
    /// <param name="knownHead">A head printed earlier (hex): it must be some entry's hash, or the tail was cut.</param>
    LedgerVerdict Verify(string? knownHead, CancellationToken cancellation);
}
