using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Simulation.Scenarios;

/// <summary>
/// By night a stranger guesses a person's password at the third to fifth try, from another continent on a new device, and looks around for 5 to 15 min: a changed
/// setting, a grant or two, 4 to 9 denials; none of it above a threshold.
/// </summary>
internal sealed class UnfamiliarSignIn()
    : Scenario(ScenarioKind.UnfamiliarSignIn, isAttack: true, Signal.UnfamiliarSignIn, Signal.ImpossibleTravel)
{
    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var who = scene.Someone();
        var visit = scene.Visit(scene.OnAnotherDevice(who), scene.Abroad());
        var at = 0.0;
        for (var wrong = dice.Between(2, 4); wrong > 0; wrong--, at += dice.Between(6.0, 30)) scene.Add(scene.Mistyped(visit, at));
        scene.SignIn(visit, at);
        scene.Involve(EntityKind.Principal, who.Id);
        scene.Involve(EntityKind.Session, visit.SessionId!);
        scene.InvolveAddress(visit.Ip);

        var end = at + (dice.Between(5.0, 15) * 60);
        var (outcome, reason) = who.IsAdmin ? (EventOutcome.Success, FailureReason.None) : (EventOutcome.Denied, FailureReason.Policy);
        scene.Work(visit, at + 5, end, dice.Between(5, 12));
        foreach (var moment in scene.Spread(at + 10, end, dice.Between(1, 3)))
            scene.Add(visit.Event(scene.At(moment), EventType.ConfigChange, outcome, reason) with { Resource = "/v1/settings" });
        foreach (var moment in scene.Spread(at + 20, end, dice.Between(1, 3))) scene.Add(scene.Grant(visit, moment, denied: !who.IsAdmin, null));
        foreach (var moment in scene.Spread(at + 15, end, dice.Between(4, 9))) scene.Add(visit.Call(scene.At(moment), EventOutcome.Denied));
    }
}

/// <summary>A person signs in with a new telephone, at home or by the mobile carrier, and works on it for 10 to 20 min.</summary>
internal sealed class NewPhone() : Scenario(ScenarioKind.NewPhone, isAttack: false, Signal.UnfamiliarSignIn)
{
    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var who = scene.Someone();
        var visit = scene.SignIn(scene.OnAnotherDevice(who), dice.Chance(0.5) ? who.Home : who.Mobile, 0);
        scene.Involve(EntityKind.Principal, who.Id);
        scene.Involve(EntityKind.Session, visit.SessionId!);
        var minutes = dice.Between(10, 20);
        scene.Work(visit, 6, minutes * 60, minutes * 2);
    }
}
