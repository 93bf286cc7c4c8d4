using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Lanes;

[TestClass]
public sealed class CrossTenantTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;

    private static TelemetryEvent Call(DateTime at, string principal = "svc", string? partner = null) => SomeTelemetry.Event(at) with
    {
        Principal = Symbol.Create(principal),
        Partner = partner is null ? null : Symbol.Create(partner),
        TargetTenant = Symbol.Create("globex"),
    };

    /// <summary>A call every 6 s: 50 in 5 min.</summary>
    private static LaneBench Habit(int minutes)
    {
        var bench = new LaneBench();
        for (var s = 0; s < minutes * 60; s += 6) bench.Add(Call(T0.AddSeconds(s)));
        return bench;
    }

    [TestMethod]
    public void Five_times_the_baseline_fires_and_its_driver_is_limited()
    {
        var bench = Habit(120).None(Signal.CrossTenantApiSpike);
        for (var i = 0; i < 400; i++) bench.Add(Call(T0.AddMinutes(120).AddMilliseconds(i * 100), "thief"));
        var alert = bench.The(Signal.CrossTenantApiSpike);
        Assert.IsGreaterThan(alert.Threshold, alert.Observed);
        Assert.AreEqual(250, alert.Evidence[0].Threshold, 15);
        Assert.AreEqual("thief", alert.PrincipalId);
        CollectionAssert.AreEquivalent(
            new[] { (DecisionType.RateLimit, "thief"), (DecisionType.Captcha, "thief") }, bench.Decisions.Select(d => (d.Type, d.Value)).ToArray());
        Assert.AreEqual((60, 60), (bench.Decisions.First(d => d.Type == DecisionType.RateLimit).Parameters.Limit, bench.Decisions.First(d => d.Type == DecisionType.RateLimit).Parameters.Per));
        Assert.AreEqual(Audience.TenantAdmin, bench.Outcome.Notifications[0].Audience);
    }

    [TestMethod]
    public void Many_principals_of_one_partner_are_that_partner()
    {
        var bench = Habit(120);
        for (var i = 0; i < 400; i++) bench.Add(Call(T0.AddMinutes(120).AddMilliseconds(i * 100), $"p{i % 40}", "initech"));
        Assert.AreEqual("initech", bench.The(Signal.CrossTenantApiSpike).PartnerId);
        Assert.IsTrue(bench.Decisions.All(d => d is { Scope: DecisionScope.Partner, Value: "initech" }));
    }

    [TestMethod]
    public void Whoever_goes_on_as_usual_drives_nothing_and_nothing_is_done_to_it()
    {
        // It works until midnight, and the next day goes on: the tenant's night is unusual, and the caller is not.
        var bench = new LaneBench();
        for (var at = T0.Date; at < T0.Date.AddHours(25); at = at.AddSeconds(10))
        {
            bench.Add(SomeTelemetry.Event(at));
            if (at.Hour >= 8 || at.Date > T0.Date) bench.Add(Call(at) with { Count = 5 });
        }

        var alerts = bench.Final.Where(a => a.Signal == Signal.CrossTenantApiSpike && a.DetectedAt >= T0.Date.AddDays(1)).ToList();
        Assert.IsNotEmpty(alerts);
        foreach (var alert in alerts)
        {
            Assert.IsEmpty(alert.Drivers);
            Assert.IsNull(alert.PrincipalId);
            StringAssert.Contains(alert.Explanation, "nobody makes many more than usual");
            Assert.IsEmpty(bench.Decisions.Where(d => d.AlertId == alert.Id).ToList());
        }
    }

    [TestMethod]
    public void In_the_first_hour_the_floor_alone_reports_and_does_not_enforce()
    {
        var bench = Habit(10);
        for (var i = 0; i < 400; i++) bench.Add(Call(T0.AddMinutes(10).AddMilliseconds(i * 100), "thief"));
        Assert.AreEqual(Severity.Low, bench.The(Signal.CrossTenantApiSpike).Severity);
        Assert.IsEmpty(bench.Decisions);
    }

    [TestMethod]
    public void Calls_into_the_own_tenant_do_not_count()
    {
        var bench = Habit(70);
        for (var i = 0; i < 400; i++) bench.Add(Call(T0.AddMinutes(70).AddMilliseconds(i * 100)) with { TargetTenant = Symbol.Create("acme") });
        bench.None(Signal.CrossTenantApiSpike);
    }

    [TestMethod]
    public void Fifty_are_not_above_the_floor_and_fifty_one_are()
    {
        var bench = new LaneBench().Add(SomeTelemetry.Event(T0.AddHours(-2)));
        for (var i = 0; i < 50; i++) bench.Add(Call(T0.AddSeconds(i)));
        bench.None();
        bench.Add(Call(T0.AddSeconds(51)));
        Assert.AreEqual(51, bench.The(Signal.CrossTenantApiSpike).Observed);
    }

    [TestMethod]
    public void Denied_calls_of_a_forged_identity_count_and_name_no_driver()
    {
        var bench = Habit(70);
        for (var i = 0; i < 400; i++)
        {
            bench.Add(Call(T0.AddMinutes(70).AddMilliseconds(i * 100), "victim") with
            {
                Outcome = EventOutcome.Denied,
                Reason = FailureReason.BadSignature,
            });
        }

        bench.The(Signal.CrossTenantApiSpike);
        Assert.IsFalse(bench.Decisions.Any(d => d.Value == "victim"));
    }
}
