namespace AnomalyDetect.Core.Persistence;

/// <summary>
/// The durable side of the lanes. Synchronous on purpose: it is called from the stream's one commit stage and blocks it, which is the back-pressure.
/// </summary>
/// <remarks>
/// <see cref="Commit"/> MUST be one transaction over all it is given: alerts, decisions, deliveries, ledger entries, rejections, clock faults and positions, all or none,
/// on disk when it returns. An alert already stored at its revision (or later), a decision id already stored and a rejection position already stored MUST be
/// left as they are and MUST NOT add a delivery or a ledger entry: lanes replay after a restart. A clock fault of an hour of a tenant's that is stored already MUST
/// NOT count as another one: a restart begins the hour anew (<see cref="Lanes.ClockFault"/>). When it throws, nothing was written and the caller may call
/// again with the same commits.
/// </remarks>
public interface ILaneStore
{
    void Commit(IReadOnlyList<LaneCommit> commits);

    /// <summary>Replaces the lane's checkpoint atomically. MUST NOT be called with a position beyond the lane's outcome position.</summary>
    void SaveCheckpoint(LaneCheckpoint checkpoint);

    /// <summary>Null when the store has never seen the lane.</summary>
    LanePositions? Load(string lane);

    /// <summary>The options and playbook (canonical JSON) an engine version stands for; null when unknown.</summary>
    string? LoadEngine(string version);

    /// <summary>Keeps what an engine version stands for; versions no checkpoint names any more may be dropped.</summary>
    void SaveEngine(string version, string json);

    /// <summary>A setting fixed at first use (lane count, symbol seed, installation id): stores <paramref name="value"/> if there is none and returns what stands.</summary>
    string Fix(string name, string value);
}
