using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Simulation.Tests;

/// <summary>What only a mixture of features shows: each stays below every threshold there is.</summary>
[TestClass]
public sealed class MixtureTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static SimulatedEvent[] Calls(Run run, AttackLabel label) => [.. run.Played(label).Where(e => e.Type == EventType.ApiCall)];

    private static int LocalHour(Run run, AttackLabel label) => run.Tenants[label.TenantId].Local(label.Start).Hour;

    private static void IsAPersonAtHome(Run run, AttackLabel label)
    {
        var who = run.Tenants[label.TenantId].People.Single(p => p.Id == label.Entities[0].Id);
        Assert.HasCount(1, run.Played(label).Select(e => (e.DeviceId, e.SessionId ?? "", e.Asn)).Where(e => e.Item2.Length > 0).Distinct().ToArray(), label.Id);
        Assert.IsTrue(run.Played(label).All(e => e.DeviceId == who.DeviceId && e.Asn == who.Home.Asn), label.Id);
    }

    [TestMethod]
    public void Exfiltration_is_by_night_at_a_persons_pace_and_each_object_another() => AttackTests.Each(ScenarioKind.QuietExfiltration, (run, label) =>
    {
        var calls = Calls(run, label);
        IsAPersonAtHome(run, label);
        Assert.IsInRange(1, 4, LocalHour(run, label), label.Id);
        Assert.IsLessThanOrEqualTo(6, Runs.MostWithin(calls, Minute), label.Id);
        Assert.HasCount(calls.Length, calls.Select(c => c.Resource).Distinct(), label.Id);
        Assert.IsTrue(calls.All(c => c.Bytes is >= 200_000 and <= 2_000_000), label.Id);
    });

    [TestMethod]
    public void Enumeration_fails_often_and_is_denied_seldom() => AttackTests.Each(ScenarioKind.ResourceEnumeration, (run, label) =>
    {
        var calls = Calls(run, label);
        IsAPersonAtHome(run, label);
        Assert.IsInRange(9, 16, LocalHour(run, label), label.Id);
        Assert.IsInRange(0.45, 0.85, calls.Count(c => c.Outcome != EventOutcome.Success) / (double)calls.Length, label.Id);
        Assert.IsLessThan(8, Runs.MostWithin(calls.Where(c => c.Outcome == EventOutcome.Denied).DefaultIfEmpty(calls[0]), Minute), label.Id);
        Assert.IsLessThanOrEqualTo(8, Runs.MostWithin(calls, Minute), label.Id);
    });

    [TestMethod]
    public void Creep_stays_below_the_floor_and_reaches_a_dozen_tenants() => AttackTests.Each(ScenarioKind.PartnerCreep, (run, label) =>
    {
        var calls = Calls(run, label);
        Assert.IsInRange(8, 15, calls.Select(c => c.TargetTenantId).Distinct().Count(), label.Id);
        Assert.IsLessThan(40, Runs.MostWithin(calls, 5 * Minute), label.Id);
        Assert.IsTrue(calls.All(c => c.PartnerId == label.Entities.Single(e => e.Kind == Core.Alerts.EntityKind.Partner).Id), label.Id);
    });

    [TestMethod]
    public void Late_work_is_late_and_nothing_else() => AttackTests.Each(ScenarioKind.LateWork, (run, label) =>
    {
        IsAPersonAtHome(run, label);
        Assert.IsInRange(20, 21, LocalHour(run, label), label.Id);
        Assert.IsLessThanOrEqualTo(6, Runs.MostWithin(Calls(run, label), Minute), label.Id);
        Assert.IsTrue(Calls(run, label).All(c => c.Outcome == EventOutcome.Success), label.Id);
    });

    [TestMethod]
    public void An_export_is_a_handful_of_large_calls() => AttackTests.Each(ScenarioKind.ReportExport, (run, label) =>
        Assert.IsInRange(3, 6, Calls(run, label).Count(c => c.Bytes >= 1_000_000), label.Id));

    [TestMethod]
    public void Onboarding_sees_every_page_once() => AttackTests.Each(ScenarioKind.Onboarding, (run, label) =>
        Assert.HasCount(Calls(run, label).Length, Calls(run, label).Select(c => c.Resource).Distinct(), label.Id));

    [TestMethod]
    public void An_outage_fails_half_a_dozen_people_and_more_at_once() => AttackTests.Each(ScenarioKind.BackendOutage, (run, label) =>
    {
        Assert.IsGreaterThanOrEqualTo(6, label.Entities.Count, label.Id);
        var calls = Calls(run, label);
        Assert.IsInRange(0.5, 0.8, calls.Count(c => c.Outcome == EventOutcome.Failure) / (double)calls.Length, label.Id);
        Assert.IsTrue(calls.Where(c => c.Outcome == EventOutcome.Failure).All(c => c.Status == 503), label.Id);
    });

    [TestMethod]
    public void Names_of_objects_change_nothing_else()
    {
        var options = new SimulationOptions { Tenants = 1, Duration = TimeSpan.FromHours(2), Scenarios = [] };
        var with = new TrafficSimulator(options).Generate().ToArray();
        var without = new TrafficSimulator(options with { NamesObjects = false }).Generate().ToArray();
        CollectionAssert.AreEqual(without, with.Select((e, i) => e with { Resource = without[i].Resource }).ToArray());
        Assert.IsGreaterThan(without.Select(e => e.Resource).Distinct().Count(), with.Select(e => e.Resource).Distinct().Count());
    }
}
