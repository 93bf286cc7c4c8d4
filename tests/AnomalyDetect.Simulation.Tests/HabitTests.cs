using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Simulation.Tests;

[TestClass]
public sealed class HabitTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [TestMethod]
    public void Beyond_habit_is_twenty_to_forty_calls_in_every_minute() => AttackTests.Each(ScenarioKind.PrincipalBeyondHabit, (run, label) =>
    {
        var calls = run.Played(label).Where(e => e.Type == EventType.ApiCall).ToArray();
        var perMinute = calls.GroupBy(e => (int)(e.OccurredAt - calls[0].OccurredAt).TotalMinutes).Select(g => g.Count()).ToArray();
        Assert.IsInRange(8, 15, perMinute.Length, label.Id);
        Assert.IsTrue(perMinute[..^1].All(c => c is >= 18 and <= 42), label.Id);
        Assert.IsTrue(run.Tenants[label.TenantId].People.Any(p => p.Id == label.Entities[0].Id), label.Id);
        Assert.IsLessThan(2, run.Tenants[label.TenantId].Rank, "one of the largest tenants");
    });

    [TestMethod]
    public void People_make_a_few_calls_in_a_minute_of_work()
    {
        var plain = Runs.Attacks.Events.Where(e => e.LabelId is null && e.Type == EventType.ApiCall && e.SessionId is not null);
        Assert.IsInRange(2, 4, plain.GroupBy(e => (e.TenantId, e.PrincipalId, (int)(e.OccurredAt - Runs.Attacks.Options.Start).TotalMinutes)).Average(g => g.Count()));
    }

    [TestMethod]
    public void A_busy_day_is_forty_minutes_at_twice_the_pace() => AttackTests.Each(ScenarioKind.BusyDay, (run, label) =>
    {
        var calls = run.Played(label).Where(e => e.Type == EventType.ApiCall).ToArray();
        Assert.IsInRange(38, 40.5, (label.End - label.Start).TotalMinutes, label.Id);
        Assert.IsInRange(3.8, 6, calls.Length / 40.0, label.Id);
        Assert.IsLessThan(18, Runs.MostWithin(calls, Minute), label.Id);
    });
}
