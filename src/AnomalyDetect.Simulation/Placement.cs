using AnomalyDetect.Simulation.Casting;
using AnomalyDetect.Simulation.Scenarios;
using AnomalyDetect.Simulation.Traffic;

namespace AnomalyDetect.Simulation;

/// <summary>Where a scenario booked for a moment finds its place, when not any moment will do.</summary>
internal static class Placement
{
    private static readonly TimeSpan Tail = TimeSpan.FromHours(1), Step = TimeSpan.FromMinutes(10);

    /// <summary>Null: the run has no place for it.</summary>
    public static TimeSpan? Of(SimulationOptions options, Tenant tenant, ScenarioKind kind, TimeSpan at) => kind switch
    {
        ScenarioKind.PartnerSync or ScenarioKind.BatchJob => Night(options, tenant, kind, at),
        ScenarioKind.UnfamiliarSignIn or ScenarioKind.QuietExfiltration => When(options, at, t => options.LocalAt(tenant, options.Start + t).Hour is >= 1 and < 5),
        ScenarioKind.LateWork => When(options, at, t => options.LocalAt(tenant, options.Start + t).Hour is >= 20 and < 22),
        ScenarioKind.ResourceEnumeration or ScenarioKind.ReportExport or ScenarioKind.Onboarding or ScenarioKind.BackendOutage =>
            When(options, at, t => IsWorkingHour(options.LocalAt(tenant, options.Start + t))),
        ScenarioKind.DormantPrincipal or ScenarioKind.BackFromHoliday => Late(options, at),
        ScenarioKind.BusinessTravel => Whole(options, at, TimeSpan.FromHours(BusinessTravel.LongestHours)),
        ScenarioKind.BrokenClient => Whole(options, at, TimeSpan.FromHours(BrokenClient.Hours)),
        _ => at,
    };

    /// <summary>
    /// Moves each silence into working hours in which nothing else is played at its tenant: the next after its moment, or else the first of the run; one that finds
    /// none is left out.
    /// </summary>
    public static List<Booking> Silenced(SimulationOptions options, Cast cast, List<Booking> bookings)
    {
        var placed = bookings.Where(b => b.Scenario.Kind != ScenarioKind.TelemetrySilence).ToList();
        foreach (var silence in bookings.Where(b => b.Scenario.Kind == ScenarioKind.TelemetrySilence))
        {
            var taken = placed.Where(b => b.Tenant == silence.Tenant).SelectMany(b => Taken(b.Perform(options, cast), options)).ToArray();
            var end = options.Duration - Longest;
            var free = First(silence.At, end, Free) ?? First(options.WarmUpOrDefault, end, Free);
            if (free is { } at) placed.Add(silence with { At = at, Within = null });

            bool Free(TimeSpan at) => IsWorkingHour(options.LocalAt(silence.Tenant, options.Start + at)) && !taken.Any(t => t.From <= at + Longest && t.To >= at);
        }

        return placed;
    }

    private static TimeSpan Longest => TimeSpan.FromMinutes(TelemetrySilence.LongestMinutes);

    private static bool IsWorkingHour(DateTime local) => local.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && local.Hour is >= 9 and < 16;

    /// <summary>What a scenario fills: from its beginning to its end, and each moment of the days it tells of before.</summary>
    private static IEnumerable<(TimeSpan From, TimeSpan To)> Taken(Scene scene, SimulationOptions options)
    {
        foreach (var e in scene.Events.Where(e => e.OccurredAt < scene.Begins)) yield return (e.OccurredAt - options.Start, e.OccurredAt - options.Start);
        yield return (scene.Begins - options.Start, (scene.SilentUntil ?? scene.Events[^1].OccurredAt) - options.Start);
    }

    /// <summary>The next time after its moment that fits, or else the first of the run; where there is none, its moment.</summary>
    private static TimeSpan When(SimulationOptions options, TimeSpan at, Func<TimeSpan, bool> fits) =>
        First(at, options.Duration - Tail, fits) ?? First(options.WarmUpOrDefault, options.Duration - Tail, fits) ?? at;

    private static TimeSpan? First(TimeSpan from, TimeSpan to, Func<TimeSpan, bool> fits)
    {
        for (var at = from; at <= to; at += Step)
            if (fits(at)) return at;
        return null;
    }

    /// <summary>Early enough to be played to its end.</summary>
    private static TimeSpan? Whole(SimulationOptions options, TimeSpan at, TimeSpan length)
    {
        var latest = options.Duration - length;
        return latest < options.WarmUpOrDefault ? null : at < latest ? at : latest;
    }

    /// <summary>After the long sleep; those it moves keep their distance to each other.</summary>
    private static TimeSpan? Late(SimulationOptions options, TimeSpan at)
    {
        if (options.Duration < Sleeper.LeastRun) return null;
        var room = options.Duration - Sleeper.Earliest - Tail;
        return at >= Sleeper.Earliest ? at : TimeSpan.FromSeconds((long)(Sleeper.Earliest + (room * (at / Sleeper.Earliest))).TotalSeconds);
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
}
