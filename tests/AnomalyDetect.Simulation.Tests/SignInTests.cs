using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Simulation.Tests;

[TestClass]
public sealed class SignInTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1), Hour = TimeSpan.FromHours(1);

    [TestMethod]
    public void A_stranger_fails_a_few_times_by_night_abroad_and_stays_below_every_threshold() => AttackTests.Each(ScenarioKind.UnfamiliarSignIn, (run, label) =>
    {
        var tenant = run.Tenants[label.TenantId];
        var events = run.Played(label);
        var who = tenant.People.Single(p => p.Id == label.Entities[0].Id);
        Assert.IsTrue(events.All(e => e.PrincipalId == who.Id && e.DeviceId != who.DeviceId && e.Country != tenant.Country), label.Id);
        Assert.IsInRange(1, 4, tenant.Local(label.Start).Hour, label.Id);
        Assert.IsInRange(2, 4, events.TakeWhile(e => e.Reason == FailureReason.BadPassword).Count(), label.Id);
        Assert.IsTrue(events.Any(e => e.Type == EventType.ConfigChange) && events.Any(e => e.Type == EventType.DelegationGrant), label.Id);
        var denied = events.Where(e => e.Outcome == EventOutcome.Denied).ToArray();
        Assert.IsGreaterThan(3, denied.Length, label.Id);
        Assert.IsLessThan(10, Runs.MostWithin(denied, Minute), label.Id);
        Assert.IsLessThan(4, Runs.MostWithin(denied.Where(e => e.Type == EventType.DelegationGrant), Hour), label.Id);
    });

    [TestMethod]
    public void A_new_phone_is_another_device_in_the_usual_country() => AttackTests.Each(ScenarioKind.NewPhone, (run, label) =>
    {
        var tenant = run.Tenants[label.TenantId];
        var events = run.Played(label);
        var who = tenant.People.Single(p => p.Id == label.Entities[0].Id);
        Assert.HasCount(1, events.Select(e => e.DeviceId).Distinct(), label.Id);
        Assert.IsTrue(events.All(e => e.DeviceId != who.DeviceId && e.Country == tenant.Country && (e.Asn == who.Home.Asn || e.Asn == who.Mobile.Asn)), label.Id);
        Assert.IsTrue(events.All(e => e.Outcome == EventOutcome.Success), label.Id);
    });
}
