using AnomalyDetect.Core.Alerts;

namespace AnomalyDetect.Core.Persistence;

/// <summary>What people do about alerts: put them aside, and say what is expected. Every change is one transaction with its ledger entry. Thread-safe.</summary>
public interface IAlertCaseStore
{
    /// <summary>Exceptions in force at most; with those of the configuration they are <see cref="Lanes.DetectionOptions.Exceptions"/>.</summary>
    const int MostExceptions = 1000;

    /// <summary>Resolves an open alert by hand. Null when there is no such alert, or it is not open.</summary>
    ManualResolution? Resolve(string alertId, string actor, string reason);

    /// <summary>Every resolution by hand of an alert as recorded (JSON of <see cref="ManualResolution"/>), oldest first.</summary>
    IReadOnlyList<ReadOnlyMemory<byte>> Resolutions(string alertId);

    /// <summary>Records that findings like an alert's are expected. Null when there is no such alert.</summary>
    /// <param name="until">UTC, in event time.</param>
    /// <param name="most">Others in force beside it at most.</param>
    /// <exception cref="InvalidOperationException">There are more than <paramref name="most"/> already.</exception>
    GrantedException? Except(string alertId, DateTime until, string actor, string reason, int most = MostExceptions - 1);

    /// <summary>Ends an exception before its time. False when none of this id is in force.</summary>
    bool EndException(string id, string actor, string reason);

    /// <summary>Those that were not ended and have not run out at <paramref name="now"/>, by id; at most <see cref="MostExceptions"/>.</summary>
    IReadOnlyList<GrantedException> Exceptions(DateTime now);
}
