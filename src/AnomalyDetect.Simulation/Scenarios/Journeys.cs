using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Simulation.Casting;

namespace AnomalyDetect.Simulation.Scenarios;

/// <summary>
/// A person at work at home or in the office; 5 to 40 min after their last call a sign-in on another continent, on another device, succeeds, and for 4 to 10 min
/// both go on in turn. It begins with that sign-in.
/// </summary>
internal sealed class ImpossibleTravel()
    : Scenario(ScenarioKind.ImpossibleTravel, isAttack: true, Signal.ImpossibleTravel, Signal.UnfamiliarSignIn)
{
    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var who = scene.Someone();
        var home = scene.SignIn(who, dice.Chance(0.5) ? who.Home : scene.Tenant.Office, 0);
        var left = dice.Between(3.0, 8) * 60;
        scene.Work(home, 6, left, dice.Between(6, 16));
        var arrived = left + (dice.Between(5.0, 40) * 60);
        var away = scene.SignIn(scene.OnAnotherDevice(who), scene.Abroad(), arrived);
        scene.Begin(arrived);
        var turns = dice.Between(10, 20);
        foreach (var (i, at) in scene.Spread(arrived + 6, arrived + (dice.Between(4.0, 10) * 60), turns).Index())
            scene.Add((i % 2 == 0 ? away : home).Call(scene.At(at)));
        scene.Involve(EntityKind.Principal, who.Id);
        scene.Involve(EntityKind.Session, away.SessionId!);
        scene.InvolveAddress(away.Ip);
    }
}

/// <summary>
/// A person who has worked at home for days does so once more and logs out; 8 to 14 h later they sign in abroad, on the same continent and the same device, and
/// work as usual.
/// </summary>
internal sealed class BusinessTravel()
    : Scenario(ScenarioKind.BusinessTravel, isAttack: false, Signal.ImpossibleTravel, Signal.UnfamiliarSignIn)
{
    public const int LongestHours = 16;
    private const double Day = 86_400;

    public override bool HasPast => true;

    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var who = scene.Newcomer(admin: false);
        var known = Math.Max(scene.RunStart, -6 * Day);
        if (known < -Day) scene.Live(who, known, -Day / 4, (int)(-known / Day * 2));
        scene.Live(who, 0, 600, 1);
        var arrived = 1500 + (dice.Between(8.0, 14) * 3600);
        var visit = scene.SignIn(who, Network.Home(dice, Continents.Near(scene.Tenant.Country, dice)), arrived);
        var minutes = dice.Between(20, 50);
        scene.Work(visit, arrived + 6, arrived + (minutes * 60), minutes * 2);
        scene.Add(visit.Event(scene.At(arrived + (minutes * 60) + 5), EventType.Logout));
        scene.Involve(EntityKind.Principal, who.Id);
        scene.Involve(EntityKind.Session, visit.SessionId!);
        scene.InvolveAddress(visit.Ip);
    }
}

/// <summary>A person switches a VPN on: the same device, session and token at home and, 2 to 10 min later, on another continent, where it stays.</summary>
internal sealed class VpnHop() : Scenario(ScenarioKind.VpnHop, isAttack: false, Signal.ImpossibleTravel, Signal.TokenReplay)
{
    /// <summary>A token on another continent is worth a line; that the device is the same speaks against more.</summary>
    public override bool MayAlert => true;

    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var who = scene.Extra();
        var visit = scene.SignIn(who, who.Home, 0);
        scene.Involve(EntityKind.Session, visit.SessionId!);
        scene.Involve(EntityKind.Principal, who.Id);
        scene.Work(visit, 6, 120, dice.Between(4, 8));
        var hop = 120 + (dice.Between(2.0, 10) * 60);
        visit.Move(scene.Abroad());
        scene.InvolveAddress(visit.Ip);
        scene.Work(visit, hop, hop + 420, dice.Between(10, 20));
    }
}
