using AnomalyDetect.Core.Events;
using AnomalyDetect.Simulation.Casting;

namespace AnomalyDetect.Simulation.Traffic;

/// <summary>A service account that calls at a steady rate, day and night, and renews its token every hour.</summary>
internal sealed class ServiceAccount : Actor
{
    private const long TokenLife = 3_600_000;
    private readonly Troupe _troupe;
    private readonly Visit _visit;
    private readonly double _gap;
    private long _tokenExpires;

    public ServiceAccount(Troupe troupe, Persona who) : base(0)
    {
        _troupe = troupe;
        _visit = new Visit(troupe.Tenant, who, who.Home, troupe.Ids, troupe.Dice);
        _gap = 60_000 * troupe.Tenant.Services.Count / troupe.Tenant.ServiceCallsPerMinute;
        After(troupe.Dice.Between(0, _gap));
    }

    public override SimulatedEvent Act(World world)
    {
        var now = world.Time(Next);
        if (Next >= _tokenExpires)
        {
            _tokenExpires = Next + TokenLife;
            _visit.TakeToken();
            After(_troupe.Dice.Between(5.0, 40));
            return _visit.Event(now, EventType.TokenIssue);
        }

        After(_gap / _troupe.Options.GrowthAt(now) * _troupe.Dice.Between(0.8, 1.2));
        return _visit.Call(now, _troupe.Dice.Chance(0.003) ? EventOutcome.Failure : EventOutcome.Success);
    }
}

/// <summary>A partner's client at work in another tenant: every use of the delegation is followed by a few calls across.</summary>
internal sealed class PartnerIntegration : Actor
{
    private const int CallsPerUse = 3;
    private readonly Troupe _troupe;
    private readonly Partnership _partnership;
    private readonly Visit _visit;
    private readonly double _gap;
    private int _calls;

    public PartnerIntegration(Troupe troupe, Partnership partnership) : base(0)
    {
        _troupe = troupe;
        _partnership = partnership;
        _visit = new Visit(troupe.Tenant, partnership.Client, partnership.Client.Home, troupe.Ids, troupe.Dice);
        _visit.TakeToken();
        _gap = 60_000 * troupe.Tenant.Partnerships.Count / troupe.Tenant.CrossTenantPerMinute;
        After(troupe.Dice.Between(0, _gap));
    }

    public override SimulatedEvent Act(World world)
    {
        var now = world.Time(Next);
        After(_gap / _troupe.Options.GrowthAt(now) * _troupe.Dice.Between(0.6, 1.4));
        if (_calls-- > 0) return _visit.Call(now, to: _partnership.TargetTenantId, on: _partnership);
        _calls = CallsPerUse;
        return _visit.Delegated(now, _partnership);
    }
}

/// <summary>The platform's own probes, marked internal.</summary>
internal sealed class HealthProbe : Actor
{
    private readonly Visit _visit;
    private readonly double _gap;

    public HealthProbe(Troupe troupe) : base(0)
    {
        var who = troupe.Tenant.Health;
        _visit = new Visit(troupe.Tenant, who, who.Home, troupe.Ids, troupe.Dice);
        _gap = 60_000 / troupe.Tenant.HealthChecksPerMinute;
        After(troupe.Dice.Between(0, _gap));
    }

    public override SimulatedEvent Act(World world)
    {
        var now = world.Time(Next);
        After(_gap);
        return _visit.Call(now) with { Resource = "/healthz", Method = "GET", Internal = true };
    }
}
