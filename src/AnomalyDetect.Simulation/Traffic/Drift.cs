using AnomalyDetect.Simulation.Casting;

namespace AnomalyDetect.Simulation.Traffic;

/// <summary>What has become of tenants by a moment of the run; without <see cref="SimulationOptions.Drift"/> they are what they were.</summary>
internal static class Drift
{
    private const string NewAgent = "one-app/4.0";
    private const int DeviceDigits = 10;

    /// <summary>How many times what there was at the start.</summary>
    public static double GrowthAt(this SimulationOptions options, DateTime at) => options.Drift is { } drift ? 1 + ((drift.Growth - 1) * Progress(options, drift, at)) : 1;

    public static double MostGrowth(this SimulationOptions options) => options.Drift?.Growth ?? 1;

    /// <summary>The wall clock people of the tenant live by: their day moves.</summary>
    public static DateTime LocalAt(this SimulationOptions options, Tenant tenant, DateTime at)
    {
        var local = tenant.Local(at);
        if (options.Drift is not { } drift) return local;
        var moved = new TimeSpan((long)(drift.Hours.Ticks * Progress(options, drift, at)));
        return tenant.Rank % 2 == 0 ? local - moved : local + moved;
    }

    /// <summary>Those there are by then, the newest hired last.</summary>
    public static Persona Someone(this SimulationOptions options, Tenant tenant, DateTime at, Dice dice)
    {
        if (tenant.Hired.Count == 0) return dice.Pick(tenant.People);
        var index = dice.Below(Math.Min((int)(tenant.People.Count * options.GrowthAt(at)), tenant.People.Count + tenant.Hired.Count));
        return index < tenant.People.Count ? tenant.People[index] : tenant.Hired[index - tenant.People.Count];
    }

    /// <summary>The person with the client of that day: the new one from their own day on.</summary>
    public static Persona WithClientOf(this SimulationOptions options, Persona who, DateTime at, out bool isNew)
    {
        isNew = false;
        if (options.Drift is not { NewClient: > 0 } drift) return who;
        var lot = Convert.ToUInt64(who.DeviceId[^DeviceDigits..], 16) / (double)(1UL << (4 * DeviceDigits)); // devices are numbered by chance
        isNew = lot < drift.NewClient * Progress(options, drift, at);
        return isNew ? who with { DeviceId = who.DeviceId + "-app", UserAgent = NewAgent } : who;
    }

    private static double Progress(SimulationOptions options, DriftOptions drift, DateTime at) => Math.Clamp((at - options.Start - drift.From) / drift.Over, 0, 1);
}
