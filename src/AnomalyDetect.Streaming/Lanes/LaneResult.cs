using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Streaming.History;
using AnomalyDetect.Streaming.Sources;

namespace AnomalyDetect.Streaming.Lanes;

/// <summary>What lanes hand over to the commit stage after a batch, in order.</summary>
internal sealed class LaneResult
{
    /// <summary>Features of closed windows, to be written before any checkpoint here is saved.</summary>
    public List<HistoryBlock> History { get; } = [];

    /// <summary>To be saved before the commits.</summary>
    public List<LaneCheckpoint> First { get; } = [];

    public List<LaneCommit> Commits { get; } = [];

    /// <summary>To be saved after the commits are in the store.</summary>
    public List<LaneCheckpoint> Checkpoints { get; } = [];

    /// <summary>A partition given up: told once all this is in the store.</summary>
    public PartitionChange? Settles { get; set; }

    /// <summary>The oldest ObservedAt among the batch's records; for the end-to-end latency.</summary>
    public DateTime? OldestObservedAt { get; set; }

    public bool IsNothing => History.Count == 0 && First.Count == 0 && Commits.Count == 0 && Checkpoints.Count == 0 && Settles is null;

    /// <summary>Something but positions is to be written.</summary>
    public bool IsUrgent => History.Count > 0 || First.Count > 0 || Checkpoints.Count > 0 || Settles is not null || Commits.Exists(c => !c.IsPositionOnly());

    public void Add(HistoryBlock? block)
    {
        if (block is not null) History.Add(block);
    }
}

internal static class LaneCommits
{
    /// <summary>Shared by all commits that move a position only; never written to.</summary>
    public static readonly Outcome Nothing = new();

    public static bool IsPositionOnly(this LaneCommit commit) => commit.Outcome.IsEmpty && commit.Rejections.Count == 0;
}
