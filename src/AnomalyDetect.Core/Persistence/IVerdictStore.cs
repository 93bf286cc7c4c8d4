using AnomalyDetect.Core.Alerts;

namespace AnomalyDetect.Core.Persistence;

/// <summary>What analysts made of alerts. Thread-safe.</summary>
public interface IVerdictStore
{
    /// <summary>Records a verdict on the alert as it stands, with its ledger entry, in one transaction. Null when there is no such alert.</summary>
    AlertVerdict? Give(string alertId, Verdict verdict, string actor, string reason);

    /// <summary>All verdicts on an alert as recorded (JSON of <see cref="AlertVerdict"/>), oldest first: the last one counts.</summary>
    IReadOnlyList<ReadOnlyMemory<byte>> Of(string alertId);
}
