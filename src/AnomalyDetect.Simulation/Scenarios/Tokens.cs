using AnomalyDetect.Core.Alerts;

namespace AnomalyDetect.Simulation.Scenarios;

/// <summary>
/// A person's token is used in their session at home and, in turn, by a thief in another country who has no session: 8 to 20 times in 3 to 8 min. It begins with
/// the thief's first use.
/// </summary>
internal sealed class TokenReplay() : Scenario(ScenarioKind.TokenReplay, isAttack: true, Signal.TokenReplay)
{
    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var who = scene.Someone();
        var home = scene.SignIn(who, who.Home, 0);
        var thief = scene.Visit(scene.OnAnotherDevice(who), scene.Abroad());
        scene.Involve(EntityKind.Principal, who.Id);
        scene.InvolveAddress(thief.Ip);
        scene.Work(home, 6, 60, dice.Between(2, 4));
        var uses = dice.Between(8, 20);
        var seconds = dice.Between(3.0, 8) * 60;
        foreach (var (i, at) in scene.Spread(60, 60 + seconds, 2 * uses).Index())
        {
            if (i == 1) scene.Begin(at);
            scene.Add((i % 2 == 0 ? home : thief).Call(scene.At(at)) with { TokenId = home.TokenId });
        }
    }
}

/// <summary>A person leaves the house: one session and its token on Wi-Fi, then by the mobile carrier, and never back.</summary>
internal sealed class TokenRoaming() : Scenario(ScenarioKind.TokenRoaming, isAttack: false, Signal.TokenReplay)
{
    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var who = scene.Extra();
        var visit = scene.SignIn(who, who.Home, 0);
        scene.Involve(EntityKind.Principal, who.Id);
        scene.Involve(EntityKind.Session, visit.SessionId!);
        var left = dice.Between(60.0, 240);
        scene.Work(visit, 6, left, dice.Between(4, 10));
        visit.Move(who.Mobile);
        scene.InvolveAddress(visit.Ip);
        scene.Work(visit, left + 5, left + dice.Between(120.0, 400), dice.Between(6, 14));
    }
}
