using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Response.Redis;

/// <summary>
/// Decisions that void what is older than they are. Several of them on one key are one: whatever any of them voids is void, for as long as the last of them holds.
/// </summary>
internal static class Watermark
{
    public static bool Is(Decision decision) => decision.Type switch
    {
        DecisionType.RevokeSession => decision.Scope == DecisionScope.Principal,
        DecisionType.ForceReauth => true,
        DecisionType.RevokeToken => decision.Scope is DecisionScope.Principal or DecisionScope.Tenant,
        _ => false,
    };

    /// <summary>
    /// The decision as Redis is to hold it. A revocation of tokens voids them up to when it took effect, for while it waited for approval an attacker could fetch new ones; the
    /// other types ask for an authentication since what was seen, and one made meanwhile will do.
    /// </summary>
    public static Decision Of(DecisionEntry entry) =>
        entry.Decision.Type == DecisionType.RevokeToken && entry.InForceSince > entry.Decision.CreatedAt ? entry.Decision with { CreatedAt = entry.InForceSince.Value } : entry.Decision;

    /// <summary>The stricter of the two, lasting as long as the longer.</summary>
    public static Decision Merge(Decision one, Decision other)
    {
        var (strict, ease) = (one.CreatedAt, one.Id).CompareTo((other.CreatedAt, other.Id)) >= 0 ? (one, other) : (other, one);
        return strict.ExpiresAt >= ease.ExpiresAt ? strict : strict with { ExpiresAt = ease.ExpiresAt };
    }

    /// <summary>In ms since 1970, rounded up: nothing from before it may pass.</summary>
    public static long Milliseconds(Decision decision) => ((decision.CreatedAt - DateTime.UnixEpoch).Ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond;
}
