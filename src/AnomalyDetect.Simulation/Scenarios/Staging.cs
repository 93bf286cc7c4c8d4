using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Simulation.Casting;
using AnomalyDetect.Simulation.Traffic;

namespace AnomalyDetect.Simulation.Scenarios;

/// <summary>Somebody's name as an attacker has it.</summary>
/// <param name="Known">False: nobody of that name is there.</param>
internal readonly record struct Target(string Id, bool Known);

/// <summary>Whom a scenario is about, and what people do once they are in: shapes that several scenarios share.</summary>
internal static class Staging
{
    /// <summary>One of the plain traffic's people, with habits that a detector may know.</summary>
    public static Persona Someone(this Scene scene) => scene.Dice.Pick(scene.Tenant.People);

    /// <summary>That many of them, or all there are.</summary>
    public static IEnumerable<Persona> Several(this Scene scene, int count) => scene.Dice.Shuffle([.. scene.Tenant.People]).Take(count);

    /// <summary>Distinct names: at most <paramref name="known"/> of the tenant's people, the rest made up; in no order.</summary>
    public static Target[] Targets(this Scene scene, int count, int known)
    {
        var people = scene.Tenant.People.Concat(scene.Tenant.Extras).Select(p => new Target(p.Id, true)).ToArray();
        var targets = scene.Dice.Shuffle(people).Take(Math.Min(count, known)).ToList();
        for (var n = scene.Dice.Below(100_000); targets.Count < count; n++) targets.Add(new Target($"user{n}", false));
        return scene.Dice.Shuffle([.. targets]);
    }

    /// <summary>The client of one of the tenant's partners, with a token of its own; both are then involved.</summary>
    public static Visit BeginPartner(this Scene scene, out Partnership partnership)
    {
        partnership = scene.Dice.Pick(scene.Tenant.Partnerships);
        var visit = scene.Visit(partnership.Client, partnership.Client.Home);
        visit.TakeToken();
        scene.Involve(EntityKind.Principal, partnership.Client.Id);
        scene.Involve(EntityKind.Partner, partnership.PartnerId);
        return visit;
    }

    /// <summary>A sign-in at home, of somebody who is then involved, for some minutes.</summary>
    public static Visit Begin(this Scene scene, out int minutes, Persona who, int least, int most)
    {
        var visit = scene.SignIn(who, who.Home, 0);
        scene.Involve(EntityKind.Principal, who.Id);
        minutes = scene.Dice.Between(least, most);
        return visit;
    }

    /// <summary>Somebody without a single event but this scenario's.</summary>
    public static Persona Newcomer(this Scene scene, bool admin) => Cast.Newcomer(scene.Tenant, scene.Dice, admin);

    /// <summary>Known by another device.</summary>
    public static Persona OnAnotherDevice(this Scene scene, Persona who) =>
        who with { DeviceId = "dev-" + scene.Dice.Hex()[..10], UserAgent = scene.Dice.Pick(scene.Tenant.Extras).UserAgent };

    /// <summary>A network in a country far from the tenant's.</summary>
    public static Network Abroad(this Scene scene) => Network.Abroad(scene.Dice, scene.Tenant.Country);

    /// <summary>Ordinary calls, spread evenly from <paramref name="from"/> to <paramref name="to"/>.</summary>
    public static void Work(this Scene scene, Visit visit, double from, double to, int calls)
    {
        foreach (var at in scene.Spread(from, to, calls)) scene.Add(visit.Call(scene.At(at)));
    }

    /// <summary>That many moments, each in a part of its own, so that no stretch holds many more than its share; never two within a fifth of a part.</summary>
    public static IEnumerable<double> Spread(this Scene scene, double from, double to, int count)
    {
        var part = (to - from) / count;
        for (var i = 0; i < count; i++) yield return from + (part * (i + scene.Dice.Between(0, 0.8)));
    }

    /// <summary>An event of privilege, allowed.</summary>
    public static SimulatedEvent Administer(this Scene scene, Visit visit, double seconds) => scene.Dice.Below(3) switch
    {
        0 => visit.Event(scene.At(seconds), EventType.ConfigChange) with { Resource = "/v1/settings" },
        1 => visit.Event(scene.At(seconds), EventType.PolicyDecision) with { Resource = "/v1/users" },
        _ => scene.Grant(visit, seconds, denied: false, scene.Tenant.Partnerships[0].PartnerId),
    };

    /// <summary>Sessions at home between the two moments, each with a sign-in, some calls and a logout.</summary>
    public static void Live(this Scene scene, Persona who, double from, double to, int sessions)
    {
        foreach (var at in scene.Spread(from, to, sessions))
        {
            var visit = scene.SignIn(who, who.Home, at);
            var minutes = scene.Dice.Between(5, 10);
            scene.Work(visit, at + 5, at + (minutes * 60), minutes * 2);
            scene.Add(visit.Event(scene.At(at + (minutes * 60) + 10), EventType.Logout));
        }
    }

    /// <summary>A login with the wrong password.</summary>
    public static SimulatedEvent Mistyped(this Scene scene, Visit visit, double seconds) =>
        visit.Event(scene.At(seconds), EventType.Login, EventOutcome.Failure, FailureReason.BadPassword);
}
