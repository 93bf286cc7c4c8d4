using AnomalyDetect.Core.Events;
using AnomalyDetect.Simulation.Casting;

namespace AnomalyDetect.Simulation.Tests;

/// <summary>Runs that several tests look at, made once; and small ways of reading them.</summary>
internal static class Runs
{
    private static readonly Lazy<Run> LazyTwoDays = new(() => new Run(new SimulationOptions { Seed = 11, Tenants = 4, EventsPerMinute = 40 }));
    private static readonly Lazy<Run> LazyAttacks = new(() => new Run(new SimulationOptions
    {
        Seed = 5,
        Tenants = 6,
        EventsPerMinute = 60,
        Duration = TimeSpan.FromDays(4),
        Repeats = 3,
    }));

    private static readonly Lazy<Run> LazyWeeks = new(() => new Run(new SimulationOptions
    {
        Seed = 9,
        Tenants = 3,
        EventsPerMinute = 10,
        Duration = TimeSpan.FromDays(11),
        Repeats = 4,
        Scenarios = [ScenarioKind.DormantPrincipal, ScenarioKind.BackFromHoliday, ScenarioKind.BusinessTravel, ScenarioKind.TelemetrySilence],
    }));

    public static Run TwoDays => LazyTwoDays.Value;

    /// <summary>Every scenario that needs no more than four days, three times.</summary>
    public static Run Attacks => LazyAttacks.Value;

    /// <summary>What takes its time, four times in eleven days.</summary>
    public static Run Weeks => LazyWeeks.Value;

    public static bool IsProofFailure(SimulatedEvent e) =>
        e.Type == EventType.TokenValidation && e.Outcome != EventOutcome.Success && e.Reason is FailureReason.InvalidClaim or FailureReason.BadSignature;

    /// <summary>What counts as one source: the IPv4 address or the IPv6 /64.</summary>
    public static string Source(SimulatedEvent e) => NetworkAddress.Parse(e.SourceIp!).ToNetworkString();

    /// <summary>The most events (summed count) in any window (t − W, t].</summary>
    public static int MostWithin(IEnumerable<SimulatedEvent> events, TimeSpan window)
    {
        var (most, sum) = (0, 0);
        var inside = new Queue<SimulatedEvent>();
        foreach (var e in events)
        {
            inside.Enqueue(e);
            sum += e.Count;
            while (inside.Peek().OccurredAt <= e.OccurredAt - window) sum -= inside.Dequeue().Count;
            most = Math.Max(most, sum);
        }

        return most;
    }
}

internal sealed class Run
{
    public Run(SimulationOptions options)
    {
        Options = options;
        var simulator = new TrafficSimulator(options);
        Labels = simulator.Labels;
        TenantIds = simulator.TenantIds;
        Events = [.. simulator.Generate()];
        ByTenant = Events.ToLookup(e => e.TenantId);
        ByLabel = Events.ToLookup(e => e.LabelId);
        Tenants = new Cast(options).Tenants.ToDictionary(t => t.Id);
    }

    public SimulationOptions Options { get; }

    public IReadOnlyList<AttackLabel> Labels { get; }

    public IReadOnlyList<string> TenantIds { get; }

    public IReadOnlyList<SimulatedEvent> Events { get; }

    public ILookup<string, SimulatedEvent> ByTenant { get; }

    public ILookup<string?, SimulatedEvent> ByLabel { get; }

    public IReadOnlyDictionary<string, Tenant> Tenants { get; }

    /// <summary>The scenario's own events.</summary>
    public SimulatedEvent[] Played(AttackLabel label) => [.. ByLabel[label.Id].Where(e => e.OccurredAt >= label.Start)];

    /// <summary>What the scenario tells of the time before its start.</summary>
    public SimulatedEvent[] Past(AttackLabel label) => [.. ByLabel[label.Id].Where(e => e.OccurredAt < label.Start)];

    public IEnumerable<SimulatedEvent> Of(AttackLabel label) => ByTenant[label.TenantId];

    /// <summary>Everything its tenant did while it went on, and a window before.</summary>
    public IEnumerable<SimulatedEvent> Around(AttackLabel label, TimeSpan before) =>
        Of(label).Where(e => e.OccurredAt >= label.Start - before && e.OccurredAt <= label.End);
}
