using System.Globalization;
using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Response.Bouncers;

/// <summary>
/// Finds decisions and undoings that every live bouncer of their tenant holds, and has it recorded. What is waited for is bounded in number and in time: a bouncer that lacks
/// something must not make the rest of the record wait for ever. Not thread-safe.
/// </summary>
internal sealed class BouncerVerification(LiveBouncers bouncers, IDecisionStore decisions, IBouncerStore store, TimeProvider time, ResponseMetrics metrics)
{
    /// <summary>Changes waited for at a time; of more the oldest are given up.</summary>
    public const int MostWaiting = 10_000;

    private const int PageSize = 1_000;

    /// <summary>Longer than a silent bouncer counts as live.</summary>
    public static readonly TimeSpan Patience = LiveBouncers.Silence + TimeSpan.FromMinutes(3);

    private readonly LinkedList<(VerifiedChange Change, string Tenant, DateTime Since)> _waiting = [];
    private long? _read;

    public int Waiting => _waiting.Count;

    /// <summary>One look at everything that is new or waits.</summary>
    public void Round()
    {
        var upTo = store.VerifiedUpTo;
        _read ??= upTo;
        var now = time.GetUtcNow().UtcDateTime;
        var unverified = Read(now);
        var positions = new Dictionary<string, BouncerPosition?>(StringComparer.Ordinal);
        var verified = new List<VerifiedChange>();
        for (var node = _waiting.First; node is not null;)
        {
            var ((change, tenant, since), next) = (node.Value, node.Next);
            if (!positions.TryGetValue(tenant, out var position)) positions.Add(tenant, position = bouncers.Of(tenant));
            if (position is { Count: > 0 } reached && reached.Applied >= change.Sequence)
            {
                verified.Add(change with { By = Say(change.State, reached.Count) });
                _waiting.Remove(node);
            }
            else if (position is { Count: 0 } || now - since >= Patience)
            {
                // Where nobody follows the tenant, there is nobody to wait for and nothing that went wrong.
                if (position is not { Count: 0 }) unverified++;
                _waiting.Remove(node);
            }

            node = next;
        }

        var settled = _waiting.First is { } first ? first.Value.Change.Sequence - 1 : _read.Value;
        var recorded = verified.Count > 0 || settled > upTo ? store.Verified(verified, settled) : 0;
        metrics.Verified(recorded, unverified);
    }

    /// <summary>Takes in what is new; returns how many had to be given up for it.</summary>
    private int Read(DateTime now)
    {
        var givenUp = 0;
        while (true)
        {
            var page = decisions.Feed(_read!.Value, null, PageSize);
            foreach (var entry in page)
            {
                _read = Math.Max(_read.Value, entry.Sequence);
                // What expires ends by every enforcer's own clock.
                if (entry.State is DecisionState.Active or DecisionState.Undone)
                    _waiting.AddLast((new VerifiedChange(entry.Decision.Id, entry.Sequence, entry.State, ""), entry.Decision.TenantId, now));
            }

            for (; _waiting.Count > MostWaiting; givenUp++) _waiting.RemoveFirst();
            if (page.Count < PageSize) return givenUp;
        }
    }

    private static string Say(DecisionState state, int count) => string.Create(
        CultureInfo.InvariantCulture, $"{(count == 1 ? "the live bouncer" : $"all {count} live bouncers")} {(state == DecisionState.Active ? (count == 1 ? "holds" : "hold") : count == 1 ? "has let go of" : "have let go of")} it");
}
