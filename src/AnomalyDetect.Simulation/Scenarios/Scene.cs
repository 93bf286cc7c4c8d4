using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Simulation.Casting;
using AnomalyDetect.Simulation.Traffic;

namespace AnomalyDetect.Simulation.Scenarios;

/// <summary>Where one scenario is played: its tenant, its start, its own chance and identifiers; it collects the events and who was involved.</summary>
internal sealed class Scene(Tenant tenant, Cast? cast, DateTime start, Dice dice, Ids ids)
{
    private readonly List<SimulatedEvent> _events = [];
    private readonly List<Entity> _entities = [];
    private readonly DateTime _start = start.AddTicks(-(start.Ticks % TimeSpan.TicksPerMillisecond));
    private int _extra = dice.Below(tenant.Extras.Count);

    public Tenant Tenant => tenant;

    public Dice Dice => dice;

    /// <summary>In time order.</summary>
    public IReadOnlyList<SimulatedEvent> Events { get; private set; } = [];

    public IReadOnlyList<Entity> Entities => _entities;

    public DateTime At(double seconds) => _start.AddTicks((long)(seconds * 1000) * TimeSpan.TicksPerMillisecond);

    public void Add(SimulatedEvent made) => _events.Add(made);

    public void Involve(EntityKind kind, string id)
    {
        var entity = new Entity(kind, id);
        if (!_entities.Contains(entity)) _entities.Add(entity);
    }

    public void InvolveAddress(string ip) => Involve(EntityKind.Address, NetworkAddress.Parse(ip).ToNetworkString());

    /// <summary>A person without other traffic; another at each call.</summary>
    public Persona Extra() => tenant.Extras[_extra++ % tenant.Extras.Count];

    public string OtherTenant() => cast is null ? "outside-tenant" : cast.Other(tenant, dice);

    public Visit Visit(Persona who, Network from) => new(tenant, who, from, ids, dice);

    public string Delegation() => ids.Delegation();

    /// <summary>A login, token and session start from <paramref name="seconds"/> on, within 4 s.</summary>
    public Visit SignIn(Persona who, Network from, double seconds)
    {
        var visit = Visit(who, from);
        Add(visit.Event(At(seconds), EventType.Login));
        visit.TakeToken();
        Add(visit.Event(At(seconds + dice.Between(0.5, 2)), EventType.TokenIssue));
        visit.BeginSession();
        Add(visit.Event(At(seconds + dice.Between(2.2, 3.8)), EventType.SessionStart));
        return visit;
    }

    /// <summary>Settles the order; where the scenario is longer than <paramref name="within"/>, everything in it moves closer together.</summary>
    public void Close(TimeSpan? within = null, string? labelId = null)
    {
        var longest = _events.Count == 0 ? TimeSpan.Zero : _events.Max(e => e.OccurredAt) - _start;
        var factor = within < longest ? (double)within.Value.Ticks / longest.Ticks : 1;
        Events = [.. _events.OrderBy(e => e.OccurredAt).Select(Placed)];

        SimulatedEvent Placed(SimulatedEvent e) => factor == 1 && labelId is null
            ? e
            : e with { OccurredAt = factor == 1 ? e.OccurredAt : At((e.OccurredAt - _start).TotalSeconds * factor), LabelId = labelId };
    }
}
