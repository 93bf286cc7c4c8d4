using AnomalyDetect.Simulation.Casting;
using AnomalyDetect.Simulation.Scenarios;

namespace AnomalyDetect.Simulation.Traffic;

/// <summary>The same thing every night at the same time: the batch job or the partner sync. One night depends on tenant and date only.</summary>
internal sealed class Routine : Player
{
    public const int BatchMinutes = 20, SyncMinutes = 30;
    private const int FirstStream = 1 << 22;

    private readonly Troupe _troupe;
    private readonly ScenarioKind _kind;
    private int _day = -1;

    public Routine(Troupe troupe, ScenarioKind kind) : base(0)
    {
        (_troupe, _kind) = (troupe, kind);
        Next = Afterwards();
    }

    /// <summary>When the routine starts on a day of the run, from its first midnight.</summary>
    public static DateTime StartOf(Tenant tenant, SimulationOptions options, ScenarioKind kind, int day) =>
        options.Start.Date.AddDays(day) + (kind == ScenarioKind.BatchJob ? tenant.BatchAt : tenant.SyncAt);

    public static Scene Perform(Tenant tenant, SimulationOptions options, ScenarioKind kind, int day, string? labelId)
    {
        var number = kind == ScenarioKind.PartnerSync ? 0 : 3; // What every seed's nights are thrown by: never to be renumbered.
        var stream = ((ulong)tenant.Rank << 8) | (uint)(16 + number);
        var scene = new Scene(
            tenant, null, StartOf(tenant, options, kind, day), Dice.Of(options.Seed, (stream << 20) | (uint)day),
            new Ids(options.Seed, FirstStream + tenant.Rank, ((long)number << 36) | ((long)day << 20)))
        {
            Growth = options.GrowthAt(StartOf(tenant, options, kind, day)),
        };
        Scenario.Of(kind).Play(scene);
        scene.Close(labelId: labelId);
        return scene;
    }

    protected override Scene Open(World world) =>
        Perform(_troupe.Tenant, world.Options, _kind, _day, _troupe.NightLabels.GetValueOrDefault((_kind, _troupe.Tenant.Rank, _day)));

    protected override long Afterwards()
    {
        var options = _troupe.Options;
        DateTime start;
        do start = StartOf(_troupe.Tenant, options, _kind, ++_day);
        while (start < options.Start);
        return (start - options.Start).Ticks / TimeSpan.TicksPerMillisecond;
    }
}
