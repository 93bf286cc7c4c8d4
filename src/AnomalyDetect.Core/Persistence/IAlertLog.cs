using AnomalyDetect.Core.Alerts;

namespace AnomalyDetect.Core.Persistence;

/// <summary>Alerts in the order they were recorded, and all that is recorded about one. Thread-safe.</summary>
public interface IAlertLog
{
    /// <summary>The newest entry there is; 0 when there is none.</summary>
    long Head { get; }

    /// <summary>Revisions and resolutions by hand recorded after <paramref name="after"/>, in order, of whatever tenant.</summary>
    /// <param name="after">An <see cref="AlertLogEntry.Sequence"/>, or 0.</param>
    IReadOnlyList<AlertLogEntry> Read(long after, int most);

    /// <summary>What became of an alert, oldest first; empty when there is no such alert.</summary>
    IReadOnlyList<AlertStep> Timeline(string alertId, int most);

    /// <summary>Decisions that came of an alert, oldest first.</summary>
    IReadOnlyList<DecisionEntry> Decisions(string alertId, int most);

    /// <summary>Deliveries about any revision of an alert or decision of it, oldest first.</summary>
    IReadOnlyList<Delivery> Deliveries(string alertId, int most);

    /// <summary>Raised after commits that added to what <see cref="Read"/> gives; handlers must not block.</summary>
    event Action? Changed;
}

public enum AlertLogKind : byte
{
    /// <summary>A revision: JSON of <see cref="Alert"/>.</summary>
    Alert,

    /// <summary>JSON of <see cref="ManualResolution"/>.</summary>
    Resolution,
}

/// <param name="Sequence">Of the ledger's entry: it grows, with gaps.</param>
/// <param name="Json">As recorded.</param>
public sealed record AlertLogEntry(long Sequence, string TenantId, AlertLogKind Kind, ReadOnlyMemory<byte> Json);

/// <summary>One thing that is on record about an alert.</summary>
/// <param name="Sequence">Of the ledger's entry.</param>
/// <param name="At">When it was recorded (UTC).</param>
/// <param name="Kind">The ledger's kind: <c>alert</c>, <c>decision</c>, <c>verdict</c>, <c>resolution</c>, <c>exception</c>, <c>delivery</c>, …</param>
/// <param name="Subject">The id of what was recorded.</param>
/// <param name="Actor">Who; null where nobody in particular did it.</param>
public sealed record AlertStep(long Sequence, DateTime At, string Kind, string Subject, string? Actor, string? Reason);
