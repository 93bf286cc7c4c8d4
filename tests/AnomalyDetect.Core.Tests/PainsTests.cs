using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests;

/// <summary>What users of systems like this suffer from, where detecting is the matter; each named by its pain. Responding's are in Response's tests of the same name.</summary>
[TestClass]
public sealed class PainsTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;

    [TestMethod]
    public void Pain_1_refusals_of_our_own_making_do_not_feed_the_detector_that_ordered_them()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 500; i++) bench.Add(Denied(i) with { DecisionId = TextSlice.Of("d1"), Status = (ushort)(i % 2 == 0 ? 403 : 429) });
        bench.Complete().None();
    }

    [TestMethod]
    public void Pain_2_a_change_of_network_is_no_hijack()
    {
        var roaming = new LaneBench();
        foreach (var (minute, address) in new[] { (0, "198.51.100.1"), (1, "203.0.113.2"), (2, "192.0.2.3"), (3, "192.0.2.77") }) roaming.Add(Used(minute, address));
        Assert.IsEmpty(roaming.Decisions, "from Wi-Fi over a train to the office");
        var stolen = new LaneBench();
        foreach (var (minute, address) in new[] { (0, "198.51.100.1"), (1, "203.0.113.2"), (2, "198.51.100.1"), (3, "192.0.2.3") }) stolen.Add(Used(minute, address));
        Assert.IsNotEmpty(stolen.Decisions, "two who take turns");
    }

    [TestMethod]
    public void Pain_6_a_score_comes_with_what_was_expected_on_what_grounds_and_who_made_it()
    {
        var bench = Steady(180);
        for (var i = 0; i < 400; i++) bench.Add(Call(180, i, $"u{i % 40}"));
        var alert = bench.Add(Call(181, 0)).Complete().Final.Single(a => a.Signal == Signal.ApiCallRate && a.EntityKind == EntityKind.Tenant);
        Assert.AreEqual(10, alert.Expected, 1);
        Assert.IsTrue(alert.Observed > alert.Threshold && alert.Threshold > alert.Expected && alert.Deviation > 3);
        Assert.AreEqual(BaselineState.Learning, alert.Baseline!.State, "and it says that it has not seen a whole day");
        Assert.IsGreaterThan(100, alert.Baseline.Windows);
        Assert.AreEqual(400, alert.Series!.Observed.Max());
        Assert.IsNotEmpty(alert.Contributors!);
        Assert.IsGreaterThan(0, alert.FirstScore);
        Assert.IsFalse(string.IsNullOrEmpty(alert.Explanation));
    }

    [TestMethod]
    public void Pain_7_late_double_and_skewed_events_are_counted_and_bend_nothing()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 100; i++) bench.Add(Denied(i * 10));
        var alerts = bench.Alerts.Count;
        for (var i = 0; i < 50; i++) bench.Add(Denied(i) with { Id = TextSlice.Of($"late{i}") }, bench.Newest);
        var twice = Denied(1_000) with { Id = TextSlice.Of("twice") };
        bench.Add(twice).Add(twice);
        bench.Add(SomeTelemetry.Event(T0.AddDays(1)), bench.Newest);
        Assert.AreEqual((50L, 1L, 1L), (bench.Outcome.Counters.Late, bench.Outcome.Counters.Duplicates, bench.Outcome.Counters.Skewed));
        Assert.HasCount(alerts, bench.Alerts);
        bench.Add(Denied(1_001), T0.AddSeconds(1_001));
        Assert.AreEqual(50, bench.Outcome.Counters.Late, "a clock a day ahead makes nobody else late");
    }

    [TestMethod]
    public void Pain_8_a_flood_of_names_stays_within_the_memory_that_was_said_before()
    {
        var options = SomeTelemetry.Options();
        var limits = options.Detection.Limits with { Tenants = 4, Principals = 64, Sessions = 64, Counters = 64, OpenAlerts = 16, DedupeIds = 4_096 };
        options = options with { Detection = options.Detection with { Limits = limits } };
        var bench = new LaneBench(options);
        for (var i = 0; i < 20_000; i++)
        {
            bench.Add(SomeTelemetry.Event(T0.AddMilliseconds(i), $"t{i % 7}") with
            {
                Principal = Symbol.Create($"u{i}"),
                Session = Symbol.Create($"s{i}"),
                SourceIp = NetworkAddress.FromIPv4(0xCB00_7100u + (uint)i),
                Outcome = EventOutcome.Denied,
            });
        }

        bench.Complete();
        Assert.IsGreaterThan(10_000, bench.Lane.Statistics.Evictions, "counted");
        Assert.IsLessThanOrEqualTo(new MemoryEstimate(options).WorstLaneBytes, bench.Lane.Statistics.StateBytes);
    }

    [TestMethod]
    public void Pain_9_an_attack_does_not_become_its_own_baseline()
    {
        var bench = Steady(180);
        for (var m = 180; m < 200; m++)
            for (var i = 0; i < 300; i++) bench.Add(Call(m, i, $"u{i % 40}"));
        for (var m = 200; m < 230; m++)
            for (var i = 0; i < 10; i++) bench.Add(Call(m, i, $"u{i}"));
        for (var i = 0; i < 300; i++) bench.Add(Call(230, i, $"u{i % 40}"));
        var again = bench.Add(Call(231, 0)).Complete().Final.Last(a => a.Signal == Signal.ApiCallRate && a.EntityKind == EntityKind.Tenant);
        Assert.AreEqual(10, again.Expected, 3, "twenty minutes of attack later");
    }

    [TestMethod]
    public void Pain_10_a_newcomer_is_not_judged_and_silence_is_not_zero()
    {
        var young = Steady(30);
        for (var i = 0; i < 500; i++) young.Add(Call(30, i, $"u{i % 40}"));
        young.Add(Call(31, 0)).Complete().None(Signal.ApiCallRate);

        // A night without telemetry does not make the morning a spike.
        var bench = Steady(180);
        for (var m = 180 + 480; m < 180 + 540; m++)
            for (var i = 0; i < 10; i++) bench.Add(Call(m, i, $"u{i}"));
        Assert.IsFalse(bench.Complete().Final.Any(a => a.Signal == Signal.ApiCallRate && a.Deviation > 0), "that telemetry stopped may be told, that it came back is no rise");
    }

    private static LaneBench Steady(int minutes)
    {
        var bench = new LaneBench();
        for (var m = 0; m < minutes; m++)
            for (var i = 0; i < 9 + (m % 3); i++) bench.Add(Call(m, i, $"u{i}"));
        return bench;
    }

    private static TelemetryEvent Call(int minute, int number, string principal = "u0") =>
        SomeTelemetry.Event(T0.AddMinutes(minute).AddSeconds(number * 59.0 / 500)) with { Principal = Symbol.Create(principal) };

    private static TelemetryEvent Denied(int second) => SomeTelemetry.Event(T0.AddSeconds(second)) with { Outcome = EventOutcome.Denied, Principal = Symbol.Create("u1") };

    private static TelemetryEvent Used(int minute, string address)
    {
        Assert.IsTrue(NetworkAddress.TryParse(address, out var source));
        return SomeTelemetry.Event(T0.AddMinutes(minute)) with { Principal = Symbol.Create("u1"), Session = Symbol.Create("s1"), SourceIp = source };
    }
}
