using AnomalyDetect.Core.Events;
using AnomalyDetect.Simulation.Casting;

namespace AnomalyDetect.Simulation.Tests;

[TestClass]
public sealed class DriftTests
{
    private static readonly SimulationOptions Changing = new()
    {
        Seed = 31, Tenants = 4, EventsPerMinute = 40, Duration = TimeSpan.FromDays(21), Scenarios = [],
        Drift = new DriftOptions { From = TimeSpan.FromDays(7), Over = TimeSpan.FromDays(7) },
    };

    private static readonly Lazy<List<SimulatedEvent>> Events = new(() => [.. new TrafficSimulator(Changing).Generate()]);

    private static List<SimulatedEvent> Week(int number) =>
        [.. Events.Value.Where(e => e.OccurredAt >= Changing.Start.AddDays(7 * number) && e.OccurredAt < Changing.Start.AddDays((7 * number) + 7))];

    [TestMethod]
    public void Tenants_grow_threefold_in_events_and_in_people_and_stay_so()
    {
        var (first, last) = (Week(0), Week(2));
        Assert.IsInRange(2.7, 4.2, (double)last.Count / first.Count, "sessions, machines and the new client's calls");
        Assert.IsInRange(2.7, 3.3, (double)last.Count(e => e.Type == EventType.SessionStart) / first.Count(e => e.Type == EventType.SessionStart));
        Assert.IsInRange(2.5, 3.5, (double)People(last) / People(first));
        Assert.IsInRange(0.9, 1.1, first.Count / (Changing.EventsPerMinute * 7 * 24 * 60), "nothing has changed in the first week");

        static int People(List<SimulatedEvent> events) => events.Where(e => e.Type == EventType.SessionStart).Select(e => (e.TenantId, e.PrincipalId)).Distinct().Count();
    }

    [TestMethod]
    public void Every_other_tenants_day_moves_later_and_the_others_earlier()
    {
        var cast = new Cast(Changing);
        foreach (var tenant in cast.Tenants)
        {
            var moved = MeanHour(Week(2), tenant) - MeanHour(Week(0), tenant);
            Assert.IsInRange(2.2, 3.8, tenant.Rank % 2 == 0 ? moved : -moved, tenant.Id);
        }

        static double MeanHour(List<SimulatedEvent> events, Tenant tenant) => events
            .Where(e => e.TenantId == tenant.Id && e.Type == EventType.SessionStart).Select(e => tenant.Local(e.OccurredAt))
            .Where(at => at.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && at.Hour >= 2).Average(at => at.TimeOfDay.TotalHours);
    }

    [TestMethod]
    public void Everybody_comes_by_the_new_client_on_a_day_of_their_own_and_it_calls_more_often()
    {
        Assert.DoesNotContain(e => IsNew(e), Week(0));
        Assert.IsTrue(Week(2).Where(e => e.Type == EventType.SessionStart).All(IsNew));
        var firsts = Week(1).Where(IsNew).GroupBy(e => (e.TenantId, e.PrincipalId)).Select(g => g.Min(e => e.OccurredAt).Date).Distinct().Count();
        Assert.IsGreaterThan(5, firsts, "days on which somebody changed");
        Assert.IsGreaterThan(CallsASession(Week(0)) * 1.2, CallsASession(Week(2)));

        static bool IsNew(SimulatedEvent e) => e.DeviceId!.EndsWith("-app", StringComparison.Ordinal);

        static double CallsASession(List<SimulatedEvent> week) =>
            (double)week.Count(e => e.Type == EventType.ApiCall && e.SessionId is not null) / week.Count(e => e.Type == EventType.SessionStart);
    }

    [TestMethod]
    public void An_attack_above_the_usual_is_above_the_usual_of_its_day()
    {
        var surge = new ScheduledScenario(ScenarioKind.LoginRateSurge, TimeSpan.FromDays(20), 0);
        var grown = new TrafficSimulator(Changing with { Schedule = [surge] }).Labels.Single().Events;
        var still = new TrafficSimulator(Changing with { Schedule = [surge], Drift = null }).Labels.Single().Events;
        Assert.IsGreaterThan(still, grown);
    }

    [TestMethod]
    public void Drift_that_cannot_be_is_named()
    {
        var drift = new DriftOptions { From = TimeSpan.FromDays(-1), Over = TimeSpan.Zero, Growth = 0.5, Hours = TimeSpan.FromHours(13), NewClient = 2 };
        Assert.HasCount(5, (Changing with { Drift = drift }).Validate());
    }
}
