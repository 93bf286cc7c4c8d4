using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Simulation.Traffic;

namespace AnomalyDetect.Simulation.Scenarios;

/// <summary>An account tries every door: 14 to 40 denials in 45 s, by the API and by the policy engine.</summary>
internal sealed class DenialBurst() : Scenario(ScenarioKind.PolicyViolationBurst, isAttack: true, Signal.PolicyViolationBurst)
{
    public override void Play(Scene scene)
    {
        var who = scene.Extra();
        var visit = scene.SignIn(who, who.Home, 0);
        scene.Involve(EntityKind.Principal, who.Id);
        var denials = scene.Dice.Between(14, 40);
        for (var i = 0; i < denials; i++) scene.Add(Denial(scene, visit, scene.Dice.Between(8.0, 53)));
    }

    internal static SimulatedEvent Denial(Scene scene, Visit visit, double seconds) => scene.Dice.Chance(0.7)
        ? visit.Call(scene.At(seconds), EventOutcome.Denied)
        : visit.Event(scene.At(seconds), EventType.PolicyDecision, EventOutcome.Denied, FailureReason.Policy) with { Resource = "/v1/admin/settings" };
}

/// <summary>A page that asks for ten things its reader may not see: exactly 10 denials within 55 s.</summary>
internal sealed class ThresholdDenials() : Scenario(ScenarioKind.ThresholdDenials, isAttack: false, Signal.PolicyViolationBurst)
{
    public override void Play(Scene scene)
    {
        var who = scene.Extra();
        var visit = scene.SignIn(who, who.Home, 0);
        scene.Involve(EntityKind.Principal, who.Id);
        for (var i = 0; i < 10; i++) scene.Add(DenialBurst.Denial(scene, visit, 8 + (i * 5) + scene.Dice.Between(0, 4.0)));
    }
}
