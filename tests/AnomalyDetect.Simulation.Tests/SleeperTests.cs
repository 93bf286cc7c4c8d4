using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Simulation.Tests;

[TestClass]
public sealed class SleeperTests
{
    [TestMethod]
    [DataRow(ScenarioKind.DormantPrincipal)]
    [DataRow(ScenarioKind.BackFromHoliday)]
    public void An_admin_works_on_the_first_day_and_is_silent_for_eight_days_and_more(ScenarioKind kind) => AttackTests.Each(Runs.Weeks, kind, (run, label) =>
    {
        var events = run.Of(label).Where(e => e.PrincipalId == label.Entities[0].Id).ToArray();
        var before = events.Where(e => e.OccurredAt < label.Start).ToArray();
        Assert.IsInRange(3, 5, before.Count(e => e.Type == EventType.SessionStart), label.Id);
        Assert.IsLessThan(run.Options.Start + TimeSpan.FromDays(1), before[^1].OccurredAt, label.Id);
        Assert.IsGreaterThanOrEqualTo(TimeSpan.FromDays(8), label.Start - before[^1].OccurredAt, label.Id);
        Assert.HasCount(label.Events, events.Skip(before.Length), label.Id);
        Assert.IsTrue(events.All(e => e.LabelId == label.Id), label.Id);
    });

    [TestMethod]
    public void A_dormant_account_wakes_abroad_and_uses_its_privileges() => AttackTests.Each(Runs.Weeks, ScenarioKind.DormantPrincipal, (run, label) =>
    {
        var (past, events) = (run.Past(label), run.Played(label));
        Assert.IsTrue(events.All(e => e.Country != past[0].Country && e.DeviceId != past[0].DeviceId), label.Id);
        Assert.IsInRange(6, 15, events.Count(IsPrivileged), label.Id);
        Assert.IsLessThanOrEqualTo(16, (label.End - label.Start).TotalMinutes, label.Id);
    });

    [TestMethod]
    public void Back_from_holiday_an_admin_is_at_home_on_the_usual_device_and_changes_one_setting() =>
        AttackTests.Each(Runs.Weeks, ScenarioKind.BackFromHoliday, (run, label) =>
        {
            var (past, events) = (run.Past(label), run.Played(label));
            Assert.IsTrue(events.All(e => Runs.Source(e) == Runs.Source(past[0]) && e.DeviceId == past[0].DeviceId), label.Id);
            Assert.AreEqual(EventType.ConfigChange, events.Single(IsPrivileged).Type, label.Id);
        });

    [TestMethod]
    public void A_run_of_less_than_nine_days_has_no_sleepers_and_one_of_nine_has()
    {
        var options = new SimulationOptions
        {
            EventsPerMinute = 10, Scenarios = [ScenarioKind.DormantPrincipal, ScenarioKind.BackFromHoliday], Repeats = 3, Duration = TimeSpan.FromHours(215),
        };
        Assert.IsEmpty(new TrafficSimulator(options).Labels);
        var nine = new TrafficSimulator(options with { Duration = TimeSpan.FromDays(9) });
        Assert.HasCount(6, nine.Labels);
        Assert.IsTrue(nine.Labels.All(l => l.End < options.Start + TimeSpan.FromDays(9)));
    }

    private static bool IsPrivileged(SimulatedEvent e) => e.Type is EventType.ConfigChange or EventType.DelegationGrant or EventType.PolicyDecision;
}
