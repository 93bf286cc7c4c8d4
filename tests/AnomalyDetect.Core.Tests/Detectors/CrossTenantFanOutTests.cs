using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Detectors;

[TestClass]
public sealed class CrossTenantFanOutTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday, T1 = T0.AddHours(2);

    /// <summary>Two hours in one other tenant, a call a minute.</summary>
    private static IEnumerable<TelemetryEvent> Habit(string who = "svc", int tenants = 1) => Visit(T0, 120, tenants, who);

    private static IEnumerable<TelemetryEvent> Visit(DateTime from, int calls, int tenants, string who = "svc", double everySeconds = 60) =>
        Enumerable.Range(0, calls).Select(i => Acts.Of(EventType.ApiCall, from.AddSeconds(i * everySeconds), who).Into($"customer{i % tenants}"));

    private static IEnumerable<TelemetryEvent> Creep(DateTime from, int tenants, string who = "svc", double everySeconds = 60) =>
        Enumerable.Range(0, tenants).Select(i => Acts.Of(EventType.ApiCall, from.AddSeconds(i * everySeconds), who).Into($"other{i}") with { Partner = Symbol.Create("initech") });

    [TestMethod]
    public void Five_tenants_are_quiet_and_the_sixth_is_told()
    {
        var bench = new LaneBench().Add(Habit()).Add(Creep(T1, 4)).None(Signal.CrossTenantFanOut);
        bench.Add(Creep(T1.AddMinutes(5), 5).Skip(4));
        var alert = bench.The(Signal.CrossTenantFanOut);
        Assert.AreEqual((EntityKind.Principal, "svc", "initech", Severity.Medium), (alert.EntityKind, alert.PrincipalId, alert.PartnerId, alert.Severity));
        Assert.AreEqual((6d, 5d), (alert.Observed, alert.Threshold));
        Assert.IsEmpty(bench.Decisions);
        Assert.IsNotEmpty(alert.EventIds);
        CollectionAssert.Contains(alert.Techniques.ToArray(), "T1199");
        StringAssert.Contains(alert.Explanation, "for partner initech, called 6 other tenants in 15 min (limit 5)");
    }

    [TestMethod]
    public void Twice_as_many_call_for_a_step_up()
    {
        var bench = new LaneBench().Add(Habit()).Add(Creep(T1, 12));
        Assert.AreEqual(Severity.High, bench.The(Signal.CrossTenantFanOut).Severity);
        Assert.AreEqual((DecisionType.StepUp, "svc"), (bench.Decisions.Single().Type, bench.Decisions.Single().Value));
    }

    [TestMethod]
    public void A_person_who_never_called_another_tenant_is_known_all_the_same()
    {
        var bench = new LaneBench().Add(Enumerable.Range(0, 90).Select(m => Acts.Of(EventType.ApiCall, T0.AddMinutes(m), "ada"))).Add(Creep(T1, 6, "ada"));
        Assert.AreEqual(Severity.Medium, bench.The(Signal.CrossTenantFanOut).Severity);
    }

    [TestMethod]
    public void Of_a_newcomer_it_is_told_at_low_until_its_habits_are_known()
    {
        var bench = new LaneBench().Add(Visit(T0, 300, 12));
        var alert = bench.The(Signal.CrossTenantFanOut);
        Assert.AreEqual(Severity.Low, alert.Severity);
        StringAssert.Contains(alert.Explanation, "its habits are not known yet");
        Assert.IsEmpty(bench.Decisions);
    }

    [TestMethod]
    public void Who_serves_many_tenants_is_told_of_once()
    {
        var bench = new LaneBench();
        for (var day = 0; day < 5; day++) bench.Add(Visit(T0.AddDays(day), 60, 7));
        Assert.AreEqual(T0.Date, bench.The(Signal.CrossTenantFanOut).DetectedAt.Date);
    }

    [TestMethod]
    public void Three_more_customers_are_no_attack() =>
        new LaneBench().Add(Habit()).Add(Visit(T1, 60, 4)).None(Signal.CrossTenantFanOut);

    [TestMethod]
    public void Spread_over_a_day_it_is_quiet() =>
        new LaneBench().Add(Habit()).Add(Creep(T1, 24, everySeconds: 3600)).None(Signal.CrossTenantFanOut);

    [TestMethod]
    public void A_name_nobody_proved_does_not_count() =>
        new LaneBench().Add(Habit()).Add(Creep(T1, 24).Select(e => e with { Reason = FailureReason.BadSignature, Outcome = EventOutcome.Failure })).None(Signal.CrossTenantFanOut);

    [TestMethod]
    public void Who_drives_a_spike_is_not_told_of_again()
    {
        var bench = new LaneBench().Add(Habit());
        for (var i = 0; i < 400; i++) bench.Add(Acts.Of(EventType.ApiCall, T1.AddSeconds(i / 4.0), "svc").Into("customer0"));
        Assert.AreEqual("svc", bench.The(Signal.CrossTenantApiSpike).PrincipalId);
        bench.Add(Creep(T1.AddMinutes(2), 12, everySeconds: 5)).None(Signal.CrossTenantFanOut);
    }

    [TestMethod]
    public void It_can_be_switched_off()
    {
        var options = SomeTelemetry.Options();
        var bench = new LaneBench(options with { Detection = new DetectionOptions { Signals = new SignalOptions { CrossTenantFanOut = new ThresholdOptions { Threshold = 5, Enabled = false } } } });
        bench.Add(Habit()).Add(Creep(T1, 24)).None(Signal.CrossTenantFanOut);
    }
}
