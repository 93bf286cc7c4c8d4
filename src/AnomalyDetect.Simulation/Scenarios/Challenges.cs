using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Simulation.Traffic;

namespace AnomalyDetect.Simulation.Scenarios;

/// <summary>
/// The right password from abroad, then 8 to 25 challenges in 3 to 10 min, every one rejected by the owner; one time in two the last is accepted, and the
/// thief is in.
/// </summary>
internal sealed class MfaFatigue() : Scenario(ScenarioKind.MfaFatigue, isAttack: true, Signal.MfaFatigue)
{
    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var visit = scene.Visit(scene.OnAnotherDevice(scene.Someone()), scene.Abroad());
        scene.Involve(EntityKind.Principal, visit.Who.Id);
        scene.InvolveAddress(visit.Ip);
        var end = dice.Between(3.0, 10) * 60;
        scene.Add(visit.Event(scene.At(0), EventType.Login));
        foreach (var at in scene.Spread(2, end, dice.Between(8, 25))) scene.Add(Rejected(scene, visit, at));
        if (dice.Chance(0.5)) MfaRetry.Accepted(scene, visit, end);
    }

    internal static SimulatedEvent Rejected(Scene scene, Visit visit, double seconds) =>
        visit.Event(scene.At(seconds), EventType.MfaChallenge, EventOutcome.Failure, FailureReason.UserRejected);
}

/// <summary>At home on the usual device a person rejects 2 to 4 challenges by mistake and accepts the next.</summary>
internal sealed class MfaRetry() : Scenario(ScenarioKind.MfaRetry, isAttack: false, Signal.MfaFatigue)
{
    public override void Play(Scene scene)
    {
        var who = scene.Someone();
        var visit = scene.Visit(who, who.Home);
        scene.Involve(EntityKind.Principal, who.Id);
        var at = 2.0;
        scene.Add(visit.Event(scene.At(0), EventType.Login));
        for (var left = scene.Dice.Between(2, 4); left > 0; left--, at += scene.Dice.Between(12.0, 35)) scene.Add(MfaFatigue.Rejected(scene, visit, at));
        Accepted(scene, visit, at);
    }

    /// <summary>The second factor, a token, a session and a few calls in it.</summary>
    internal static void Accepted(Scene scene, Visit visit, double seconds)
    {
        scene.Add(visit.Event(scene.At(seconds), EventType.MfaChallenge));
        visit.TakeToken();
        scene.Add(visit.Event(scene.At(seconds + 0.6), EventType.TokenIssue));
        visit.BeginSession();
        scene.Add(visit.Event(scene.At(seconds + 1.1), EventType.SessionStart));
        scene.Involve(EntityKind.Session, visit.SessionId!);
        scene.Work(visit, seconds + 5, seconds + 100, scene.Dice.Between(3, 6));
    }
}
