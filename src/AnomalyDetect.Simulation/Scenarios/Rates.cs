using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Simulation.Casting;
using AnomalyDetect.Simulation.Traffic;

namespace AnomalyDetect.Simulation.Scenarios;

/// <summary>
/// Leaked name and password pairs from 20 to 60 addresses for 3 to 6 min, far above the tenant's busiest hour; one in 200 fits.
/// </summary>
internal sealed class LoginSurge() : Scenario(ScenarioKind.LoginRateSurge, isAttack: true, Signal.LoginRate, Signal.CredentialStuffing)
{
    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var busiest = scene.Tenant.SessionsPerMinute * scene.Growth * Rhythm.Peak * 1.1;
        var perMinute = busiest + (dice.Between(8.0, 16) * Math.Sqrt(busiest)) + dice.Between(25, 60);
        var sources = Enumerable.Range(0, dice.Between(20, 60)).Select(i => Network.Elsewhere(dice, i)).ToArray();
        var minutes = dice.Between(3, 6);
        scene.Involve(EntityKind.Tenant, scene.Tenant.Id);
        for (var i = 0; i < perMinute * minutes; i++)
        {
            var at = scene.At(dice.Between(0, minutes * 60.0));
            var visit = scene.Visit(dice.Pick(scene.Tenant.Extras), dice.Pick(sources));
            if (dice.Chance(0.005)) scene.Add(visit.Event(at, EventType.Login));
            else if (dice.Chance(0.6)) scene.Add(visit.Event(at, EventType.Login, EventOutcome.Failure, FailureReason.BadPassword));
            else scene.Add(visit.Event(at, EventType.Login, EventOutcome.Failure, FailureReason.UnknownUser) with { PrincipalId = $"user{dice.Below(100_000)}" });
        }
    }
}

/// <summary>A person's token drains the API: 60 to 240 calls a minute for 3 to 8 min, beside the person's usual work.</summary>
internal sealed class ApiDrain() : Scenario(ScenarioKind.ApiCallRateSurge, isAttack: true, Signal.ApiCallRate)
{
    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var who = dice.Pick(scene.Tenant.People);
        var visit = scene.SignIn(who, Network.Elsewhere(dice, dice.Below(4)), 0);
        scene.Involve(EntityKind.Principal, who.Id);
        var (perMinute, minutes) = (dice.Between(60, 240), dice.Between(3, 8));
        for (var i = 0; i < perMinute * minutes; i++) scene.Add(visit.Call(scene.At(dice.Between(5.0, 5 + (minutes * 60)))));
    }
}

/// <summary>A few wrong passwords over two minutes, then the right one.</summary>
internal sealed class ForgottenPassword() : Scenario(ScenarioKind.ForgottenPassword, isAttack: false, Signal.LoginRate)
{
    public override void Play(Scene scene)
    {
        var who = scene.Extra();
        var visit = scene.Visit(who, who.Home);
        scene.Involve(EntityKind.Principal, who.Id);
        var tries = scene.Dice.Between(3, 6);
        for (var i = 0; i < tries; i++)
            scene.Add(visit.Event(scene.At((i * 22) + scene.Dice.Between(0, 8.0)), EventType.Login, EventOutcome.Failure, FailureReason.BadPassword));
        scene.SignIn(who, who.Home, (tries * 22) + 15);
    }
}

/// <summary>The batch job at its hour: <see cref="Tenant.BatchCallsPerMinute"/> for 20 min.</summary>
internal sealed class BatchJob() : Scenario(ScenarioKind.BatchJob, isAttack: false, Signal.ApiCallRate)
{
    /// <summary>Until a few nights have been seen, nobody can know that it is usual.</summary>
    public override bool MayAlert => true;

    public override void Play(Scene scene)
    {
        var who = scene.Tenant.Batch;
        var visit = scene.Visit(who, who.Home);
        scene.Involve(EntityKind.Principal, who.Id);
        visit.TakeToken();
        scene.Add(visit.Event(scene.At(0.5), EventType.TokenIssue));
        var calls = (int)(scene.Tenant.BatchCallsPerMinute * scene.Growth * Routine.BatchMinutes);
        var gap = Routine.BatchMinutes * 60.0 / calls;
        for (var i = 0; i < calls; i++) scene.Add(visit.Call(scene.At(1 + (gap * (i + scene.Dice.Unit())))));
    }
}

/// <summary>The nightly partner sync: for 30 min one and a half times the steady cross-tenant rate on top of it.</summary>
internal sealed class PartnerSync() : Scenario(ScenarioKind.PartnerSync, isAttack: false, Signal.CrossTenantApiSpike)
{
    public override void Play(Scene scene)
    {
        var partnership = scene.Tenant.Partnerships[0];
        var visit = scene.Visit(partnership.Client, partnership.Client.Home);
        scene.Involve(EntityKind.Tenant, scene.Tenant.Id);
        scene.Involve(EntityKind.Partner, partnership.PartnerId);
        scene.Involve(EntityKind.Principal, partnership.Client.Id);
        visit.TakeToken();
        scene.Add(visit.Event(scene.At(0.5), EventType.TokenIssue));
        var calls = Math.Max(4, (int)(scene.Tenant.CrossTenantPerMinute * scene.Growth * 1.5 * Routine.SyncMinutes));
        var gap = Routine.SyncMinutes * 60.0 / calls;
        for (var i = 0; i < calls; i++)
        {
            var at = scene.At(1 + (gap * (i + scene.Dice.Unit())));
            scene.Add(i % 4 == 0 ? visit.Delegated(at, partnership) : visit.Call(at, to: partnership.TargetTenantId, on: partnership));
        }
    }
}

/// <summary>The platform probes every tenant's resources: 100 to 300 cross-tenant calls in 4 min, marked internal. Counts only where that mark is not believed.</summary>
internal sealed class InternalHealthChecks() : Scenario(ScenarioKind.InternalHealthChecks, isAttack: false, Signal.CrossTenantApiSpike)
{
    public override void Play(Scene scene)
    {
        var who = scene.Tenant.Health;
        var visit = scene.Visit(who, who.Home);
        scene.Involve(EntityKind.Tenant, scene.Tenant.Id);
        scene.Involve(EntityKind.Principal, who.Id);
        var probes = scene.Dice.Between(100, 300);
        for (var i = 0; i < probes; i++)
        {
            var probe = visit.Call(scene.At(scene.Dice.Between(0, 240.0)), to: scene.OtherTenant());
            scene.Add(probe with { Resource = "/healthz", Method = "GET", Internal = true });
        }
    }
}
