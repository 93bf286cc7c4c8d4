using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Simulation.Traffic;

namespace AnomalyDetect.Simulation.Scenarios;

/// <summary>A person's own session makes 20 to 40 calls a minute, evenly, for 8 to 15 min; people make 2 to 4 in a minute of work.</summary>
internal sealed class PrincipalBeyondHabit() : Scenario(ScenarioKind.PrincipalBeyondHabit, isAttack: true, Signal.ApiCallRate)
{
    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var who = scene.Someone();
        var visit = scene.SignIn(who, who.Home, 0);
        scene.Involve(EntityKind.Principal, who.Id);
        var (perMinute, minutes) = (dice.Between(20, 40), dice.Between(8, 15));
        scene.Work(visit, 5, 5 + (minutes * 60), perMinute * minutes);
    }
}

/// <summary>A person works for 40 min at twice the usual pace, with the usual pauses of chance between calls.</summary>
internal sealed class BusyDay() : Scenario(ScenarioKind.BusyDay, isAttack: false, Signal.ApiCallRate)
{
    public override void Play(Scene scene)
    {
        var who = scene.Someone();
        var visit = scene.SignIn(who, scene.Tenant.Office, 0);
        scene.Involve(EntityKind.Principal, who.Id);
        const double Gap = 60 / (2 * InteractiveSession.CallsPerMinute);
        for (var at = 5.0; at < 40 * 60; at += scene.Dice.Exponential(Gap)) scene.Add(visit.Call(scene.At(at)));
    }
}
