namespace AnomalyDetect.Simulation.Tests;

[TestClass]
public sealed class TelemetrySilenceTests
{
    [TestMethod]
    public void A_silence_is_silent_in_working_hours_and_the_tenant_is_heard_before_and_after() => Each((run, label) =>
    {
        var around = run.Of(label).Where(e => e.OccurredAt >= label.Start.AddMinutes(-30) && e.OccurredAt < label.End.AddMinutes(30)).ToArray();
        Assert.AreEqual(0, label.Events);
        Assert.IsEmpty(around.Where(e => e.OccurredAt >= label.Start && e.OccurredAt < label.End), label.Id);
        Assert.IsNotEmpty(around.Where(e => e.OccurredAt < label.Start), label.Id);
        Assert.IsNotEmpty(around.Where(e => e.OccurredAt >= label.End), label.Id);
        Assert.IsInRange(40, 90, (label.End - label.Start).TotalMinutes, label.Id);
        var local = run.Tenants[label.TenantId].Local(label.Start);
        Assert.IsInRange(9, 15, local.Hour, label.Id);
        Assert.IsTrue(local.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday), label.Id);
    });

    [TestMethod]
    public void Nothing_else_is_played_at_the_tenant_meanwhile() => Each((run, label) =>
        Assert.IsEmpty(run.Labels.Where(l => l != label && l.TenantId == label.TenantId && l.Start <= label.End && l.End >= label.Start), label.Id));

    [TestMethod]
    public void A_run_without_a_working_hour_to_spare_has_no_silence()
    {
        var weekend = new SimulationOptions { Start = new(2026, 1, 2, 22, 0, 0, DateTimeKind.Utc), Duration = TimeSpan.FromDays(2), Scenarios = [ScenarioKind.TelemetrySilence] };
        Assert.IsEmpty(new TrafficSimulator(weekend).Labels);
        Assert.HasCount(1, new TrafficSimulator(weekend with { Duration = TimeSpan.FromDays(4) }).Labels);
    }

    private static void Each(Action<Run, AttackLabel> check)
    {
        AttackTests.Each(ScenarioKind.TelemetrySilence, check);
        AttackTests.Each(Runs.Weeks, ScenarioKind.TelemetrySilence, check);
    }
}
