using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Streaming.History;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Streaming.Lanes;

/// <summary>
/// Puts what lanes hand over into the store, in order, trying again for as long as the store cannot take it. Nothing is dropped and nothing is passed by: a
/// failed commit wrote nothing and is repeated as it was.
/// </summary>
/// <param name="isTransient">Worth trying again; anything else fails the stream.</param>
/// <param name="saved">Called with each checkpoint that is in the store.</param>
/// <param name="history">Takes the features of closed windows; null where none are kept.</param>
internal sealed class StoreWriter(
    ILaneStore store, Func<Exception, bool> isTransient, Action<LaneCheckpoint> saved, PipelineMetrics metrics, TimeProvider time, ILogger logger,
    HistoryLog? history = null)
{
    private readonly ClockWarnings _clocks = new(time, logger);
    private volatile string? _trouble;

    /// <summary>Why the store does not take anything just now; null when it does.</summary>
    public string? Trouble => _trouble;

    public async Task WriteAsync(IReadOnlyList<LaneResult> results, CancellationToken cancellation)
    {
        var commits = new List<LaneCommit>();
        foreach (var result in results)
        {
            foreach (var block in result.History) history?.Append(block);
            if (result.First.Count > 0)
            {
                await CommitAsync(commits, cancellation).ConfigureAwait(false);
                await SaveAsync(result.First, cancellation).ConfigureAwait(false);
            }

            foreach (var commit in result.Commits)
            {
                _clocks.Warn(commit.Outcome.ClockFaults);
                foreach (var shortage in commit.Outcome.MemoryShortages) logger.LogWarning("Lane {Lane}: {Shortage}", commit.Lane, Printable.Of(shortage.Explanation));
            }

            commits.AddRange(result.Commits);
            if (result.Checkpoints.Count == 0 && result.Settles is null) continue;
            await CommitAsync(commits, cancellation).ConfigureAwait(false);
            await SaveAsync(result.Checkpoints, cancellation).ConfigureAwait(false);
            result.Settles?.Settled.TrySetResult();
        }

        await CommitAsync(commits, cancellation).ConfigureAwait(false);
        var now = time.GetUtcNow().UtcDateTime;
        foreach (var result in results)
            if (result.OldestObservedAt is { } observedAt) metrics.Stored(now - observedAt);
    }

    private async Task CommitAsync(List<LaneCommit> commits, CancellationToken cancellation)
    {
        if (commits.Count == 0) return;
        var started = time.GetTimestamp();
        await RetryAsync(() => store.Commit(commits), cancellation).ConfigureAwait(false);
        metrics.Committed(time.GetElapsedTime(started));
        commits.Clear();
    }

    private async Task SaveAsync(List<LaneCheckpoint> checkpoints, CancellationToken cancellation)
    {
        foreach (var checkpoint in checkpoints)
        {
            await RetryAsync(() => store.SaveCheckpoint(checkpoint), cancellation).ConfigureAwait(false);
            saved(checkpoint);
        }
    }

    private async Task RetryAsync(Action write, CancellationToken cancellation)
    {
        for (var backoff = new CommitBackoff(); ;)
        {
            try
            {
                write();
                if (_trouble is not null) logger.LogInformation("The store takes commits again");
                _trouble = null;
                return;
            }
            catch (Exception e) when (isTransient(e))
            {
                _trouble = e.Message;
                metrics.CommitFailed();
                var wait = backoff.Next();
                logger.LogError(e, "The store cannot be written; lanes wait, next try in {Wait}", wait);
                await Task.Delay(wait, time, cancellation).ConfigureAwait(false);
            }
        }
    }
}
