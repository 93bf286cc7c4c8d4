using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Simulation.Casting;

namespace AnomalyDetect.Simulation.Scenarios;

/// <summary>
/// Forged tenant claims from one address against several principals: 14 to 60 in 50 s, for one to three minutes. With a session: the same address signed in
/// with a stolen password shortly before.
/// </summary>
internal sealed class InvalidClaims(ScenarioKind kind) : Scenario(kind, isAttack: true, Signal.InvalidClaimInjection)
{
    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var from = Network.Elsewhere(dice, dice.Below(4));
        var visit = scene.Visit(scene.Extra(), from);
        scene.InvolveAddress(visit.Ip);
        var begin = 0.0;
        if (Kind == ScenarioKind.InvalidClaimWithSession)
        {
            var ip = visit.Ip;
            var insider = scene.SignIn(visit.Who, from, 0);
            MoveAll(scene, insider, from, ip);
            begin = 30;
        }

        var claimed = Enumerable.Range(0, dice.Between(1, 6)).Select(_ => scene.Extra()).ToArray();
        var minutes = dice.Between(1, 3);
        for (var m = 0; m < minutes; m++)
        {
            var attempts = dice.Between(14, 60);
            for (var i = 0; i < attempts; i++)
            {
                var reason = dice.Chance(0.8) ? FailureReason.InvalidClaim : FailureReason.BadSignature;
                scene.Add(visit.Event(scene.At(begin + (m * 60) + dice.Between(0, 50.0)), EventType.TokenValidation, EventOutcome.Failure, reason) with
                {
                    PrincipalId = dice.Pick(claimed).Id,
                    TargetTenantId = scene.OtherTenant(),
                });
            }
        }
    }

    /// <summary>The session of the same address (an IPv6 network gives another one each time), and a call in it.</summary>
    private static void MoveAll(Scene scene, Traffic.Visit insider, Network from, string ip)
    {
        insider.Move(from, ip);
        scene.Add(insider.Call(scene.At(6)));
        scene.Add(insider.Call(scene.At(15)));
        scene.Involve(EntityKind.Session, insider.SessionId!);
    }
}

/// <summary>One principal is claimed from many addresses, each of them below the threshold: 14 to 40 in 50 s.</summary>
internal sealed class DistributedClaims() : Scenario(ScenarioKind.InvalidClaimDistributed, isAttack: true, Signal.InvalidClaimInjection)
{
    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var claimed = scene.Extra();
        scene.Involve(EntityKind.Principal, claimed.Id);
        var attempts = dice.Between(14, 40);
        for (var i = 0; i < attempts; i++)
        {
            var visit = scene.Visit(claimed, Network.Elsewhere(dice, i));
            scene.Add(visit.Event(scene.At(dice.Between(0, 50.0)), EventType.TokenValidation, EventOutcome.Failure, FailureReason.InvalidClaim));
        }
    }
}

/// <summary>A client with a stale configuration: exactly 10 invalid claims within 55 s, then it stops.</summary>
internal sealed class ThresholdClaims() : Scenario(ScenarioKind.ThresholdClaims, isAttack: false, Signal.InvalidClaimInjection)
{
    public override void Play(Scene scene)
    {
        var who = scene.Extra();
        var visit = scene.Visit(who, who.Home);
        scene.InvolveAddress(visit.Ip);
        scene.Involve(EntityKind.Principal, who.Id);
        for (var i = 0; i < 10; i++)
            scene.Add(visit.Event(scene.At((i * 5) + scene.Dice.Between(0, 4.0)), EventType.TokenValidation, EventOutcome.Failure, FailureReason.InvalidClaim));
    }
}

/// <summary>A client whose token ran out asks again and again: 20 to 60 failures in a minute, all <c>expired</c>.</summary>
internal sealed class ExpiredTokens() : Scenario(ScenarioKind.ExpiredTokenStorm, isAttack: false, Signal.InvalidClaimInjection)
{
    public override void Play(Scene scene)
    {
        var who = scene.Extra();
        var visit = scene.SignIn(who, who.Home, 0);
        scene.InvolveAddress(visit.Ip);
        scene.Involve(EntityKind.Principal, who.Id);
        var retries = scene.Dice.Between(20, 60);
        for (var i = 0; i < retries; i++)
            scene.Add(visit.Event(scene.At(scene.Dice.Between(5, 58.0)), EventType.TokenValidation, EventOutcome.Failure, FailureReason.Expired));
        scene.Add(visit.Event(scene.At(59), EventType.TokenIssue));
        scene.Add(visit.Call(scene.At(60)));
    }
}
