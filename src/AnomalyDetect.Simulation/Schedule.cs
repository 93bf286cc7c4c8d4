using AnomalyDetect.Simulation.Casting;
using AnomalyDetect.Simulation.Scenarios;

namespace AnomalyDetect.Simulation;

/// <summary>When which scenario is played at whom.</summary>
internal static class Schedule
{
    public static IReadOnlyList<Booking> Of(SimulationOptions options, Cast cast)
    {
        var dice = Dice.Of(options.Seed, 7);
        var tenants = dice.Shuffle([.. cast.Tenants]);
        return options.Schedule is { } given ? Given(options, cast, given, tenants) : Spread(options, cast, tenants, dice);
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

    /// <summary>
    /// Evenly after the warm-up, in an order thrown by the seed, no tenant twice in a row but one that a scenario asks for; the last hour (or a quarter of a short run)
    /// is left free. What cannot be just anywhere is then moved to its place.
    /// </summary>
    private static List<Booking> Spread(SimulationOptions options, Cast cast, Tenant[] tenants, Dice dice)
    {
        var kinds = dice.Shuffle([.. Enumerable.Repeat(options.Scenarios.Distinct().Order(), options.Repeats).SelectMany(k => k)]);
        var warmUp = options.WarmUpOrDefault;
        var rest = options.Duration - warmUp;
        var tail = rest / 4 < TimeSpan.FromHours(1) ? rest / 4 : TimeSpan.FromHours(1);
        var slot = (rest - tail) / Math.Max(1, kinds.Length);
        var bookings = new List<Booking>();
        foreach (var kind in kinds)
        {
            var tenant = tenants[bookings.Count % tenants.Length];
            if (kind == ScenarioKind.PrincipalBeyondHabit) tenant = cast.Tenants.First(t => t != bookings.LastOrDefault()?.Tenant || tenants.Length == 1);
            var moment = TimeSpan.FromSeconds((long)(warmUp + (slot * (bookings.Count + dice.Between(0.1, 0.5)))).TotalSeconds);
            if (Placement.Of(options, tenant, kind, moment) is not { } at) continue;
            if (Scenario.IsRoutine(kind) && bookings.Any(b => b.Scenario.Kind == kind && b.Tenant == tenant && b.At == at)) continue; // One night, one label.
            bookings.Add(new Booking(Scenario.Of(kind), tenant, at, options.Duration - at, bookings.Count + 1));
        }

        return [.. Placement.Silenced(options, cast, bookings).OrderBy(b => b.At).ThenBy(b => b.Index)];
    }

    private static TimeSpan Shorter(TimeSpan? a, TimeSpan b) => a < b ? a.Value : b;
}
