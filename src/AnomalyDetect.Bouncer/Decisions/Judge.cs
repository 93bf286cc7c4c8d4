using AnomalyDetect.Bouncer.Captcha;
using AnomalyDetect.Core.Playbooks;
using Microsoft.Extensions.Options;

namespace AnomalyDetect.Bouncer.Decisions;

/// <summary>
/// Says what becomes of a request by the decisions held about its principal, session, token, partner, address and tenant. One look-up for each of them that any decision is
/// held about; the clock is read, and anything allocated, only when one of them finds something.
/// </summary>
internal sealed class Judge(DecisionCopy copy, CaptchaPasses passes, IOptions<BouncerOptions> options, TimeProvider time)
{
    private readonly string? _defaultTenant = options.Value.DefaultTenant;
    private readonly string[] _acrValues = [.. options.Value.StepUpAcrValues];

    private readonly AddressRange[] _spared =
    [
        .. options.Value.SparePrivateAddresses ? AddressRange.NeverPublic : [],
        .. options.Value.NeverRefuse.Select(text => AddressRange.TryParse(text, out var range) ? range : throw new FormatException(text)),
    ];

    public Verdict Of(in RequestSubject subject)
    {
        var verdict = default(Verdict);
        if ((subject.Tenant ?? _defaultTenant) is not { Length: > 0 } tenant) return verdict;
        var table = copy.Table;
        if (table.Count == 0) return verdict;

        if (subject.Address is { } address && table.Holds(DecisionScope.Address))
        {
            var bits = AddressRange.Bits(address);
            var about = table.Of(SubjectKey.Of(tenant, AddressRange.Source(bits)));
            if (about.Length > 0 && !IsSpared(bits)) Weigh(about, subject, false, ref verdict);
        }

        WeighProved(table, tenant, subject, false, ref verdict);
        return verdict;
    }

    /// <summary>Only by what ends sessions and tokens: whether they may be renewed. No limit is drawn on.</summary>
    public Verdict OfRenewal(in RequestSubject subject)
    {
        var verdict = default(Verdict);
        if ((subject.Tenant ?? _defaultTenant) is { Length: > 0 } tenant) WeighProved(copy.Table, tenant, subject, true, ref verdict);
        return verdict;
    }

    private void WeighProved(DecisionTable table, string tenant, in RequestSubject subject, bool endsOnly, ref Verdict verdict)
    {
        Weigh(table, tenant, DecisionScope.Partner, subject.Partner, subject, endsOnly, ref verdict);
        Weigh(table, tenant, DecisionScope.Session, subject.Session, subject, endsOnly, ref verdict);
        Weigh(table, tenant, DecisionScope.Token, subject.Token, subject, endsOnly, ref verdict);
        Weigh(table, tenant, DecisionScope.Principal, subject.Principal, subject, endsOnly, ref verdict);
        // Who has proved nothing holds nothing that could be void: everybody must be able to come to the door and sign in again.
        if ((subject.Principal ?? subject.Session ?? subject.Token ?? subject.Partner) is not null) Weigh(table, tenant, DecisionScope.Tenant, tenant, subject, endsOnly, ref verdict);
    }

    private void Weigh(DecisionTable table, string tenant, DecisionScope scope, string? value, in RequestSubject subject, bool endsOnly, ref Verdict verdict)
    {
        if (value is not null && table.Holds(scope)) Weigh(table.Of(SubjectKey.Of(tenant, scope, value)), subject, endsOnly, ref verdict);
    }

    private void Weigh(HeldDecision[] about, in RequestSubject subject, bool endsOnly, ref Verdict verdict)
    {
        if (about.Length == 0) return;
        var now = time.GetUtcNow().UtcDateTime;
        foreach (var decision in about)
        {
            // The feed will say so too; this is for when it cannot.
            if (decision.ExpiresAt <= now) continue;
            if (endsOnly && decision.Type is not (DecisionType.RevokeToken or DecisionType.RevokeSession or DecisionType.ForceReauth or DecisionType.SuspendPartnerToken)) continue;
            if (Applies(decision, subject, out var retryAfter)) verdict.Add(decision, retryAfter);
        }
    }

    private bool Applies(HeldDecision decision, in RequestSubject subject, out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.Zero;
        return decision.Type switch
        {
            DecisionType.RateLimit => !decision.Bucket!.TryTake(time.GetTimestamp(), out retryAfter),
            DecisionType.Captcha => !passes.Has(decision, subject.Address),
            // A session that was ended stays ended. A principal's later sessions are another matter.
            DecisionType.RevokeSession => decision.Scope == DecisionScope.Session || !IsSince(decision, subject),
            DecisionType.RevokeToken => decision.Scope == DecisionScope.Token || !IsIssuedSince(decision, subject),
            DecisionType.ForceReauth => !IsSince(decision, subject),
            DecisionType.StepUp => !IsSince(decision, subject) || (_acrValues.Length > 0 && !_acrValues.Contains(subject.Acr, StringComparer.Ordinal)),
            _ => true,
        };
    }

    private static bool IsSince(HeldDecision decision, in RequestSubject subject) => subject.AuthenticatedAt is { } at && at.UtcDateTime >= decision.Since;

    /// <summary>
    /// A token fetched since with a refresh token from before shows by its <c>auth_time</c>; one of a client without a user has none, and its <c>iat</c> has to do. Both are whole
    /// seconds: one of the very second is taken as from before.
    /// </summary>
    private static bool IsIssuedSince(HeldDecision decision, in RequestSubject subject)
    {
        if (subject.IssuedAt is { } issued && issued.UtcDateTime < decision.Since) return false;
        if (subject.AuthenticatedAt is { } at && at.UtcDateTime < decision.Since) return false;
        return subject.IssuedAt is not null || subject.AuthenticatedAt is not null;
    }

    private bool IsSpared(UInt128 address)
    {
        foreach (var range in _spared)
            if (range.Contains(address)) return true;
        return false;
    }
}
