using System.Collections.Concurrent;
using AnomalyDetect.Bouncer.Decisions;
using Microsoft.Extensions.Options;

namespace AnomalyDetect.Bouncer.Reporting;

/// <summary>
/// Decisions carried out since they were last reported. Each stands in the queue once however many requests it refused, so a flood takes no more room than one
/// request; and when even so there is no room, enforcement goes on unreported.
/// </summary>
internal sealed class EnforcementQueue(IOptions<BouncerOptions> options, TimeProvider time)
{
    private readonly ConcurrentQueue<HeldDecision> _queue = new();
    private readonly int _most = options.Value.ReportEnforcement ? options.Value.ReportQueue : 0;
    private int _count;
    private long _lost;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Decisions that found no room since the start.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    public void Add(HeldDecision decision)
    {
        if (_most == 0 || !decision.Count(time.GetUtcNow().UtcDateTime)) return;
        if (Interlocked.Increment(ref _count) <= _most)
        {
            _queue.Enqueue(decision);
            return;
        }

        Interlocked.Decrement(ref _count);
        decision.Take();
        Interlocked.Increment(ref _lost);
    }

    /// <summary>What is to be reported next; empty when nothing is.</summary>
    public IReadOnlyList<EnforcedDecision> Take(int most)
    {
        var taken = new List<EnforcedDecision>();
        while (taken.Count < most && _queue.TryDequeue(out var decision))
        {
            Interlocked.Decrement(ref _count);
            // Taken out before it is read: a request in between puts it back in, and what it counted is in one report or the next.
            var (firstAt, lastAt, count) = decision.Take();
            if (count > 0) taken.Add(new EnforcedDecision(decision.Id, firstAt, lastAt, count));
        }

        return taken;
    }
}
