using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Simulation.Casting;
using AnomalyDetect.Simulation.Traffic;

namespace AnomalyDetect.Simulation.Scenarios;

/// <summary>30 to 80 forged claims over 8 to 15 min, each from another address and in another's name, so that neither is seen twice.</summary>
internal sealed class InvalidClaimsSpread() : Scenario(ScenarioKind.InvalidClaimsSpread, isAttack: true, Signal.InvalidClaimInjection)
{
    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var bot = scene.OnAnotherDevice(scene.Extra());
        var targets = scene.Targets(dice.Between(30, 80), known: int.MaxValue);
        scene.Involve(EntityKind.Tenant, scene.Tenant.Id);
        foreach (var (i, at) in scene.Spread(0, dice.Between(8.0, 15) * 60, targets.Length).Index())
        {
            var visit = scene.Visit(bot, Network.Anywhere(dice, i));
            scene.Add(Forged(scene, visit, at, targets[i].Id));
            if (i < 3) scene.InvolveAddress(visit.Ip);
        }
    }

    internal static SimulatedEvent Forged(Scene scene, Visit from, double seconds, string claimed) => from.Event(
        scene.At(seconds), EventType.TokenValidation, EventOutcome.Failure, scene.Dice.Chance(0.8) ? FailureReason.InvalidClaim : FailureReason.BadSignature) with
    {
        PrincipalId = claimed,
        TargetTenantId = scene.OtherTenant(),
    };
}

/// <summary>One address forges 3 to 8 claims a minute for 20 to 40 min, in the names of 3 to 8 people.</summary>
internal sealed class InvalidClaimsSlow() : Scenario(ScenarioKind.InvalidClaimsSlow, isAttack: true, Signal.InvalidClaimInjection)
{
    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var visit = scene.Visit(scene.OnAnotherDevice(scene.Extra()), scene.Abroad());
        scene.InvolveAddress(visit.Ip);
        var claimed = scene.Several(dice.Between(3, 8)).ToArray();
        var minutes = dice.Between(20.0, 40);
        foreach (var at in scene.Spread(0, minutes * 60, (int)(minutes * dice.Between(3.1, 8))))
            scene.Add(InvalidClaimsSpread.Forged(scene, visit, at, dice.Pick(claimed).Id));
    }
}

/// <summary>A client in the tenant's data centre signs its token badly once every 3 to 5 min, for 2 h.</summary>
internal sealed class BrokenClient() : Scenario(ScenarioKind.BrokenClient, isAttack: false, Signal.InvalidClaimInjection)
{
    public const int Hours = 2;

    public override void Play(Scene scene)
    {
        var who = scene.Dice.Pick(scene.Tenant.Services);
        var visit = scene.Visit(who, who.Home);
        visit.TakeToken();
        scene.InvolveAddress(visit.Ip);
        scene.Involve(EntityKind.Principal, who.Id);
        for (var at = 0.0; at < Hours * 3600; at += scene.Dice.Between(3.0, 5) * 60)
            scene.Add(visit.Event(scene.At(at), EventType.TokenValidation, EventOutcome.Failure, FailureReason.BadSignature));
    }
}
