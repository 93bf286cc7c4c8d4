using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Simulation.Casting;

namespace AnomalyDetect.Simulation.Scenarios;

/// <summary>
/// A stolen partner token, or a tenant's own person, reads across tenants: 8 to 20 times the tenant's usual cross-tenant calls within 4 min, at least 90.
/// Large ones come partly as aggregated events with a <c>count</c>.
/// </summary>
internal sealed class CrossTenantSpike() : Scenario(ScenarioKind.CrossTenantApiSpike, isAttack: true, Signal.CrossTenantApiSpike)
{
    private const int MostEvents = 1200;

    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var usual = scene.Tenant.CrossTenantPerMinute * scene.Growth * 5;
        var calls = Math.Max(dice.Between(90, 160), (int)(usual * dice.Between(8.0, 20.0)));
        var each = 1 + (calls / MostEvents);
        var partnership = dice.Chance(0.6) ? dice.Pick(scene.Tenant.Partnerships) : null;
        var from = partnership is null ? Network.Elsewhere(dice, 0) : partnership.Client.Home;
        var visit = partnership is null ? scene.SignIn(scene.Extra(), from, 0) : scene.Visit(partnership.Client, from);
        if (partnership is not null) visit.TakeToken();

        scene.Involve(EntityKind.Tenant, scene.Tenant.Id);
        scene.Involve(EntityKind.Principal, visit.Who.Id);
        if (partnership is not null) scene.Involve(EntityKind.Partner, partnership.PartnerId);
        for (var made = 0; made < calls; made += each)
        {
            var at = scene.At(dice.Between(4.0, 240));
            var call = dice.Chance(0.2) && partnership is not null
                ? visit.Delegated(at, partnership)
                : visit.Call(at, to: scene.OtherTenant(), on: partnership);
            scene.Add(call with { Count = Math.Min(each, calls - made) });
        }
    }
}
