using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Detectors;

[TestClass]
public sealed class CredentialStuffingTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;

    private static IEnumerable<TelemetryEvent> Tries(int count, int addresses = 250, int principals = 10_000, double everySeconds = 5, double from = 0) =>
        Enumerable.Range(0, count).Select(i =>
            Acts.Login(T0.AddSeconds(from + (i * everySeconds)), $"u{i % principals}", $"203.0.{i % addresses}.9").Failed());

    [TestMethod]
    public void Thirty_failures_are_quiet_and_the_next_is_told_and_aims_at_nobody()
    {
        var bench = new LaneBench().Add(Tries(30)).None();
        bench.Add(Tries(31).Last());
        var alert = bench.The(Signal.CredentialStuffing);
        Assert.AreEqual((EntityKind.Tenant, Severity.Medium, 31d), (alert.EntityKind, alert.Severity, alert.Observed));
        Assert.IsEmpty(alert.Drivers);
        Assert.IsEmpty(bench.Decisions);
        Assert.IsNotEmpty(bench.Outcome.Notifications);
    }

    [TestMethod]
    public void Few_addresses_are_somebody_elses_business() => new LaneBench().Add(Tries(100, addresses: 15, everySeconds: 2)).None(Signal.CredentialStuffing);

    [TestMethod]
    public void Few_principals_are_somebody_elses_business() => new LaneBench().Add(Tries(100, principals: 15, everySeconds: 2)).None(Signal.CredentialStuffing);

    [TestMethod]
    public void Failures_spread_over_a_longer_time_are_quiet() => new LaneBench().Add(Tries(300, everySeconds: 15)).None(Signal.CredentialStuffing);

    [TestMethod]
    public void Four_times_the_threshold_is_high() =>
        Assert.AreEqual(Severity.High, new LaneBench().Add(Tries(125, everySeconds: 1)).The(Signal.CredentialStuffing).Severity);

    [TestMethod]
    public void Where_as_many_fail_every_five_minutes_it_takes_five_times_as_many()
    {
        var bench = new LaneBench();
        // Twenty in five minutes, for days.
        bench.Add(Tries(20 * 12 * 24 * 2, everySeconds: 15)).None(Signal.CredentialStuffing);
        bench.Add(Tries(60, everySeconds: 1, from: 2 * 86_400)).None(Signal.CredentialStuffing);
        bench.Add(Tries(120, everySeconds: 1, from: (2 * 86_400) + 60));
        Assert.IsGreaterThan(60, bench.The(Signal.CredentialStuffing).Threshold);
    }

    [TestMethod]
    public void An_attack_does_not_make_itself_usual()
    {
        var bench = new LaneBench().Add(Tries(7_200, everySeconds: 1));
        Assert.IsLessThan(35, bench.The(Signal.CredentialStuffing).Threshold);
    }
}
