using AnomalyDetect.Bouncer.Captcha;
using AnomalyDetect.Core.Playbooks;
using Microsoft.Extensions.Options;

namespace AnomalyDetect.Bouncer.Decisions;

/// <summary>
/// Says what becomes of a request by the decisions held about its principal, session, partner and address. Up to four look-ups; the clock is read, and
/// anything allocated, only when one of them finds something.
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

        if (subject.Address is { } address)
        {
            var bits = AddressRange.Bits(address);
            var about = table.Of(SubjectKey.Of(tenant, AddressRange.Source(bits)));
            if (about.Length > 0 && !IsSpared(bits)) Weigh(about, subject, ref verdict);
        }

        if (subject.Partner is { } partner) Weigh(table.Of(SubjectKey.Of(tenant, DecisionScope.Partner, partner)), subject, ref verdict);
        if (subject.Session is { } session) Weigh(table.Of(SubjectKey.Of(tenant, DecisionScope.Session, session)), subject, ref verdict);
        if (subject.Principal is { } principal) Weigh(table.Of(SubjectKey.Of(tenant, DecisionScope.Principal, principal)), subject, ref verdict);
        return verdict;
    }

    private void Weigh(HeldDecision[] about, in RequestSubject subject, ref Verdict verdict)
    {
        if (about.Length == 0) return;
        var now = time.GetUtcNow().UtcDateTime;
        foreach (var decision in about)
        {
            // The feed will say so too; this is for when it cannot.
            if (decision.ExpiresAt <= now) continue;
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
            DecisionType.ForceReauth => !IsSince(decision, subject),
            DecisionType.StepUp => !IsSince(decision, subject) || (_acrValues.Length > 0 && !_acrValues.Contains(subject.Acr, StringComparer.Ordinal)),
            _ => true,
        };
    }

    private static bool IsSince(HeldDecision decision, in RequestSubject subject) => subject.AuthenticatedAt is { } at && at.UtcDateTime >= decision.CreatedAt;

    private bool IsSpared(UInt128 address)
    {
        foreach (var range in _spared)
            if (range.Contains(address)) return true;
        return false;
    }
}
