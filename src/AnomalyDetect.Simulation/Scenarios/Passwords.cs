using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Simulation.Casting;
using AnomalyDetect.Simulation.Traffic;

namespace AnomalyDetect.Simulation.Scenarios;

/// <summary>
/// One address tries 20 to 60 people with a password or two each, 1.5 to 8 a minute, for 5 to 40 min; where the tenant has too few people, names that nobody has.
/// One time in two the last one fits.
/// </summary>
internal sealed class PasswordSpraying() : Scenario(ScenarioKind.PasswordSpraying, isAttack: true, Signal.PasswordSpraying)
{
    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var sprayer = scene.Visit(scene.OnAnotherDevice(scene.Extra()), scene.Abroad());
        scene.InvolveAddress(sprayer.Ip);
        var targets = scene.Targets(dice.Between(20, 60), known: int.MaxValue);
        var tries = targets.Concat(targets.Where(_ => dice.Chance(0.4))).ToArray();
        var seconds = 60 * dice.Between(Math.Max(5, tries.Length / 8.0), Math.Min(40, tries.Length / 1.5));
        foreach (var (at, target) in scene.Spread(0, seconds, tries.Length).Zip(tries)) scene.Add(Failed(scene, sprayer, at, target));
        if (!dice.Chance(0.5)) return;
        var victim = scene.Someone();
        var visit = scene.Visit(sprayer.Who with { Id = victim.Id }, victim.Home);
        visit.MoveTo(sprayer);
        scene.SignIn(visit, seconds);
        scene.Work(visit, seconds + 5, seconds + 50, dice.Between(2, 5));
        scene.Involve(EntityKind.Principal, victim.Id);
    }

    internal static SimulatedEvent Failed(Scene scene, Visit from, double seconds, Target target) => scene.Mistyped(from, seconds) with
    {
        PrincipalId = target.Id,
        Reason = target.Known ? FailureReason.BadPassword : FailureReason.UnknownUser,
    };
}

/// <summary>
/// Leaked name and password pairs, each tried once, from 60 to 200 addresses all over the world with one to three tries each, over 4 to 10 min; about one in a
/// hundred fits.
/// </summary>
internal sealed class CredentialStuffing()
    : Scenario(ScenarioKind.CredentialStuffing, isAttack: true, Signal.CredentialStuffing, Signal.LoginRate)
{
    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var bot = scene.OnAnotherDevice(scene.Extra());
        var tries = Enumerable.Range(0, dice.Between(60, 200)).Select(i => scene.Visit(bot, Network.Anywhere(dice, i)))
            .SelectMany(v => Enumerable.Repeat(v, dice.Between(1, 3))).ToArray();
        var targets = scene.Targets(tries.Length, known: tries.Length / 3);
        var fits = 0.01 * tries.Length / targets.Count(t => t.Known);
        var minutes = dice.Between(4, 10);
        scene.Involve(EntityKind.Tenant, scene.Tenant.Id);
        foreach (var visit in tries.Distinct().Take(3)) scene.InvolveAddress(visit.Ip);
        foreach (var (visit, target) in tries.Zip(targets))
        {
            var at = dice.Between(0, minutes * 60.0);
            scene.Add(target.Known && dice.Chance(fits)
                ? visit.Event(scene.At(at), EventType.Login) with { PrincipalId = target.Id }
                : PasswordSpraying.Failed(scene, visit, at, target));
        }
    }
}

/// <summary>The office's network is back: 12 to 25 people, or all there are, sign in behind its addresses within 6 to 10 min; one in five mistypes once.</summary>
internal sealed class OfficeLoginWave() : Scenario(ScenarioKind.OfficeLoginWave, isAttack: false, Signal.PasswordSpraying, Signal.LoginRate)
{
    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var people = scene.Several(dice.Between(12, 25)).ToArray();
        var arrivals = scene.Spread(0, dice.Between(6.0, 9.5) * 60, people.Length);
        foreach (var (at, who) in arrivals.Zip(people))
        {
            var visit = scene.Visit(who, scene.Tenant.Office);
            var mistyped = dice.Chance(0.2);
            if (mistyped) scene.Add(scene.Mistyped(visit, at));
            var signedIn = mistyped ? at + dice.Between(4.0, 12) : at;
            scene.SignIn(visit, signedIn);
            scene.Work(visit, signedIn + 5, signedIn + 25, dice.Between(1, 4));
            scene.InvolveAddress(visit.Ip);
        }

        foreach (var who in people) scene.Involve(EntityKind.Principal, who.Id);
    }
}

/// <summary>Everybody's password ran out overnight: within 30 min 10 to 25 people, or all there are, fail one to three times, each from home, and then succeed.</summary>
internal sealed class PasswordExpiryDay()
    : Scenario(ScenarioKind.PasswordExpiryDay, isAttack: false, Signal.CredentialStuffing, Signal.PasswordSpraying)
{
    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var people = scene.Several(dice.Between(10, 25)).ToArray();
        scene.Involve(EntityKind.Tenant, scene.Tenant.Id);
        foreach (var (begin, who) in scene.Spread(0, 28 * 60, people.Length).Zip(people))
        {
            var visit = scene.Visit(who, who.Home);
            scene.Involve(EntityKind.Principal, who.Id);
            var at = begin;
            for (var wrong = dice.Between(1, 3); wrong > 0; wrong--, at += dice.Between(8.0, 25)) scene.Add(scene.Mistyped(visit, at));
            scene.SignIn(visit, at);
            scene.Work(visit, at + 5, at + 30, dice.Between(1, 3));
        }
    }
}
