using AnomalyDetect.Simulation.Casting;
using AnomalyDetect.Simulation.Scenarios;
using AnomalyDetect.Simulation.Traffic;

namespace AnomalyDetect.Simulation;

/// <summary>One scenario with everything settled: where, when and under which label.</summary>
internal sealed record Booking(Scenario Scenario, Tenant Tenant, TimeSpan At, TimeSpan? Within, int Index)
{
    private const int FirstStream = 1 << 23;

    public string LabelId => $"{Core.Names.Of(Scenario.Kind)}-{Index}";

    /// <summary>When its first event may come.</summary>
    public TimeSpan Opens => Scenario.HasPast ? TimeSpan.Zero : At;

    /// <summary>The night a routine's label stands for.</summary>
    public int Day(SimulationOptions options) => (int)((options.Start + At).Date - options.Start.Date).TotalDays;

    /// <summary>The same events each time: labels are made from one performance, the traffic from another.</summary>
    public Scene Perform(SimulationOptions options, Cast cast)
    {
        if (Scenario.IsRoutine(Scenario.Kind)) return Routine.Perform(Tenant, options, Scenario.Kind, Day(options), LabelId);
        var scene = new Scene(
            Tenant, cast, options.Start + At, Dice.Of(options.Seed, ((ulong)FirstStream << 8) + (ulong)Index), new Ids(options.Seed, FirstStream + Index))
        {
            Growth = options.GrowthAt(options.Start + At),
            RunStart = -At.TotalSeconds,
        };
        Scenario.Play(scene);
        scene.Close(Within, LabelId);
        return scene;
    }
}
