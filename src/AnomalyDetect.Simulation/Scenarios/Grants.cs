using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Simulation.Casting;
using AnomalyDetect.Simulation.Traffic;

namespace AnomalyDetect.Simulation.Scenarios;

/// <summary>Grants of delegations: one shape for all that use it.</summary>
internal static class Grants
{
    private static readonly string[] Wide = ["cross_tenant:manage", "tenant:admin", "users:write", "billing:write", "keys:read"];

    /// <param name="partnerId">Null: the delegator grants to a person.</param>
    public static SimulatedEvent Grant(this Scene scene, Visit delegator, double seconds, bool denied, string? partnerId) =>
        delegator.Event(
            scene.At(seconds), EventType.DelegationGrant, denied ? EventOutcome.Denied : EventOutcome.Success,
            denied ? FailureReason.UnauthorizedScope : FailureReason.None) with
        {
            PartnerId = partnerId,
            DelegationId = scene.Delegation(),
            Scope = denied ? scene.Dice.Pick(Wide) : "partner:read",
        };
}

/// <summary>5 to 10 denied grants of scopes nobody may give, over 8 to 40 min, by a partner's token or by a delegator alone.</summary>
internal sealed class ScopeAbuse(ScenarioKind kind) : Scenario(kind, isAttack: true, Signal.DelegationScopeAbuse)
{
    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var partnership = Kind == ScenarioKind.DelegationScopeAbuse ? dice.Pick(scene.Tenant.Partnerships) : null;
        Visit visit;
        if (partnership is null)
        {
            var who = scene.Extra();
            visit = scene.SignIn(who, who.Home, 0);
            scene.Involve(EntityKind.Principal, who.Id);
        }
        else
        {
            visit = scene.Visit(partnership.Client, partnership.Client.Home);
            visit.TakeToken();
            scene.Involve(EntityKind.Partner, partnership.PartnerId);
        }

        var grants = dice.Between(5, 10);
        var gap = dice.Between(8 * 60.0, 40 * 60) / grants;
        for (var i = 0; i < grants; i++) scene.Add(scene.Grant(visit, 5 + (gap * (i + dice.Between(0, 0.8))), denied: true, partnership?.PartnerId));
    }
}

/// <summary>A delegator who misreads a form: exactly 3 denied grants within the hour, then one that is allowed.</summary>
internal sealed class ThresholdGrants() : Scenario(ScenarioKind.ThresholdGrants, isAttack: false, Signal.DelegationScopeAbuse)
{
    public override void Play(Scene scene)
    {
        var who = scene.Extra();
        var visit = scene.SignIn(who, who.Home, 0);
        scene.Involve(EntityKind.Principal, who.Id);
        for (var i = 0; i < 3; i++) scene.Add(scene.Grant(visit, 10 + (i * scene.Dice.Between(60.0, 700)), denied: true, null));
        scene.Add(scene.Grant(visit, 1500, denied: false, null));
    }
}

/// <summary>An admin's account hands out delegations in bulk, all of them allowed: well above the tenant's usual for 3 to 5 min.</summary>
internal sealed class BulkGrants() : Scenario(ScenarioKind.DelegationRateSurge, isAttack: true, Signal.DelegationRate)
{
    public override void Play(Scene scene)
    {
        var dice = scene.Dice;
        var who = scene.Tenant.People[0];
        var visit = scene.SignIn(who, Network.Elsewhere(dice, dice.Below(4)), 0);
        scene.Involve(EntityKind.Principal, who.Id);
        scene.Involve(EntityKind.Tenant, scene.Tenant.Id);
        // Uses of delegations are a quarter of cross-tenant traffic, up to 2.5 times that during the nightly sync; half as much again each way for the throws.
        var usual = scene.Tenant.CrossTenantPerMinute * scene.Growth * 0.7;
        var perMinute = usual + (dice.Between(8.0, 16) * Math.Sqrt(usual)) + dice.Between(20, 40);
        var minutes = dice.Between(3, 5);
        for (var i = 0; i < perMinute * minutes; i++) scene.Add(scene.Grant(visit, dice.Between(5.0, 5 + (minutes * 60)), denied: false, null));
    }
}
