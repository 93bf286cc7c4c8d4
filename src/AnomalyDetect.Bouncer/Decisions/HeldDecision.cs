using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Bouncer.Decisions;

/// <summary>A decision as it is held: what judging a request needs, and what was done since it was last reported.</summary>
internal sealed class HeldDecision(Decision decision, bool simulated, SubjectKey key, TokenBucket? bucket, DateTime since)
{
    private readonly Lock _lock = new();
    private DateTime _firstAt;
    private DateTime _lastAt;
    private long _count;
    private EndedTally? _ended;

    public string Id => decision.Id;

    public DecisionType Type => decision.Type;

    public DecisionScope Scope => decision.Scope;

    public DateTime CreatedAt => decision.CreatedAt;

    public DateTime ExpiresAt => decision.ExpiresAt;

    /// <summary>Authentications and tokens from before then are void, where the type is about them.</summary>
    public DateTime Since => since;

    /// <summary>Counted, never enforced.</summary>
    public bool Simulated => simulated;

    public SubjectKey Key => key;

    /// <summary>Of a rate limit. It lives as long as the decision is held, so buckets are bounded as decisions are.</summary>
    public TokenBucket? Bucket => bucket;

    /// <summary>Whom and what it cut off; null where it is not about many, or has met nobody yet.</summary>
    public EndedTally? Ended => Volatile.Read(ref _ended);

    /// <summary>Null where this bouncer does not know how to carry it out.</summary>
    /// <param name="inForceSince">
    /// When it took effect. A revocation of tokens voids what was issued up to then, and not only up to the event it was decided on: while it waited for approval, an attacker could
    /// fetch new ones.
    /// </param>
    public static HeldDecision? Of(Decision decision, bool simulated, double share, TimeProvider time, DateTime? inForceSince = null)
    {
        if (!Enum.IsDefined(decision.Type) || !Enum.IsDefined(decision.Scope) || decision.TenantId.Length == 0 || !SubjectKey.TryOf(decision, out var key)) return null;
        if (decision.Type == DecisionType.BlockIp && decision.Scope != DecisionScope.Address) return null;
        if (decision.Type == DecisionType.SuspendPartnerToken && decision.Scope != DecisionScope.Partner) return null;
        if (decision.Scope is DecisionScope.Token or DecisionScope.Tenant && decision.Type != DecisionType.RevokeToken) return null;
        if (decision.Type == DecisionType.RevokeToken && decision.Scope is not (DecisionScope.Token or DecisionScope.Principal or DecisionScope.Tenant)) return null;
        var since = decision.Type == DecisionType.RevokeToken && inForceSince > decision.CreatedAt ? inForceSince.Value : decision.CreatedAt;
        if (decision.Type != DecisionType.RateLimit) return new HeldDecision(decision, simulated, key, null, since);
        return decision.Parameters is { Limit: > 0 and int limit, Per: > 0 and int per }
            ? new HeldDecision(decision, simulated, key, new TokenBucket(limit * share, TimeSpan.FromSeconds(per), time.TimestampFrequency), since)
            : null;
    }

    /// <summary>Whom it met, where it is about many.</summary>
    public void Met(in RequestSubject subject)
    {
        if (decision.Type is not (DecisionType.RevokeToken or DecisionType.RevokeSession) || decision.Scope is not (DecisionScope.Principal or DecisionScope.Tenant)) return;
        var ended = Ended ?? Interlocked.CompareExchange(ref _ended, new EndedTally(decision.Scope == DecisionScope.Tenant), null) ?? _ended;
        ended.Add(subject);
    }

    /// <summary>One more request. True when it is the first since the last <see cref="Take"/>: then somebody has to fetch it.</summary>
    public bool Count(DateTime now)
    {
        lock (_lock)
        {
            if (_count == 0) _firstAt = now;
            _lastAt = now;
            return ++_count == 1;
        }
    }

    /// <summary>What was counted, and begins anew.</summary>
    public (DateTime FirstAt, DateTime LastAt, long Count) Take()
    {
        lock (_lock)
        {
            var taken = (_firstAt, _lastAt, _count);
            _count = 0;
            return taken;
        }
    }
}
