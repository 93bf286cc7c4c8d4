using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Detectors;

[TestClass]
public sealed class DormantPrincipalTests
{
    private static readonly DateTime Third = SomeTelemetry.Monday.AddDays(2);

    private static LaneBench Woken(LaneBench bench, double days, string device = "unknown", int changes = 1)
    {
        bench.Add(Acts.Login(Third.AddDays(days), "ada", Acts.Away).In("DE").On(device).During("woken"));
        for (var i = 0; i < changes; i++)
            bench.Add(Acts.Of(EventType.ConfigChange, Third.AddDays(days).AddMinutes(1 + i), "ada", Acts.Away).During("woken"));
        return bench;
    }

    [TestMethod]
    public void Silence_then_a_new_device_and_a_privileged_call_have_to_step_up()
    {
        var bench = Woken(new LaneBench().WithHabit(), 8);
        var alert = bench.The(Signal.DormantPrincipal);
        Assert.AreEqual((Severity.Medium, "ada", "woken"), (alert.Severity, alert.PrincipalId, alert.SessionId));
        StringAssert.Contains(alert.Explanation, "8 days of silence");
        Assert.AreEqual((DecisionType.StepUp, "ada"), (bench.Decisions.Single().Type, bench.Decisions.Single().Value));
    }

    [TestMethod]
    public void It_takes_the_silence() => Woken(new LaneBench().WithHabit(), 6.9).None(Signal.DormantPrincipal);

    [TestMethod]
    public void It_takes_the_unlikeness() => Woken(new LaneBench().WithHabit(), 20, "laptop", 5).None();

    [TestMethod]
    public void It_takes_the_privileged_call() => Woken(new LaneBench().WithHabit(), 20, changes: 0).None();

    [TestMethod]
    public void Whoever_works_without_signing_in_is_not_dormant()
    {
        var bench = new LaneBench().WithHabit();
        for (var day = 1; day < 20; day++) bench.Add(Acts.Of(EventType.ApiCall, Third.AddDays(day), "ada").During("ada-2"));
        Woken(bench, 20).None(Signal.DormantPrincipal);
    }

    [TestMethod]
    public void Wrong_passwords_of_strangers_do_not_keep_an_account_awake()
    {
        var bench = new LaneBench().WithHabit();
        for (var day = 1; day < 20; day++) bench.Add(Acts.Login(Third.AddDays(day), "ada", Acts.Away).Failed());
        Woken(bench, 20).The(Signal.DormantPrincipal);
    }

    [TestMethod]
    public void What_was_first_told_as_unfamiliar_stays_that()
    {
        var bench = new LaneBench().WithHabit().Add(Acts.Login(Third.AddDays(20), "ada", Acts.Away).In("BR").On("unknown").During("woken"));
        bench.Add(Acts.Of(EventType.ConfigChange, Third.AddDays(20).AddMinutes(1), "ada", Acts.Away).During("woken"));
        Assert.AreEqual(Severity.High, bench.None(Signal.DormantPrincipal).The(Signal.UnfamiliarSignIn).Severity);
    }
}
