using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Simulation.Tests;

[TestClass]
public sealed class PasswordTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [TestMethod]
    public void Spraying_tries_a_password_or_two_on_dozens_of_people_from_one_address() => AttackTests.Each(ScenarioKind.PasswordSpraying, (run, label) =>
    {
        Assert.AreEqual(EntityKind.Address, label.Entities[0].Kind);
        var events = run.Played(label);
        var failures = events.Where(e => e.Type == EventType.Login && e.Outcome == EventOutcome.Failure).ToArray();
        Assert.IsTrue(events.All(e => Runs.Source(e) == label.Entities[0].Id), label.Id);
        Assert.IsTrue(failures.All(e => e.Reason is FailureReason.BadPassword or FailureReason.UnknownUser), label.Id);
        Assert.IsTrue(events.All(e => e.Country != run.Tenants[label.TenantId].Country), label.Id);
        var tries = failures.GroupBy(e => e.PrincipalId).Select(g => g.Count()).ToArray();
        Assert.IsInRange(20, 60, tries.Length, label.Id);
        Assert.IsLessThanOrEqualTo(2, tries.Max(), label.Id);
        Assert.IsInRange(1.4, 8.5, failures.Length / (failures[^1].OccurredAt - failures[0].OccurredAt).TotalMinutes, label.Id);
        Assert.IsInRange(4.5, 41, (label.End - label.Start).TotalMinutes, label.Id);
        Assert.AreEqual(label.Entities.Count - 1, events.Count(e => e.Type == EventType.Login && e.Outcome == EventOutcome.Success), label.Id);
    });

    [TestMethod]
    public void Every_second_spraying_ends_in_a_success() =>
        Assert.IsInRange(30, 70, Many(ScenarioKind.PasswordSpraying, 100).Count(l => l.Entities.Count > 1));

    [TestMethod]
    public void Stuffing_tries_each_name_once_from_many_networks_and_seldom_succeeds()
    {
        var (tries, hits) = (0, 0);
        AttackTests.Each(ScenarioKind.CredentialStuffing, (run, label) =>
        {
            Assert.AreEqual(EntityKind.Tenant, label.Entities[0].Kind);
            Assert.IsTrue(label.Entities.Skip(1).All(e => e.Kind == EntityKind.Address), label.Id);
            var events = run.Played(label);
            var sources = events.GroupBy(e => NetworkAddress.Parse(e.SourceIp!).Neighbourhood).Select(g => g.Count()).ToArray();
            Assert.IsInRange(60, 200, sources.Length, label.Id);
            Assert.IsLessThanOrEqualTo(3, sources.Max(), label.Id);
            Assert.HasCount(events.Length, events.Select(e => e.PrincipalId).Distinct(), label.Id);
            Assert.IsInRange(3.5, 10, (label.End - label.Start).TotalMinutes, label.Id);
            tries += events.Length;
            hits += events.Count(e => e.Outcome == EventOutcome.Success);
        });
        Assert.IsInRange(tries / 400.0, tries / 30.0, hits);
    }

    [TestMethod]
    public void An_office_signs_in_behind_its_addresses_and_everyone_gets_in() => AttackTests.Each(ScenarioKind.OfficeLoginWave, (run, label) =>
    {
        var logins = run.Played(label).Where(e => e.Type == EventType.Login).ToArray();
        var people = logins.GroupBy(e => e.PrincipalId).ToArray();
        Assert.IsInRange(Math.Min(12, run.Tenants[label.TenantId].People.Count), 25, people.Length, label.Id);
        Assert.HasCount(1, logins.Select(e => NetworkAddress.Parse(e.SourceIp!).Neighbourhood).Distinct(), label.Id);
        Assert.IsTrue(people.All(p => p.Last().Outcome == EventOutcome.Success && p.Count() <= 2), label.Id);
        Assert.IsInRange(4, 10.5, (logins[^1].OccurredAt - logins[0].OccurredAt).TotalMinutes, label.Id);
        Assert.IsLessThan(people.Length / 2.0, logins.Count(e => e.Outcome == EventOutcome.Failure), label.Id);
    });

    [TestMethod]
    public void On_expiry_day_everybody_fails_once_to_thrice_at_home_and_then_succeeds() => AttackTests.Each(ScenarioKind.PasswordExpiryDay, (run, label) =>
    {
        var logins = run.Played(label).Where(e => e.Type == EventType.Login).ToArray();
        var people = logins.GroupBy(e => e.PrincipalId).ToArray();
        Assert.IsInRange(Math.Min(10, run.Tenants[label.TenantId].People.Count), 25, people.Length, label.Id);
        foreach (var person in people)
        {
            Assert.IsInRange(1, 3, person.Count(e => e.Outcome == EventOutcome.Failure), label.Id);
            Assert.AreEqual(EventOutcome.Success, person.Last().Outcome, label.Id);
            Assert.HasCount(1, person.Select(Runs.Source).Distinct(), label.Id);
            Assert.IsLessThanOrEqualTo(4, Runs.MostWithin(person, Minute), label.Id);
        }

        Assert.HasCount(people.Length, logins.Select(Runs.Source).Distinct(), label.Id);
        Assert.IsLessThanOrEqualTo(31, (label.End - label.Start).TotalMinutes, label.Id);
    });

    /// <summary>One kind a hundred times: for what happens only now and then. Labels are known without making the traffic.</summary>
    internal static IReadOnlyList<AttackLabel> Many(ScenarioKind kind, int repeats) =>
        new TrafficSimulator(new SimulationOptions { Seed = 2, Duration = TimeSpan.FromDays(20), Scenarios = [kind], Repeats = repeats }).Labels;
}
