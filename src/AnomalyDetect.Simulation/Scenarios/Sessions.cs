using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Simulation.Casting;

namespace AnomalyDetect.Simulation.Scenarios;

/// <summary>A person at work; their session token is used from two to four other networks at the same time, turn by turn, for 3 to 4 min.</summary>
internal sealed class SessionTheft() : Scenario(ScenarioKind.SessionHijack, isAttack: true, Signal.SessionHijack)
{
    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var who = scene.Extra();
        var visit = scene.SignIn(who, who.Home, 0);
        var home = visit.Ip;
        scene.Involve(EntityKind.Session, visit.SessionId!);
        scene.Involve(EntityKind.Principal, who.Id);
        for (var i = 1; i <= 3; i++) scene.Add(visit.Call(scene.At(i * 30)));

        var thieves = Enumerable.Range(0, dice.Between(2, 4)).Select(i => Network.Elsewhere(dice, i)).ToArray();
        var addresses = thieves.Select(t => t.Address(dice)).ToArray();
        foreach (var address in addresses) scene.InvolveAddress(address);
        var rounds = dice.Between(4, 6);
        var turn = dice.Between(150.0, 230) / (rounds * (thieves.Length + 1));
        var at = 100.0;
        for (var round = 0; round < rounds; round++)
        {
            visit.Move(who.Home, home);
            scene.Add(visit.Call(scene.At(at += turn)));
            for (var t = 0; t < thieves.Length; t++)
            {
                visit.Move(thieves[t], addresses[t]);
                scene.Add(visit.Call(scene.At(at += turn)));
            }
        }
    }
}

/// <summary>Leaves the house, takes the train, arrives: two or three networks on one session within 5 min, none of them returning.</summary>
internal sealed class Roaming(ScenarioKind kind) : Scenario(kind, isAttack: false, Signal.SessionHijack)
{
    /// <summary>Three networks in 5 min are worth a line; without interleaving not worth an interruption.</summary>
    public override bool MayAlert => Kind == ScenarioKind.RoamingThreeNetworks;

    public override void Play(Scene scene)
    {
        var who = scene.Extra();
        var visit = scene.SignIn(who, who.Home, 0);
        scene.Involve(EntityKind.Session, visit.SessionId!);
        scene.Involve(EntityKind.Principal, who.Id);
        Stay(10);
        visit.Move(who.Mobile);
        Stay(100);
        if (Kind != ScenarioKind.RoamingThreeNetworks) return;
        visit.Move(scene.Tenant.Office);
        Stay(190);

        void Stay(double from)
        {
            for (var i = 0; i < 4; i++) scene.Add(visit.Call(scene.At(from + (i * 18) + scene.Dice.Between(0, 15.0))));
        }
    }
}

/// <summary>An office whose gateway gives each connection another address of its /24.</summary>
internal sealed class OfficeNat() : Scenario(ScenarioKind.OfficeNat, isAttack: false, Signal.SessionHijack)
{
    public override void Play(Scene scene)
    {
        var who = scene.Extra();
        var visit = scene.SignIn(who, scene.Tenant.Office, 0);
        scene.Involve(EntityKind.Session, visit.SessionId!);
        scene.Involve(EntityKind.Principal, who.Id);
        for (var i = 0; i < 14; i++)
        {
            visit.Move(scene.Tenant.Office);
            scene.Add(visit.Call(scene.At(8 + (i * 18) + scene.Dice.Between(0, 12.0))));
        }
    }
}
