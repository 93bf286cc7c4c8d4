using AnomalyDetect.Core;
using AnomalyDetect.Simulation.Casting;
using AnomalyDetect.Simulation.Definitions;
using AnomalyDetect.Simulation.Scenarios;
using AnomalyDetect.Simulation.Traffic;

namespace AnomalyDetect.Simulation;

/// <summary>
/// Seeded, labelled telemetry of several tenants. The same options always give the same events; plain traffic is the same whichever scenarios are played
/// into it, but for what a <see cref="ScenarioKind.TelemetrySilence"/> withholds. Memory follows tenants, people and open sessions, never the number of events.
/// </summary>
public sealed class TrafficSimulator
{
    private readonly SimulationOptions _options;

    /// <exception cref="ArgumentException">Options out of range; the message names every problem.</exception>
    public TrafficSimulator(SimulationOptions options)
    {
        if (options.Validate() is { Count: > 0 } problems) throw new ArgumentException(string.Join("; ", problems), nameof(options));
        _options = options;
        var (cast, bookings) = Prepare();
        TenantIds = [.. cast.Tenants.Select(t => t.Id)];
        Labels = [.. bookings.Select(b => LabelOf(b, cast)).OfType<AttackLabel>().OrderBy(l => l.Start).ThenBy(l => l.Id, StringComparer.Ordinal)];
    }

    /// <summary>The largest first.</summary>
    public IReadOnlyList<string> TenantIds { get; }

    /// <summary>The truth about every scenario, known before the first event.</summary>
    public IReadOnlyList<AttackLabel> Labels { get; }

    /// <summary>The events in order of <see cref="SimulatedEvent.OccurredAt"/>, made as they are asked for. Each enumeration starts anew.</summary>
    public IEnumerable<SimulatedEvent> Generate()
    {
        var (cast, bookings) = Prepare();
        var world = new World(_options, cast);
        var nights = bookings.Where(b => Scenario.IsRoutine(b.Scenario.Kind))
            .GroupBy(b => (b.Scenario.Kind, b.Tenant.Rank, b.Day(_options))).ToDictionary(g => g.Key, g => g.First().LabelId);
        foreach (var tenant in cast.Tenants)
            foreach (var actor in new Troupe(tenant, _options, nights).Everyone()) world.Add(actor);
        foreach (var booking in bookings.Where(b => !Scenario.IsRoutine(b.Scenario.Kind) && b.Scenario.Kind != ScenarioKind.TelemetrySilence))
            world.Add(new Performance(booking, (long)booking.Opens.TotalMilliseconds) { Number = booking.Index });
        var silences = Labels.Where(l => l.Kind == ScenarioKind.TelemetrySilence).ToArray();
        return silences.Length == 0 ? world.Run() : world.Run().Where(e => e.LabelId is not null || !silences.Any(s => Withholds(s, e)));
    }

    private static bool Withholds(AttackLabel silence, SimulatedEvent e) =>
        e.OccurredAt >= silence.Start && e.OccurredAt < silence.End && e.TenantId == silence.TenantId;

    private (Cast Cast, IReadOnlyList<Booking> Bookings) Prepare()
    {
        var cast = new Cast(_options);
        return (cast, Schedule.Of(_options, cast));
    }

    private AttackLabel? LabelOf(Booking booking, Cast cast)
    {
        var scene = booking.Perform(_options, cast);
        var (runEnd, silentUntil) = (_options.Start + _options.Duration, scene.SilentUntil);
        var events = scene.Events.Where(e => e.OccurredAt >= scene.Begins && e.OccurredAt < runEnd).ToArray();
        return events.Length == 0 && silentUntil is null ? null : new AttackLabel
        {
            Id = booking.LabelId,
            Kind = booking.Scenario.Kind,
            IsAttack = booking.Scenario.IsAttack,
            MayAlert = booking.Scenario.MayAlert,
            Signals = booking.Scenario.Signals,
            TenantId = booking.Tenant.Id,
            Entities = scene.Entities,
            Start = silentUntil is null ? events[0].OccurredAt : scene.Begins,
            End = silentUntil ?? events[^1].OccurredAt,
            Events = events.Length,
            MetAt = booking.Scenario.IsAttack ? MetAt(booking, scene, runEnd) : null,
        };
    }

    /// <summary>What the scenario tells of before its start is counted too, for a window reaches back; but nothing is met before it begins.</summary>
    private DateTime? MetAt(Booking booking, Scene scene, DateTime runEnd)
    {
        if (scene.SilentUntil is { } until)
            return _options.WhenExpected(booking.Tenant, _options.Signals.TelemetrySilence.Expected, scene.Begins, until < runEnd ? until : runEnd);
        var events = scene.Events.Where(e => e.OccurredAt < runEnd).ToArray();
        var met = SignalDefinition.FirstMet(booking.Scenario.Signals[0], events, _options.Signals, booking.Tenant.CrossTenantPerMinute * scene.Growth);
        return met < scene.Begins ? scene.Begins : met;
    }
}
