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
    private double _begins, _silence;

    public Tenant Tenant => tenant;

    public Dice Dice => dice;

    /// <summary>How many times what the tenant had at the run's start it has at the scene's.</summary>
    public double Growth { get; init; } = 1;

    /// <summary>The run's first moment in seconds, as <see cref="At"/> counts them: 0 or less. What a scenario tells of earlier days lies between.</summary>
    public double RunStart { get; init; }

    /// <summary>In time order.</summary>
    public IReadOnlyList<SimulatedEvent> Events { get; private set; } = [];

    public IReadOnlyList<Entity> Entities => _entities;

    /// <summary>From here on it is what its label says; what came before is how the people in it usually live.</summary>
    public DateTime Begins { get; private set; }

    /// <summary>Until when, from <see cref="Begins"/>, nothing of the tenant is to be heard; null: no silence.</summary>
    public DateTime? SilentUntil { get; private set; }

    public DateTime At(double seconds) => _start.AddTicks((long)(seconds * 1000) * TimeSpan.TicksPerMillisecond);

    public void Add(SimulatedEvent made) => _events.Add(made);

    public void Begin(double seconds) => _begins = seconds;

    /// <summary>The tenant's plain traffic is withheld from the scene's start on.</summary>
    public void Silence(double seconds) => _silence = seconds;

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
        SignIn(visit, seconds);
        return visit;
    }

    /// <summary>The same from exactly the visit's address.</summary>
    public void SignIn(Visit visit, double seconds)
    {
        Add(visit.Event(At(seconds), EventType.Login));
        visit.TakeToken();
        Add(visit.Event(At(seconds + dice.Between(0.5, 2)), EventType.TokenIssue));
        visit.BeginSession();
        Add(visit.Event(At(seconds + dice.Between(2.2, 3.8)), EventType.SessionStart));
    }

    /// <summary>
    /// Settles the order; where the scenario is longer than <paramref name="within"/>, everything in it moves closer together, but for what was before its start.
    /// </summary>
    public void Close(TimeSpan? within = null, string? labelId = null)
    {
        var longest = _events.Count == 0 ? TimeSpan.FromSeconds(_silence) : _events.Max(e => e.OccurredAt) - _start;
        var factor = within < longest ? (double)within.Value.Ticks / longest.Ticks : 1;
        Events = [.. _events.OrderBy(e => e.OccurredAt).Select(Placed)];
        Begins = At(_begins * factor);
        if (_silence > 0) SilentUntil = At(_silence * factor);

        SimulatedEvent Placed(SimulatedEvent e) => factor == 1 && labelId is null
            ? e
            : e with { OccurredAt = factor == 1 || e.OccurredAt < _start ? e.OccurredAt : At((e.OccurredAt - _start).TotalSeconds * factor), LabelId = labelId };
    }
}
