using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Simulation.Casting;

namespace AnomalyDetect.Simulation.Tests;

[TestClass]
public sealed class JourneyTests
{
    private static readonly string[] Everywhere = ["DE", "IN", "NG", "US", "BR", "NZ"];

    [TestMethod]
    public void An_impossible_traveller_is_at_home_and_minutes_later_far_away_and_both_go_on_in_turn() => AttackTests.Each(ScenarioKind.ImpossibleTravel, (run, label) =>
    {
        var tenant = run.Tenants[label.TenantId];
        var (past, events) = (run.Past(label), run.Played(label));
        Assert.IsTrue(past.All(e => e.Country == tenant.Country), label.Id);
        Assert.IsInRange(5, 42, (label.Start - past[^1].OccurredAt).TotalMinutes, label.Id);
        Assert.AreEqual((EventType.Login, EventOutcome.Success), (events[0].Type, events[0].Outcome), label.Id);
        Assert.IsTrue(events.All(e => e.PrincipalId == past[0].PrincipalId), label.Id);
        Assert.IsTrue(events.All(e => (e.Country == tenant.Country) == (e.DeviceId == past[0].DeviceId)), label.Id);
        CollectionAssert.Contains(Continents.Other(tenant.Country, [events[0].Country!]), events[0].Country, label.Id);
        Assert.IsGreaterThan(8, Changes(events.Select(e => e.Country)), label.Id);
        CollectionAssert.AreEqual(new[] { EntityKind.Principal, EntityKind.Session, EntityKind.Address }, label.Entities.Select(e => e.Kind).ToArray());
    });

    [TestMethod]
    public void A_business_traveller_arrives_hours_later_on_the_same_device() => AttackTests.Each(Runs.Weeks, ScenarioKind.BusinessTravel, (run, label) =>
    {
        var (past, events) = (run.Past(label), run.Played(label));
        var home = run.Tenants[label.TenantId].Country;
        Assert.IsNotEmpty(past, label.Id);
        Assert.IsTrue(past.All(e => e.Country == home), label.Id);
        Assert.HasCount(1, past.Concat(events).Select(e => e.DeviceId).Distinct(), label.Id);
        Assert.AreEqual(1, Changes(events.Select(e => e.Country)), label.Id);
        var left = events.Last(e => e.Country == home);
        var arrived = events.First(e => e.Country != home);
        Assert.AreEqual((EventType.Logout, EventType.Login), (left.Type, arrived.Type), label.Id);
        Assert.IsInRange(7, 14.5, (arrived.OccurredAt - left.OccurredAt).TotalHours, label.Id);
        Assert.IsEmpty(Continents.Other(home, [arrived.Country!]), label.Id);
        Assert.AreEqual(past.Length + events.Length, run.Of(label).Count(e => e.PrincipalId == left.PrincipalId), "nobody else is at home meanwhile");
    });

    [TestMethod]
    public void A_vpn_takes_one_session_abroad_and_never_back() => AttackTests.Each(ScenarioKind.VpnHop, (run, label) =>
    {
        var events = run.Played(label).Where(e => e.Type == EventType.ApiCall).ToArray();
        Assert.IsTrue(label.MayAlert);
        Assert.HasCount(1, events.Select(e => (e.SessionId, e.TokenId, e.DeviceId)).Distinct(), label.Id);
        Assert.AreEqual(1, Changes(events.Select(e => e.Country)), label.Id);
        Assert.HasCount(2, events.Select(e => e.Asn).Distinct(), label.Id);
        var home = events.Last(e => e.Country == events[0].Country);
        Assert.IsInRange(2, 12, (events.First(e => e.Country != home.Country).OccurredAt - home.OccurredAt).TotalMinutes, label.Id);
    });

    [TestMethod]
    public void A_trip_that_the_run_is_too_short_for_is_left_out()
    {
        var options = new SimulationOptions { Duration = TimeSpan.FromHours(30), Scenarios = [ScenarioKind.BusinessTravel] };
        Assert.IsEmpty(new TrafficSimulator(options).Labels);
        Assert.HasCount(1, new TrafficSimulator(options with { Duration = TimeSpan.FromHours(40) }).Labels);
    }

    [TestMethod]
    public void Every_country_has_far_ones_and_near_ones()
    {
        foreach (var home in Everywhere)
        {
            Assert.HasCount(Everywhere.Length - 1, Continents.Other(home, Everywhere));
            Assert.IsEmpty(Continents.Other(home, [Continents.Near(home, new Dice(1))]));
            Assert.AreNotEqual(home, Continents.Near(home, new Dice(1)));
        }
    }

    private static int Changes<T>(IEnumerable<T> values)
    {
        var all = values.ToArray();
        return all.Skip(1).Zip(all).Count(p => !Equals(p.First, p.Second));
    }
}
