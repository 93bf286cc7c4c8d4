using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Simulation.Casting;
using AnomalyDetect.Simulation.Traffic;

namespace AnomalyDetect.Simulation.Scenarios;

/// <summary>An admin who works 3 to 5 times on the run's first day and is then silent until the scenario begins, 8 days later or more.</summary>
internal abstract class Sleeper(ScenarioKind kind, bool isAttack, params Signal[] signals) : Scenario(kind, isAttack, signals)
{
    private const int FirstDayHours = 16;

    /// <summary>No run shorter than this has room for one.</summary>
    public static readonly TimeSpan LeastRun = TimeSpan.FromDays(9);

    /// <summary>No sooner after the run's start can one begin: 8 days after its last session ended.</summary>
    public static readonly TimeSpan Earliest = TimeSpan.FromDays(8) + TimeSpan.FromHours(FirstDayHours + 1);

    public override bool HasPast => true;

    public sealed override void Play(Scene scene)
    {
        var who = scene.Newcomer(admin: true);
        scene.Live(who, scene.RunStart + 60, scene.RunStart + (FirstDayHours * 3600), scene.Dice.Between(3, 5));
        scene.Involve(EntityKind.Principal, who.Id);
        var visit = Wake(scene, who);
        scene.Involve(EntityKind.Session, visit.SessionId!);
        scene.InvolveAddress(visit.Ip);
    }

    protected abstract Visit Wake(Scene scene, Persona who);
}

/// <summary>The account signs in on another continent and makes 6 to 15 privileged calls in 5 to 15 min.</summary>
internal sealed class DormantPrincipal()
    : Sleeper(ScenarioKind.DormantPrincipal, isAttack: true, Signal.DormantPrincipal, Signal.UnfamiliarSignIn, Signal.ImpossibleTravel)
{
    protected override Visit Wake(Scene scene, Persona who)
    {
        var dice = scene.Dice;
        var visit = scene.SignIn(scene.OnAnotherDevice(who), scene.Abroad(), 0);
        var end = dice.Between(5.0, 15) * 60;
        scene.Work(visit, 5, end, dice.Between(4, 10));
        foreach (var at in scene.Spread(10, end, dice.Between(6, 15))) scene.Add(scene.Administer(visit, at));
        return visit;
    }
}

/// <summary>The admin is back, at home on the usual device: 20 to 40 min of calls and one changed setting.</summary>
internal sealed class BackFromHoliday() : Sleeper(ScenarioKind.BackFromHoliday, isAttack: false, Signal.DormantPrincipal)
{
    protected override Visit Wake(Scene scene, Persona who)
    {
        var dice = scene.Dice;
        var visit = scene.SignIn(who, who.Home, 0);
        var minutes = dice.Between(20, 40);
        scene.Work(visit, 6, minutes * 60, minutes * 2);
        scene.Add(visit.Event(scene.At(dice.Between(120.0, minutes * 60)), EventType.ConfigChange) with { Resource = "/v1/settings" });
        return visit;
    }
}
