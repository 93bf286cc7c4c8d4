using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Detectors;

/// <summary>Forged claims below the threshold of a minute: slow ones from one address, and ones spread over many.</summary>
[TestClass]
public sealed class QuietClaimTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;

    private static TelemetryEvent Forged(double minute, int name, string address = Acts.Away) =>
        Acts.Of(EventType.TokenValidation, T0.AddMinutes(minute), $"u{name}", address).Failed(FailureReason.InvalidClaim);

    private static LaneBench Slowly(int count, double everyMinutes = 0.5, LaneBench? bench = null)
    {
        bench ??= new LaneBench();
        for (var i = 0; i < count; i++) bench.Add(Forged(i * everyMinutes, i));
        return bench;
    }

    private static LaneBench Spread(int count, int addresses, double everyMinutes = 0.3)
    {
        var bench = new LaneBench();
        for (var i = 0; i < count; i++) bench.Add(Forged(i * everyMinutes, i, $"203.0.{i % addresses}.9"));
        return bench;
    }

    [TestMethod]
    public void Thirty_in_half_an_hour_are_quiet_and_the_next_blocks_the_address()
    {
        Slowly(30).None();
        var bench = Slowly(31);
        Assert.AreEqual((Severity.Medium, 31d, 30d), (bench.The(Signal.InvalidClaimInjection).Severity, bench.Final[0].Observed, bench.Final[0].Threshold));
        Assert.AreEqual((DecisionType.BlockIp, Acts.Away), (bench.Decisions.Single().Type, bench.Decisions.Single().Value));
    }

    [TestMethod]
    public void One_a_minute_is_quiet_for_ever() => Slowly(600, everyMinutes: 1).None();

    [TestMethod]
    public void Three_times_as_many_are_high() => Assert.AreEqual(Severity.High, Slowly(95, everyMinutes: 0.3).The(Signal.InvalidClaimInjection).Severity);

    [TestMethod]
    public void A_slow_attack_that_goes_on_is_one_alert()
    {
        var bench = Slowly(600);
        bench.The(Signal.InvalidClaimInjection);
        Assert.IsTrue(bench.Decisions.All(d => d.Type == DecisionType.BlockIp));
        Assert.IsGreaterThan(3, bench.Decisions.Count); // renewed as it runs out
    }

    [TestMethod]
    public void Where_people_work_behind_the_address_a_slow_one_may_be_a_broken_client_and_is_not_blocked()
    {
        var bench = new LaneBench().Add(Acts.Of(EventType.ApiCall, T0.AddMinutes(-1), "ada", Acts.Away).During("s1"));
        var alert = Slowly(50, bench: bench).The(Signal.InvalidClaimInjection);
        StringAssert.Contains(alert.Explanation, "broken client");
        Assert.IsEmpty(alert.Drivers);
        Assert.IsEmpty(bench.Decisions);
    }

    [TestMethod]
    public void When_the_broken_client_turns_fast_it_is_an_attack()
    {
        var bench = new LaneBench().Add(Acts.Of(EventType.ApiCall, T0.AddMinutes(-1), "ada", Acts.Away).During("s1"));
        Slowly(40, bench: bench);
        for (var i = 0; i < 12; i++) bench.Add(Forged(20 + (i / 60.0), 100 + i));
        Assert.AreEqual(Severity.High, bench.The(Signal.InvalidClaimInjection).Severity);
        CollectionAssert.AreEquivalent(
            new[] { (DecisionType.BlockIp, Acts.Away), (DecisionType.RevokeSession, "s1") }, bench.Decisions.Select(d => (d.Type, d.Value)).ToArray());
    }

    [TestMethod]
    public void Fifteen_from_many_addresses_are_quiet_and_the_next_is_told_and_aims_at_nobody()
    {
        Spread(15, 13).None();
        var bench = Spread(16, 13);
        var alert = bench.The(Signal.InvalidClaimInjection);
        Assert.AreEqual((EntityKind.Tenant, Severity.Medium, 16d), (alert.EntityKind, alert.Severity, alert.Observed));
        Assert.IsEmpty(alert.Drivers);
        Assert.IsEmpty(bench.Decisions);
    }

    [TestMethod]
    public void From_eight_addresses_it_is_not_spread() => Spread(30, 8).None();

    [TestMethod]
    public void Four_times_as_many_are_high() => Assert.AreEqual(Severity.High, Spread(110, 100, everyMinutes: 0.05).The(Signal.InvalidClaimInjection).Severity);

    [TestMethod]
    public void The_principals_named_are_never_drivers() =>
        Assert.IsTrue(Slowly(60).The(Signal.InvalidClaimInjection).Drivers.All(d => d.Kind == EntityKind.Address));
}
