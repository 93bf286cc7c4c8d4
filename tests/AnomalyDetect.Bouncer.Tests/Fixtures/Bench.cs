using AnomalyDetect.Bouncer.Captcha;
using AnomalyDetect.Bouncer.Decisions;
using Microsoft.Extensions.Options;

namespace AnomalyDetect.Bouncer.Tests.Fixtures;

/// <summary>A judge over decisions put in by hand, at a clock that only moves when told.</summary>
internal sealed class Bench
{
    public Bench(Action<BouncerOptions>? adjust = null)
    {
        Options = Some.Options(adjust);
        Passes = new CaptchaPasses(Options, Clock);
        Judge = new Judge(Copy, Passes, Options, Clock);
    }

    public IOptions<BouncerOptions> Options { get; }

    public FakeTimeProvider Clock { get; } = new(Some.Time);

    public DecisionCopy Copy { get; } = new(1_000_000);

    public CaptchaPasses Passes { get; }

    public Judge Judge { get; }

    public HeldDecision Put(Decision decision)
    {
        var held = Some.Held(decision, Clock, Options.Value.RateLimitShare);
        Copy.Table.Put(held);
        return held;
    }

    public Verdict Of(RequestSubject subject) => Judge.Of(subject);

    public DecisionType? Refused(RequestSubject subject) => Of(subject).Refused?.Type;
}
