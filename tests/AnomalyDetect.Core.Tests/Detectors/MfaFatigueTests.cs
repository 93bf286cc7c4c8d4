using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Detectors;

[TestClass]
public sealed class MfaFatigueTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;

    private static TelemetryEvent Asked(double minute, string address = Acts.Away) =>
        Acts.Of(EventType.MfaChallenge, T0.AddMinutes(minute), "ada", address);

    private static LaneBench Refused(int times, double everyMinutes = 1)
    {
        var bench = new LaneBench();
        for (var i = 0; i < times; i++) bench.Add(Asked(i * everyMinutes).Failed(FailureReason.UserRejected));
        return bench;
    }

    [TestMethod]
    public void Five_refusals_are_quiet_and_the_sixth_slows_the_asking_address()
    {
        Refused(5).None();
        var bench = Refused(6);
        var alert = bench.The(Signal.MfaFatigue);
        Assert.AreEqual((EntityKind.Principal, "ada", Severity.Medium), (alert.EntityKind, alert.PrincipalId, alert.Severity));
        Assert.AreEqual((DecisionType.RateLimit, DecisionScope.Address, Acts.Away), (bench.Decisions.Single().Type, bench.Decisions.Single().Scope, bench.Decisions.Single().Value));
    }

    [TestMethod]
    public void Refusals_spread_over_a_longer_time_are_quiet() => Refused(40, everyMinutes: 2.1).None(Signal.MfaFatigue);

    [TestMethod]
    public void Three_times_the_threshold_is_high() => Assert.AreEqual(Severity.High, Refused(15, everyMinutes: 0.5).The(Signal.MfaFatigue).Severity);

    [TestMethod]
    public void Giving_in_is_critical_and_ends_the_session_won_this_way()
    {
        var bench = Refused(6).Add(Asked(6));
        Assert.AreEqual(Severity.Critical, bench.The(Signal.MfaFatigue).Severity);
        bench.Add(Acts.Of(EventType.SessionStart, T0.AddMinutes(6.1), "ada", Acts.Away).During("won"));
        Assert.AreEqual("won", bench.The(Signal.MfaFatigue).SessionId);
        CollectionAssert.AreEquivalent(
            new[] { (DecisionType.RateLimit, Acts.Away), (DecisionType.RevokeSession, "won") }, bench.Decisions.Select(d => (d.Type, d.Value)).ToArray());
    }

    [TestMethod]
    public void A_session_of_the_persons_own_elsewhere_is_left_alone()
    {
        var bench = Refused(6).Add(Acts.Of(EventType.SessionStart, T0.AddMinutes(6), "ada").During("own"));
        Assert.AreEqual(Severity.Medium, bench.The(Signal.MfaFatigue).Severity);
        Assert.IsFalse(bench.Decisions.Any(d => d.Scope == DecisionScope.Session));
    }

    [TestMethod]
    public void The_person_is_never_aimed_at()
    {
        var bench = Refused(60, everyMinutes: 0.1).Add(Asked(7));
        Assert.IsFalse(bench.The(Signal.MfaFatigue).Drivers.Any(d => d.Kind == EntityKind.Principal));
        Assert.IsFalse(bench.Decisions.Any(d => d.Value == "ada"));
    }

    [TestMethod]
    public void Challenges_that_are_given_count_for_nothing()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 30; i++) bench.Add(Asked(i * 0.2));
        bench.None();
    }

    [TestMethod]
    public void Names_made_up_by_whoever_asks_count_for_nothing()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 30; i++) bench.Add(Asked(i * 0.2).Failed(FailureReason.UnknownUser));
        bench.None(Signal.MfaFatigue);
    }

    [TestMethod]
    public void Our_own_denials_count_for_nothing()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 30; i++) bench.Add(Asked(i * 0.2).Failed() with { DecisionId = TextSlice.Of("d") });
        bench.None();
    }
}
