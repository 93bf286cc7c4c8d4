using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Response.Guards;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace AnomalyDetect.Response.Redis;

/// <summary>
/// Makes Redis a copy of the store again: writes every decision in force, whatever its key holds, and removes indexed entries whose decision the store knows to be
/// over. Entries of decisions the store does not know are left to their expiry. Cut short, it is run again from the start.
/// </summary>
internal sealed class RedisRewrite(
    RedisKeys keys, Denylist denylist, EnforcementGuard guard, IDecisionStore decisions, IOutbox outbox, TimeProvider time, string target, ILogger logger)
{
    private const int Pipelined = 128;

    /// <summary>Asked anew for each piece: a rewrite may take a while, and by as much a key would outlive its decision.</summary>
    private DateTime Now => time.GetUtcNow().UtcDateTime;

    public async Task RunAsync(IDatabase redis, CancellationToken abort)
    {
        await denylist.BeginRewriteAsync(redis).WaitAsync(abort).ConfigureAwait(false);
        var wanted = InForce(decisions.Active(Now), Now);
        foreach (var chunk in wanted.Values.Chunk(Pipelined))
            await Task.WhenAll(chunk.Select(decision => denylist.EnforceAsync(redis, decision, Now, overwrite: true))).WaitAsync(abort).ConfigureAwait(false);

        var (removed, unknown) = (0, 0);
        foreach (var key in await denylist.IndexedAsync(redis).WaitAsync(abort).ConfigureAwait(false))
        {
            if (wanted.ContainsKey(key.ToString())) continue;
            if (await Denylist.HeldAsync(redis, key).WaitAsync(abort).ConfigureAwait(false) is not { } held) continue;
            if (decisions.Find(held.DecisionId) is not { } entry) unknown++;
            else if (guard.Check(entry.Decision, Now, out _) != GuardVerdict.InForce)
            {
                await denylist.RemoveAsync(redis, key, held.DecisionId, held.Type, heir: null, Now).WaitAsync(abort).ConfigureAwait(false);
                removed++;
            }
        }

        await denylist.EndRewriteAsync(redis).WaitAsync(abort).ConfigureAwait(false);
        ResponseLog.Rewritten(logger, target, wanted.Count, removed, unknown);
    }

    /// <summary>Of the wanted decisions that may be enforced, for each key the one that lasts longest, or what its <see cref="Watermark"/>s come to.</summary>
    /// <remarks>
    /// What still waits in the outbox is left out. Its own delivery follows and has to say what came of it, which it could not if the session were gone already;
    /// and undoing a decision that was never taken from the outbox sends no undo, so what is written from here must have been taken.
    /// </remarks>
    public Dictionary<string, Decision> InForce(IEnumerable<DecisionEntry> wanted, DateTime now)
    {
        var byKey = new Dictionary<string, Decision>(StringComparer.Ordinal);
        var candidates = wanted.Select(Watermark.Of).ToList();
        if (candidates.Count == 0) return byKey;
        // After the candidates were read: one that is not among these now has been settled.
        var waiting = outbox.Waiting(target, [.. candidates.Select(decision => decision.Id)]);
        candidates.RemoveAll(decision => waiting.Contains(decision.Id));
        foreach (var decision in candidates)
        {
            if (keys.Deny(decision) is not { } key || guard.Check(decision, now, out _) != GuardVerdict.InForce) continue;
            if (byKey.TryGetValue(key, out var other) && Watermark.Is(decision)) byKey[key] = Watermark.Merge(decision, other);
            else if (other is null || (decision.ExpiresAt, decision.Id).CompareTo((other.ExpiresAt, other.Id)) > 0) byKey[key] = decision;
        }

        return byKey;
    }
}
