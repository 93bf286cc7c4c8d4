using AnomalyDetect.Simulation.Casting;
using AnomalyDetect.Simulation.Scenarios;
using AnomalyDetect.Simulation.Traffic;

namespace AnomalyDetect.Simulation;

/// <summary>One scenario with everything settled: where, when and under which label.</summary>
internal sealed record Booking(Scenario Scenario, Tenant Tenant, TimeSpan At, TimeSpan? Within, int Index)
{
    private const int FirstStream = 1 << 23;

    public string LabelId => $"{Core.Names.Of(Scenario.Kind)}-{Index}";

    /// <summary>The night a routine's label stands for.</summary>
    public int Day(SimulationOptions options) => (int)((options.Start + At).Date - options.Start.Date).TotalDays;

    /// <summary>The same events each time: labels are made from one performance, the traffic from another.</summary>
    public Scene Perform(SimulationOptions options, Cast cast)
    {
        if (Scenario.IsRoutine(Scenario.Kind)) return Routine.Perform(Tenant, options, Scenario.Kind, Day(options), LabelId);
        var scene = new Scene(
            Tenant, cast, options.Start + At, Dice.Of(options.Seed, ((ulong)FirstStream << 8) + (ulong)Index), new Ids(options.Seed, FirstStream + Index));
        Scenario.Play(scene);
        scene.Close(Within, LabelId);
        return scene;
    }
}

/// <summary>When which scenario is played at whom.</summary>
internal static class Schedule
{
    public static IReadOnlyList<Booking> Of(SimulationOptions options, Cast cast)
    {
        var dice = Dice.Of(options.Seed, 7);
        var tenants = Shuffled([.. cast.Tenants], dice);
        return options.Schedule is { } given ? Given(options, cast, given, tenants) : Spread(options, tenants, dice);
    }

    private static List<Booking> Given(SimulationOptions options, Cast cast, IReadOnlyList<ScheduledScenario> given, Tenant[] tenants)
    {
        var bookings = new List<Booking>();
        foreach (var s in given)
        {
            var tenant = s.Tenant is { } rank ? cast.Tenants[rank] : tenants[bookings.Count % tenants.Length];
            var timeOfDay = (options.Start + s.At).TimeOfDay;
            if (s.Kind == ScenarioKind.BatchJob) tenant.BatchAt = timeOfDay;
            if (s.Kind == ScenarioKind.PartnerSync) tenant.SyncAt = timeOfDay;
            bookings.Add(new Booking(Scenario.Of(s.Kind), tenant, s.At, Shorter(s.Within, options.Duration - s.At), bookings.Count + 1));
        }

        return bookings;
    }

    /// <summary>Evenly after the warm-up, in an order thrown by the seed, no tenant twice in a row; the last hour (or a quarter of a short run) is left free.</summary>
    private static List<Booking> Spread(SimulationOptions options, Tenant[] tenants, Dice dice)
    {
        var kinds = Shuffled([.. Enumerable.Repeat(options.Scenarios.Distinct().Order(), options.Repeats).SelectMany(k => k)], dice);
        var warmUp = options.WarmUpOrDefault;
        var rest = options.Duration - warmUp;
        var tail = rest / 4 < TimeSpan.FromHours(1) ? rest / 4 : TimeSpan.FromHours(1);
        var slot = (rest - tail) / Math.Max(1, kinds.Length);
        var bookings = new List<Booking>();
        foreach (var kind in kinds)
        {
            var tenant = tenants[bookings.Count % tenants.Length];
            var at = TimeSpan.FromSeconds((long)(warmUp + (slot * (bookings.Count + dice.Between(0.1, 0.5)))).TotalSeconds);
            if (Scenario.IsRoutine(kind))
            {
                if (Night(options, tenant, kind, at) is not { } night) continue;
                at = night;
            }

            bookings.Add(new Booking(Scenario.Of(kind), tenant, at, options.Duration - at, bookings.Count + 1));
        }

        return [.. bookings.OrderBy(b => b.At).ThenBy(b => b.Index)];
    }

    /// <summary>The first night after <paramref name="at"/> that ends inside the run, or the last before it; null in a run too short for either.</summary>
    private static TimeSpan? Night(SimulationOptions options, Tenant tenant, ScenarioKind kind, TimeSpan at)
    {
        TimeSpan? found = null;
        for (var day = 0; day <= options.Duration.TotalDays + 1; day++)
        {
            var start = Routine.StartOf(tenant, options, kind, day) - options.Start;
            if (start < options.WarmUpOrDefault || start > options.Duration - TimeSpan.FromMinutes(31)) continue;
            found = start;
            if (start >= at) break;
        }

        return found;
    }

    private static TimeSpan Shorter(TimeSpan? a, TimeSpan b) => a < b ? a.Value : b;

    private static T[] Shuffled<T>(T[] items, Dice dice)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = dice.Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }

        return items;
    }
}
