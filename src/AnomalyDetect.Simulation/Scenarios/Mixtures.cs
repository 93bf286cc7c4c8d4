using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Simulation.Traffic;

namespace AnomalyDetect.Simulation.Scenarios;

/// <summary>
/// By night, from home and hardly faster than by day, an insider fetches one object after the other for 25 to 40 min, 200 kB to 2 MB each where 6 kB are usual.
/// </summary>
internal sealed class QuietExfiltration() : Scenario(ScenarioKind.QuietExfiltration, isAttack: true, Signal.MlSpike)
{
    private static readonly string[] Stores = ["/v1/files", "/v1/customers", "/v1/invoices"];

    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var visit = scene.Begin(out var minutes, scene.Someone(), 25, 40);
        var (store, first) = (dice.Pick(Stores), dice.Between(1_000, 90_000));
        var calls = (int)(minutes * InteractiveSession.CallsPerMinute * dice.Between(1.0, 1.4));
        foreach (var (i, at) in scene.Spread(5, minutes * 60, calls).Index())
            scene.Add(visit.Call(scene.At(at)) with { Resource = $"{store}/{first + i}", Method = "GET", Bytes = dice.Between(200, 2_000) * 1_000L });
    }
}

/// <summary>
/// Malware in a person's session, at the person's own device, walks what an administrator would see for 20 to 30 min at twice the person's pace: two calls in
/// three come to nothing, and never 8 of them in a minute are denied.
/// </summary>
internal sealed class ResourceEnumeration() : Scenario(ScenarioKind.ResourceEnumeration, isAttack: true, Signal.ResourceEnumeration, Signal.MlSpike)
{
    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var visit = scene.Begin(out var minutes, scene.Someone(), 20, 30);
        var calls = (int)(minutes * InteractiveSession.CallsPerMinute * 2);
        var target = dice.Pick(["/v1/admin/users", "/v1/admin/keys", "/v1/tenants"]);
        foreach (var (i, at) in scene.Spread(5, minutes * 60, calls).Index())
        {
            var luck = dice.Unit();
            var call = visit.Call(scene.At(at), luck < 0.55 ? EventOutcome.Failure : luck < 0.65 ? EventOutcome.Denied : EventOutcome.Success) with { Resource = $"{target}/{i + 1}", Method = "GET" };
            scene.Add(call.Outcome == EventOutcome.Failure ? call with { Status = 404 } : call);
        }
    }
}

/// <summary>
/// A partner's client, which calls one other tenant, looks into 8 to 15 more of them for 20 to 40 min, beside its work and no faster than it: fewer than 40
/// calls in any 5 min.
/// </summary>
internal sealed class PartnerCreep() : Scenario(ScenarioKind.PartnerCreep, isAttack: true, Signal.CrossTenantFanOut, Signal.MlSpike)
{
    private const int MostPerMinute = 4;

    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var visit = scene.BeginPartner(out var partnership);
        var minutes = dice.Between(20, 40);
        var perMinute = Math.Clamp(scene.Tenant.CrossTenantPerMinute * scene.Growth / scene.Tenant.Partnerships.Count, 1, MostPerMinute);
        var targets = Enumerable.Range(0, dice.Between(8, 15)).Select(i => $"{scene.OtherTenant()}-{i}").ToArray();
        foreach (var (i, at) in scene.Spread(0, minutes * 60, (int)(minutes * perMinute)).Index())
            scene.Add(visit.Call(scene.At(at), to: targets[i % targets.Length], on: partnership));
    }
}

/// <summary>A partner's client, which calls one other tenant, begins to work for 2 to 3 more of them, as fast for each.</summary>
internal sealed class PartnerRollout() : Scenario(ScenarioKind.PartnerRollout, isAttack: false, Signal.CrossTenantFanOut)
{
    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var visit = scene.BeginPartner(out var partnership);
        var minutes = dice.Between(20, 40);
        var targets = Enumerable.Range(0, dice.Between(2, 3)).Select(i => $"{scene.OtherTenant()}-{i}").ToArray();
        foreach (var (i, at) in scene.Spread(0, minutes * 60, minutes * targets.Length).Index())
            scene.Add(visit.Call(scene.At(at), to: targets[i % targets.Length], on: partnership));
    }
}

/// <summary>A person at work downloads a report or several: 3 to 6 calls of 1 to 5 MB within 5 min.</summary>
internal sealed class ReportExport() : Scenario(ScenarioKind.ReportExport, isAttack: false, Signal.MlSpike)
{
    public override bool MayAlert => true;

    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var visit = scene.Begin(out var minutes, scene.Someone(), 15, 25);
        scene.Work(visit, 5, minutes * 60, (int)(minutes * InteractiveSession.CallsPerMinute));
        foreach (var at in scene.Spread(300, 560, dice.Between(3, 6)))
            scene.Add(visit.Call(scene.At(at)) with { Resource = "/v1/reports/monthly", Method = "GET", Bytes = dice.Between(1_000, 5_000) * 1_000L });
    }
}

/// <summary>A person sits over it into the night, at the usual pace from home.</summary>
internal sealed class LateWork() : Scenario(ScenarioKind.LateWork, isAttack: false, Signal.MlSpike)
{
    public override void Play(Scene scene)
    {
        var visit = scene.Begin(out var minutes, scene.Someone(), 60, 120);
        scene.Work(visit, 5, minutes * 60, (int)(minutes * InteractiveSession.CallsPerMinute));
    }
}

/// <summary>A person looks around in the catalogue for 20 min: the usual pace, and every page another one.</summary>
internal sealed class Onboarding() : Scenario(ScenarioKind.Onboarding, isAttack: false, Signal.MlSpike)
{
    public override bool MayAlert => true;

    public override void Play(Scene scene)
    {
        var visit = scene.Begin(out var minutes, scene.Someone(), 18, 22);
        var calls = (int)(minutes * InteractiveSession.CallsPerMinute);
        foreach (var (i, at) in scene.Spread(5, minutes * 60, calls).Index())
            scene.Add(visit.Call(scene.At(at)) with { Resource = $"/v1/catalog/items/{i + 1}", Method = "GET" });
    }
}

/// <summary>
/// A service behind the API is down for 10 to 15 min while 6 to 10 people look through lists of things, each another page; two calls in three fail, and people try the next one.
/// </summary>
internal sealed class BackendOutage() : Scenario(ScenarioKind.BackendOutage, isAttack: false, Signal.ResourceEnumeration, Signal.MlSpike)
{
    public override bool MayAlert => true;

    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var minutes = dice.Between(10, 15);
        foreach (var who in scene.Several(dice.Between(6, 10)))
        {
            var visit = scene.SignIn(who, who.Home, dice.Between(0.0, 60));
            scene.Involve(EntityKind.Principal, who.Id);
            var (list, first) = (dice.Pick(["/v1/customers", "/v1/invoices", "/v1/orders"]), dice.Between(1_000, 90_000));
            foreach (var (i, at) in scene.Spread(65, minutes * 60, (int)(minutes * InteractiveSession.CallsPerMinute * dice.Between(1.0, 1.6))).Index())
            {
                var outcome = dice.Chance(0.67) ? EventOutcome.Failure : EventOutcome.Success;
                scene.Add(visit.Call(scene.At(at), outcome) with { Resource = $"{list}/{first + i}", Method = "GET", Status = outcome == EventOutcome.Success ? 200 : 503 });
            }
        }
    }
}
