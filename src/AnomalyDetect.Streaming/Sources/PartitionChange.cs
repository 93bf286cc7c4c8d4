using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Streaming.Sources;

internal enum PartitionChangeKind : byte
{
    /// <summary>This member has the partition from now on.</summary>
    Assigned,

    /// <summary>It goes to another member: its lane is drained, checkpointed and let go.</summary>
    Revoked,

    /// <summary>Another member may have it already: its lane is dropped.</summary>
    Lost,
}

/// <summary>A partition coming or going, in line with its records so that everything before it is done first.</summary>
/// <param name="Positions">Of an assigned partition: where it stands in the store.</param>
internal sealed record PartitionChange(PartitionChangeKind Kind, int Partition, LanePositions? Positions)
{
    /// <summary>Done once everything before is in the store, the checkpoint included.</summary>
    public TaskCompletionSource Settled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
