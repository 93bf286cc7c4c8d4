using AnomalyDetect.Bouncer.Answers;
using AnomalyDetect.Bouncer.Decisions;
using AnomalyDetect.Bouncer.Feed;
using AnomalyDetect.Bouncer.Reporting;

namespace AnomalyDetect.Bouncer;

internal sealed class Revocations(FeedState state, Judge judge, Refusals refusals, EnforcementQueue enforced, BouncerMetrics metrics) : IRevocations
{
    public Refusal? RefusalOf(in RequestSubject subject)
    {
        if (state.IsClosed)
        {
            metrics.Closed();
            return Refusals.Away;
        }

        var verdict = judge.OfRenewal(subject);
        foreach (var decision in verdict.WouldHave ?? [])
        {
            metrics.WouldHave(decision.Type);
            enforced.Add(decision, subject);
        }

        if (verdict.Refused is not { } refused) return null;
        metrics.Refused(refused.Type);
        enforced.Add(refused, subject);
        return refusals.Of(refused, verdict.RetryAfter);
    }
}
