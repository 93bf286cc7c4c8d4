using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Detectors;

[TestClass]
public sealed class PasswordSprayingTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;

    private static IEnumerable<TelemetryEvent> Tries(int principals, double everyMinutes = 1, FailureReason reason = FailureReason.BadPassword) =>
        Enumerable.Range(0, principals).Select(i => Acts.Login(T0.AddMinutes(i * everyMinutes), $"u{i}", Acts.Away).Failed(reason));

    [TestMethod]
    public void Twelve_principals_are_quiet_and_the_thirteenth_blocks_the_address()
    {
        var bench = new LaneBench().Add(Tries(12)).None();
        bench.Add(Tries(13).Last());
        var alert = bench.The(Signal.PasswordSpraying);
        Assert.AreEqual((EntityKind.Address, Acts.Away, Severity.Medium), (alert.EntityKind, alert.SourceIp, alert.Severity));
        Assert.AreEqual((13d, 12d), (alert.Observed, alert.Threshold));
        Assert.AreEqual((DecisionType.BlockIp, Acts.Away), (bench.Decisions.Single().Type, bench.Decisions.Single().Value));
        CollectionAssert.AreEqual(new[] { "T1110.003" }, alert.Techniques.ToArray());
    }

    [TestMethod]
    public void Many_tries_as_the_same_few_people_are_no_spraying()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 200; i++) bench.Add(Acts.Login(T0.AddSeconds(i * 10), $"u{i % 12}", Acts.Away).Failed());
        bench.None(Signal.PasswordSpraying);
    }

    [TestMethod]
    public void Principals_spread_beyond_the_window_are_quiet() => new LaneBench().Add(Tries(40, everyMinutes: 5)).None(Signal.PasswordSpraying);

    [TestMethod]
    public void Twice_the_threshold_is_high() =>
        Assert.AreEqual(Severity.High, new LaneBench().Add(Tries(24)).The(Signal.PasswordSpraying).Severity);

    [TestMethod]
    [DataRow(FailureReason.BadPassword, true)]
    [DataRow(FailureReason.UnknownUser, true)]
    [DataRow(FailureReason.Other, true)]
    [DataRow(FailureReason.None, true)]
    [DataRow(FailureReason.Expired, false)]
    [DataRow(FailureReason.UserRejected, false)]
    [DataRow(FailureReason.Policy, false)]
    public void Only_what_a_wrong_guess_looks_like_counts(FailureReason reason, bool counts) =>
        Assert.AreEqual(counts, new LaneBench().Add(Tries(13, reason: reason)).Final.Any(a => a.Signal == Signal.PasswordSpraying));

    [TestMethod]
    public void A_shared_way_out_is_told_at_low_and_never_blocked()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 30; i++)
        {
            bench.Add(Acts.Login(T0.AddMinutes(i), $"u{i}", Acts.Away).Failed());
            bench.Add(Acts.Login(T0.AddMinutes(i).AddSeconds(20), $"u{i}", Acts.Away));
        }

        var alert = bench.The(Signal.PasswordSpraying);
        Assert.AreEqual(Severity.Low, alert.Severity);
        Assert.IsEmpty(alert.Drivers);
        Assert.IsEmpty(bench.Decisions);
        StringAssert.Contains(alert.Explanation, "shared way out");
    }

    [TestMethod]
    public void A_success_or_two_make_no_shared_way_out()
    {
        var bench = new LaneBench().Add(Tries(10));
        bench.Add(Acts.Login(T0.AddMinutes(10), "hit", Acts.Away));
        bench.Add(Tries(20).Skip(11));
        var alert = bench.The(Signal.PasswordSpraying);
        Assert.AreEqual(Severity.Medium, alert.Severity);
        Assert.HasCount(1, bench.Decisions);
        StringAssert.Contains(alert.Explanation, "one login succeeded from there");
    }

    [TestMethod]
    public void The_principals_tried_are_never_drivers() =>
        Assert.IsTrue(new LaneBench().Add(Tries(30)).The(Signal.PasswordSpraying).Drivers.All(d => d.Kind == EntityKind.Address));
}
