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

    public void Add(HeldDecision decision, in RequestSubject subject = default)
    {
        if (_most == 0) return;
        decision.Met(subject);
        if (!decision.Count(time.GetUtcNow().UtcDateTime)) return;
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
    /// <param name="mostMarks">After so many marks of what was ended no further decision is taken.</param>
    public IReadOnlyList<EnforcedDecision> Take(int most, int mostMarks = int.MaxValue)
    {
        var taken = new List<EnforcedDecision>();
        var marks = 0;
        while (taken.Count < most && marks < mostMarks && _queue.TryDequeue(out var decision))
        {
            Interlocked.Decrement(ref _count);
            // Taken out before it is read: a request in between puts it back in, and what it counted is in one report or the next.
            var (firstAt, lastAt, count) = decision.Take();
            if (count == 0) continue;
            var ended = decision.Ended?.Take() is var (principals, sessions, tokens) ? new EndedMarks(principals, sessions, tokens) : null;
            marks += ended?.Count ?? 0;
            taken.Add(new EnforcedDecision(decision.Id, firstAt, lastAt, count, ended));
        }

        return taken;
    }
}
