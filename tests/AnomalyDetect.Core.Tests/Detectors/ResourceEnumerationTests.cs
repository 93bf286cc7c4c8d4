using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Detectors;

[TestClass]
public sealed class ResourceEnumerationTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;

    private static IEnumerable<TelemetryEvent> Walk(DateTime from, int resources, string who = "ada", double everySeconds = 15) =>
        Enumerable.Range(0, resources).Select(i => Acts.Of(EventType.ApiCall, from.AddSeconds(i * everySeconds), who).Missing($"/v1/users/{i}"));

    [TestMethod]
    public void Twelve_resources_are_quiet_and_the_thirteenth_is_told()
    {
        var bench = new LaneBench().Add(Walk(T0, 12)).None();
        bench.Add(Walk(T0, 13).Last());
        var alert = bench.The(Signal.ResourceEnumeration);
        Assert.AreEqual((EntityKind.Principal, "ada", Severity.Medium), (alert.EntityKind, alert.PrincipalId, alert.Severity));
        Assert.AreEqual((13d, 12d), (alert.Observed, alert.Threshold));
        Assert.IsEmpty(bench.Decisions);
        Assert.IsNotEmpty(alert.EventIds);
        CollectionAssert.Contains(alert.Techniques.ToArray(), "T1526");
        StringAssert.Contains(alert.Explanation, "asked for 13 different resources in 5 min and got none of them (limit 12)");
    }

    [TestMethod]
    public void Twice_as_many_call_for_a_step_up()
    {
        var bench = new LaneBench().Add(Walk(T0, 24, everySeconds: 10));
        Assert.AreEqual(Severity.High, bench.The(Signal.ResourceEnumeration).Severity);
        Assert.AreEqual((DecisionType.StepUp, "ada"), (bench.Decisions.Single().Type, bench.Decisions.Single().Value));
    }

    [TestMethod]
    public void The_same_few_over_and_over_are_a_client_that_does_not_give_up()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 300; i++) bench.Add(Acts.Of(EventType.ApiCall, T0.AddSeconds(i), "ada").Missing($"/v1/users/{i % 12}"));
        bench.None(Signal.ResourceEnumeration);
    }

    [TestMethod]
    public void Spread_beyond_the_window_it_is_quiet() => new LaneBench().Add(Walk(T0, 100, everySeconds: 30)).None(Signal.ResourceEnumeration);

    [TestMethod]
    public void What_was_found_does_not_count() =>
        new LaneBench().Add(Walk(T0, 100).Select(e => e with { Outcome = EventOutcome.Success })).None(Signal.ResourceEnumeration);

    [TestMethod]
    public void The_server_s_own_errors_do_not_count() =>
        new LaneBench().Add(Walk(T0, 40).Select(e => e with { Status = 503 })).None(Signal.ResourceEnumeration);

    [TestMethod]
    public void A_name_nobody_proved_does_not_count() =>
        new LaneBench().Add(Walk(T0, 40).Select(e => e with { Type = EventType.TokenValidation, Reason = FailureReason.Expired })).None(Signal.ResourceEnumeration);

    [TestMethod]
    public void While_others_are_refused_as_well_it_is_told_at_low_and_nobody_is_aimed_at()
    {
        var bench = new LaneBench();
        foreach (var e in Enumerable.Range(0, 5).SelectMany(p => Walk(T0.AddSeconds(p), 30, $"u{p}", 10)).OrderBy(e => e.OccurredAt)) bench.Add(e);
        var alerts = bench.Final.Where(a => a.Signal == Signal.ResourceEnumeration).ToArray();
        Assert.HasCount(5, alerts);
        Assert.IsTrue(alerts.All(a => a.Severity == Severity.Low && a.Drivers.Count == 0), string.Join(" | ", alerts.Select(a => a.Explanation)));
        Assert.IsEmpty(bench.Decisions);
        StringAssert.Contains(alerts[0].Explanation, "the service may be at fault");
    }

    [TestMethod]
    public void A_client_that_asks_whether_things_exist_is_told_of_once()
    {
        var bench = new LaneBench();
        for (var day = 0; day < 5; day++) bench.Add(Walk(T0.AddDays(day), 14, everySeconds: 20));
        var alert = bench.The(Signal.ResourceEnumeration);
        Assert.AreEqual(T0.Date, alert.DetectedAt.Date);
    }

    [TestMethod]
    public void Beyond_its_own_most_it_is_told_again()
    {
        var bench = new LaneBench();
        for (var day = 0; day < 5; day++) bench.Add(Walk(T0.AddDays(day), 10, everySeconds: 20));
        bench.Add(Walk(T0.AddDays(5), 16, everySeconds: 10)).None(Signal.ResourceEnumeration);
        bench.Add(Walk(T0.AddDays(6), 25, everySeconds: 10));
        StringAssert.Contains(bench.The(Signal.ResourceEnumeration).Explanation, "were its most so far");
    }

    [TestMethod]
    public void What_a_burst_of_denials_tells_is_not_told_again()
    {
        var bench = new LaneBench();
        foreach (var e in Walk(T0, 40, everySeconds: 2)) bench.Add(e with { Outcome = EventOutcome.Denied, Reason = FailureReason.Policy });
        bench.The(Signal.PolicyViolationBurst);
        bench.None(Signal.ResourceEnumeration);
    }
}
