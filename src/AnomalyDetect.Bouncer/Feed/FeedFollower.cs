using AnomalyDetect.Bouncer.Decisions;
using Microsoft.Extensions.Options;

namespace AnomalyDetect.Bouncer.Feed;

/// <summary>
/// Keeps the copy as the feed says: one whole copy first, then changes by long poll. A copy is made anew (while the old one stays in force) when the feed is not
/// the one it was, when there is room again for what was turned away, and every <see cref="BouncerOptions.ResyncEvery"/>. One caller at a time.
/// </summary>
internal sealed class FeedFollower(IOptions<BouncerOptions> options, ServiceClient service, DecisionCopy copy, BouncerMetrics metrics, TimeProvider time)
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    private readonly BouncerOptions _options = options.Value;
    private long _after;
    private long? _copied;
    private long? _applied;
    private long _swept;

    /// <summary>Waits for the next change and takes it over; at most <see cref="BouncerOptions.PollWait"/> and its time-out. False when nothing had changed.</summary>
    /// <exception cref="FeedException">The service did not answer as it should; what is held stays in force.</exception>
    public async Task<bool> AdvanceAsync(CancellationToken cancellation)
    {
        if (_copied is not { } copied || copy.Table.HasRoomAgain || time.GetElapsedTime(copied) >= _options.ResyncEvery)
        {
            await MakeCopyAsync(cancellation).ConfigureAwait(false);
            return true;
        }

        var page = await service.FeedAsync(_after, _options.PollWait, _applied, copy.Table.Missing, cancellation).ConfigureAwait(false);
        if (page.Head < _after)
        {
            metrics.Resynced();
            // A position in a feed that is no more says nothing of this one.
            (_copied, _applied) = (null, null);
            return true;
        }

        var moved = page.Next != _after;
        Apply(page, copy.Table);
        _applied = _after = page.Next;
        Sweep();
        return moved;
    }

    /// <summary>Lets go of what has expired, also while the service is away.</summary>
    public void Sweep()
    {
        if (time.GetElapsedTime(_swept) < SweepEvery) return;
        _swept = time.GetTimestamp();
        copy.Table.Sweep(time.GetUtcNow().UtcDateTime);
    }

    private async Task MakeCopyAsync(CancellationToken cancellation)
    {
        var table = copy.MakeAnew();
        long after = 0;
        while (true)
        {
            // Meanwhile the old copy is judged by.
            var page = await service.FeedAsync(after, TimeSpan.Zero, _applied, copy.Table.Missing, cancellation).ConfigureAwait(false);
            if (page.Head < after) throw new FeedException("its feed went back while it was being read", Retry.Soon);
            Apply(page, table);
            var done = page.Next >= page.Head || page.Next <= after;
            after = Math.Max(after, page.Next);
            if (done) break;
        }

        copy.Replace(table);
        _applied = _after = after;
        _copied = time.GetTimestamp();
    }

    private void Apply(FeedPage page, DecisionTable table)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var unreadable = page.Unreadable;
        foreach (var entry in page.Entries)
        {
            if (entry.IsTombstone || entry.Decision.ExpiresAt <= now) table.Remove(entry.Decision.Id);
            else if ((copy.Table.Find(entry.Decision.Id) ?? HeldDecision.Of(entry.Decision, entry.IsSimulated, _options.RateLimitShare, time, entry.InForceSince)) is { } held) table.Put(held);
            else unreadable++;
        }

        table.Met(unreadable);
        metrics.Unreadable(unreadable);
    }
}
