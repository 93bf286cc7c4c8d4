using AnomalyDetect.Core.Events;
using AnomalyDetect.Simulation.Casting;

namespace AnomalyDetect.Simulation.Tests;

[TestClass]
public sealed class RhythmTests
{
    private static readonly SimulationOptions Week = new() { Seed = 21, Tenants = 20, EventsPerMinute = 60, Duration = TimeSpan.FromDays(7), Scenarios = [] };

    [TestMethod]
    public void People_work_by_day_eat_at_noon_and_rest_at_night_and_on_weekends_by_their_own_clock()
    {
        var offsets = new Cast(Week).Tenants.ToDictionary(t => t.Id, t => t.UtcOffset);
        var workday = new double[24];
        var weekend = new double[24];
        var all = 0;
        foreach (var e in new TrafficSimulator(Week).Generate())
        {
            all++;
            if (e.Type != EventType.SessionStart) continue;
            var local = e.OccurredAt + offsets[e.TenantId];
            (local.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? weekend : workday)[local.Hour]++;
        }

        Assert.IsLessThan(workday[10] / 6, workday[2], "night");
        Assert.IsLessThan(workday[10] * 0.8, workday[12], "lunch");
        Assert.IsGreaterThan(workday[12], workday[14], "after lunch");
        Assert.IsLessThan(workday.Sum() / 5 * 0.3, weekend.Sum() / 2, "weekend");
        Assert.IsInRange(0.85, 1.15, all / (Week.EventsPerMinute * Week.Duration.TotalMinutes), "the promised rate over a whole week");
        Assert.IsGreaterThan(3, offsets.Values.Distinct().Count(), "time zones");
    }

    [TestMethod]
    public void Tenants_differ_in_size_and_the_first_is_the_largest()
    {
        var simulator = new TrafficSimulator(Runs.TwoDays.Options with { Scenarios = [] });
        var counts = simulator.Generate().CountBy(e => e.TenantId).ToDictionary();
        var sizes = simulator.TenantIds.Select(t => counts[t]).ToArray();
        CollectionAssert.AreEqual(sizes.OrderDescending().ToArray(), sizes);
        Assert.IsGreaterThan(sizes[^1] * 1.5, sizes[0]);
    }

    [TestMethod]
    public void A_session_starts_only_after_a_login_and_a_token_of_the_same_person()
    {
        var latest = new Dictionary<(string, string?, EventType), DateTime>();
        var starts = 0;
        foreach (var e in Runs.TwoDays.Events)
        {
            if (e.Type == EventType.SessionStart)
            {
                starts++;
                var token = latest[(e.TenantId, e.PrincipalId, EventType.TokenIssue)];
                Assert.IsLessThan(TimeSpan.FromSeconds(5), e.OccurredAt - token);
                // Only those tired by challenges, of a scenario, take longer.
                Assert.IsLessThan(TimeSpan.FromSeconds(e.LabelId is null ? 30 : 720), e.OccurredAt - latest[(e.TenantId, e.PrincipalId, EventType.Login)]);
            }

            if (e.Outcome == EventOutcome.Success) latest[(e.TenantId, e.PrincipalId, e.Type)] = e.OccurredAt;
        }

        Assert.IsGreaterThan(1000, starts);
    }

    [TestMethod]
    public void Memory_does_not_grow_with_the_number_of_events()
    {
        var events = new TrafficSimulator(new SimulationOptions { Tenants = 5, EventsPerMinute = 3000, Duration = TimeSpan.FromHours(6), Scenarios = [] }).Generate();
        long seen = 0, early = 0, late = 0;
        foreach (var _ in events)
        {
            seen++;
            if (seen == 100_000) early = GC.GetTotalMemory(forceFullCollection: true);
            if (seen == 500_000) late = GC.GetTotalMemory(forceFullCollection: true);
        }

        Assert.IsGreaterThan(0, late, $"only {seen} events");
        Assert.IsLessThan(early + (20 << 20), late, "what is held after 500,000 events against after 100,000");
    }
}
