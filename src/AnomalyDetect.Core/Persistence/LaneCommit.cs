using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;

namespace AnomalyDetect.Core.Persistence;

/// <summary>What one lane has to say after a batch: written whole or not at all.</summary>
/// <param name="Lane">The lane's name in the store: <c>kafka/{topic}/{partition}</c> or <c>journal/{number}</c>.</param>
/// <param name="NextOffset">The lane's outcome position: everything before it is in the store.</param>
public sealed record LaneCommit(string Lane, long NextOffset, Outcome Outcome, IReadOnlyList<Rejection> Rejections);

/// <summary>
/// A lane's state and the position it belongs to. <paramref name="EngineVersion"/> names the options and playbook it ran under: a replay up to the outcome
/// position runs under the same, and only then under new ones.
/// </summary>
public sealed record LaneCheckpoint(string Lane, long NextOffset, DateTime ObservedAt, string EngineVersion, ReadOnlyMemory<byte> State);

/// <summary>Where a lane stands in the store.</summary>
public sealed record LanePositions(string Lane, long OutcomeOffset, LaneCheckpoint? Checkpoint);
