using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Simulation.Tests;

[TestClass]
public sealed class QuietClaimTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [TestMethod]
    public void Spread_claims_never_repeat_an_address_or_a_principal() => AttackTests.Each(ScenarioKind.InvalidClaimsSpread, (run, label) =>
    {
        var claims = run.Played(label);
        Assert.AreEqual(EntityKind.Tenant, label.Entities[0].Kind);
        Assert.IsTrue(claims.All(Runs.IsProofFailure), label.Id);
        Assert.IsInRange(30, 80, claims.Length, label.Id);
        Assert.IsInRange(7.5, 15, (label.End - label.Start).TotalMinutes, label.Id);
        Assert.HasCount(claims.Length, claims.Select(e => NetworkAddress.Parse(e.SourceIp!).Neighbourhood).Distinct(), label.Id);
        Assert.HasCount(claims.Length, claims.Select(e => e.PrincipalId).Distinct(), label.Id);
        var around = run.Around(label, Minute).Where(Runs.IsProofFailure).ToArray();
        Assert.IsLessThanOrEqualTo(10, around.GroupBy(e => e.PrincipalId).Max(g => Runs.MostWithin(g, Minute)), label.Id);
    });

    [TestMethod]
    public void Slow_claims_come_from_one_address_and_never_ten_in_a_minute() => AttackTests.Each(ScenarioKind.InvalidClaimsSlow, (run, label) =>
    {
        var claims = run.Played(label);
        var minutes = (label.End - label.Start).TotalMinutes;
        Assert.IsTrue(claims.All(e => Runs.IsProofFailure(e) && Runs.Source(e) == label.Entities[0].Id), label.Id);
        Assert.IsGreaterThan(2, claims.Select(e => e.PrincipalId).Distinct().Count(), label.Id);
        Assert.IsInRange(19, 40, minutes, label.Id);
        Assert.IsInRange(3, 8.3, claims.Length / minutes, label.Id);
        Assert.IsLessThan(10, Runs.MostWithin(claims, Minute), label.Id);
    });

    [TestMethod]
    public void A_broken_client_signs_badly_once_every_few_minutes_from_the_data_centre() => AttackTests.Each(ScenarioKind.BrokenClient, (run, label) =>
    {
        var failures = run.Played(label);
        var client = run.Tenants[label.TenantId].Services.Single(s => s.Id == failures[0].PrincipalId);
        Assert.IsTrue(failures.All(e => Runs.IsProofFailure(e) && e.PrincipalId == client.Id && e.Asn == client.Home.Asn), label.Id);
        Assert.HasCount(1, failures.Select(e => e.SourceIp).Distinct(), label.Id);
        Assert.IsInRange(24, 41, failures.Length, label.Id);
        Assert.AreEqual(1, Runs.MostWithin(failures, TimeSpan.FromMinutes(3)), label.Id);
        Assert.IsInRange(115, 120, (label.End - label.Start).TotalMinutes, label.Id);
    });
}
