using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Bouncer.Decisions;

/// <summary>What is to become of a request. The default lets it through.</summary>
internal struct Verdict
{
    /// <summary>The sternest decision that refuses it; null for none.</summary>
    public HeldDecision? Refused { get; private set; }

    /// <summary>Of a rate limit: when to come again.</summary>
    public TimeSpan RetryAfter { get; private set; }

    /// <summary>Challenges to be passed first; null for none. Of no weight when it is refused anyway.</summary>
    public List<HeldDecision>? Challenges { get; private set; }

    /// <summary>Dry runs that would have refused or challenged it; null for none.</summary>
    public List<HeldDecision>? WouldHave { get; private set; }

    public readonly bool LetsThrough => Refused is null && Challenges is null && WouldHave is null;

    public void Add(HeldDecision decision, TimeSpan retryAfter)
    {
        if (decision.Simulated) (WouldHave ??= []).Add(decision);
        else if (decision.Type == DecisionType.Captcha) (Challenges ??= []).Add(decision);
        else if (Refused is null || Sternness(decision.Type) > Sternness(Refused.Type)) (Refused, RetryAfter) = (decision, retryAfter);
    }

    /// <summary>An answer tells one reason: the one that signing in, waiting or stepping up would not get round.</summary>
    private static int Sternness(DecisionType type) => type switch
    {
        DecisionType.BlockIp => 7,
        DecisionType.SuspendPartnerToken => 6,
        DecisionType.RevokeToken => 5,
        DecisionType.RevokeSession => 4,
        DecisionType.ForceReauth => 3,
        DecisionType.StepUp => 2,
        _ => 1,
    };
}
