using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Alerts;

/// <summary>An alert ends by itself when nothing more is found, and says when and why.</summary>
[TestClass]
public sealed class AlertResolutionTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;
    private static readonly TimeSpan Gap = new DetectionOptions().EpisodeGap;

    private static IEnumerable<TelemetryEvent> Denials(DateTime from, string who = "ada", string tenant = "acme", int count = 12) =>
        Enumerable.Range(0, count).Select(i => Acts.Of(EventType.PolicyDecision, from.AddSeconds(i), who) with { Outcome = EventOutcome.Denied, Tenant = Symbol.Create(tenant) });

    private static IEnumerable<TelemetryEvent> TimePasses(DateTime from, int minutes, string tenant = "acme") =>
        Enumerable.Range(1, minutes).Select(m => SomeTelemetry.Event(from.AddMinutes(m), tenant));

    private static EngineOptions Limited(LimitOptions limits) => SomeTelemetry.Options() with { Detection = new DetectionOptions { Limits = limits } };

    [TestMethod]
    public void It_is_open_until_the_gap_has_passed_and_then_resolved_from_the_end_of_the_gap()
    {
        var bench = new LaneBench().Add(Denials(T0)).Add(TimePasses(T0, 14));
        var open = bench.The(Signal.PolicyViolationBurst);
        Assert.AreEqual((AlertState.Open, null, null), (open.State, open.Resolution, open.ResolvedAt));
        var told = bench.Outcome.Notifications.Count;

        bench.Add(TimePasses(T0.AddMinutes(14), 4));
        var over = bench.The(Signal.PolicyViolationBurst);
        Assert.AreEqual((AlertState.Resolved, AlertResolution.Quiet), (over.State, over.Resolution));
        Assert.AreEqual(T0.AddSeconds(11), over.LastSeenAt);
        Assert.AreEqual(over.LastSeenAt + Gap, over.ResolvedAt);
        Assert.AreEqual((open.Id, open.Revision + 1, open.Severity), (over.Id, over.Revision, over.Severity));
        StringAssert.Contains(over.Explanation, "was denied 12 times", "as it stood at the end");
        Assert.AreEqual(told, bench.Outcome.Notifications.Count, "nobody is told that it is over");
    }

    [TestMethod]
    public void It_is_resolved_once()
    {
        var bench = new LaneBench().Add(Denials(T0)).Add(TimePasses(T0, 90)).SaveAndLoad().Add(TimePasses(T0.AddMinutes(90), 90)).Complete();
        Assert.HasCount(1, bench.Alerts.Where(a => a.State == AlertState.Resolved).ToList());
    }

    [TestMethod]
    public void What_comes_again_after_the_gap_is_another_alert_and_the_first_is_over()
    {
        var bench = new LaneBench().Add(Denials(T0)).Add(Denials(T0.AddMinutes(16)));
        Assert.AreSequenceEqual(new[] { AlertState.Resolved, AlertState.Open }, bench.Final.Select(a => a.State));
        Assert.AreEqual(T0.AddSeconds(11) + Gap, bench.Final[0].ResolvedAt);
    }

    [TestMethod]
    public void A_tenant_that_has_fallen_silent_is_not_left_open_while_others_go_on()
    {
        var bench = new LaneBench().Add(Denials(T0, tenant: "idle")).Add(TimePasses(T0, 40, "busy"));
        Assert.AreEqual(AlertState.Resolved, bench.Final.Single(a => a.TenantId == "idle").State);
    }

    [TestMethod]
    public void One_that_makes_room_for_a_worse_one_says_so()
    {
        var bench = new LaneBench(Limited(new LimitOptions { OpenAlerts = 2 }));
        bench.Add(Denials(T0, "a", count: 12)).Add(Denials(T0.AddMinutes(1), "b", count: 60)).Add(Denials(T0.AddMinutes(2), "c", count: 60));
        var displaced = bench.Final.Single(a => a.State == AlertState.Resolved);
        Assert.AreEqual(("a", AlertResolution.Displaced), (displaced.PrincipalId, displaced.Resolution));
    }

    [TestMethod]
    public void One_that_is_over_makes_room_first()
    {
        var bench = new LaneBench(Limited(new LimitOptions { OpenAlerts = 2 }));
        bench.Add(Denials(T0, "a", count: 60)).Add(Denials(T0.AddMinutes(10), "b", count: 12)).Add(Denials(T0.AddMinutes(16.5), "c", count: 60));
        var over = bench.Final.Single(a => a.State == AlertState.Resolved);
        Assert.AreEqual(("a", AlertResolution.Quiet), (over.PrincipalId, over.Resolution));
        Assert.AreEqual(0, bench.Lane.Statistics.Evictions);
    }

    [TestMethod]
    public void The_alerts_of_a_tenant_put_out_of_its_table_are_over()
    {
        var bench = new LaneBench(Limited(new LimitOptions { Tenants = 2 }));
        bench.Add(Denials(T0, tenant: "one")).Add(SomeTelemetry.Event(T0.AddMinutes(1), "two")).Add(SomeTelemetry.Event(T0.AddMinutes(2), "three"));
        Assert.AreEqual((AlertState.Resolved, AlertResolution.Displaced), (bench.Final.Single().State, bench.Final.Single().Resolution));
    }

    [TestMethod]
    public void One_that_was_never_told_does_not_end_aloud()
    {
        var excepted = new AlertException { Tenants = ["acme"], Signals = [Signal.PolicyViolationBurst], Entity = "ada", Until = T0.AddDays(30), Reason = "a load test" };
        var options = SomeTelemetry.Options() with { Detection = new DetectionOptions { Exceptions = [excepted] } };
        new LaneBench(options).Add(Denials(T0)).Add(TimePasses(T0, 40)).None(Signal.PolicyViolationBurst);
    }
}
