using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Lanes;

/// <summary>A tenant whose producers' clocks are wrong is named, once an hour, with what it costs.</summary>
[TestClass]
public sealed class ClockFaultTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;

    /// <summary>Every tenth event of a second producer, whose clock is off by this much.</summary>
    private static LaneBench TwoProducers(TimeSpan off, int events, string tenant = "acme")
    {
        var bench = new LaneBench();
        for (var i = 0; i < events; i++)
        {
            var at = T0.AddSeconds(i);
            bench.Add(SomeTelemetry.Event(i % 10 == 9 ? at + off : at, tenant, $"{tenant}-{i}"), at);
        }

        return bench;
    }

    [TestMethod]
    public void A_producer_whose_clock_is_behind_is_noticed_with_an_example()
    {
        var fault = TwoProducers(TimeSpan.FromMinutes(-4), 1000).Outcome.ClockFaults.Single();
        Assert.AreEqual(("acme", T0, T0.AddSeconds(199), 200L), (fault.TenantId, fault.Hour, fault.NoticedAt, fault.Events));
        Assert.AreEqual(new OutOfTime(20, TimeSpan.FromSeconds(179), "acme-9"), fault.Late, "four minutes, of which one is allowed, behind an event a second old");
        Assert.AreEqual(default, fault.Ahead);
        Assert.AreEqual(
            "Of the first 200 events of tenant acme in the hour from 2026-03-02 09:00Z, 20 came too late to be used (up to 3 min behind), such as acme-9: set its producers' clocks right, or let it deliver sooner.",
            fault.Explanation);
    }

    [TestMethod]
    public void A_producer_whose_clock_is_ahead_is_noticed()
    {
        var fault = TwoProducers(TimeSpan.FromHours(5), 1000).Outcome.ClockFaults.Single();
        Assert.AreEqual((new OutOfTime(20, TimeSpan.FromHours(5), "acme-9"), default), (fault.Ahead, fault.Late));
        StringAssert.Contains(fault.Explanation, "20 claim to be from the future (up to 5 h ahead)");
    }

    [TestMethod]
    public void Each_kind_has_an_example_of_its_own()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 200; i++)
        {
            var at = T0.AddSeconds(i);
            bench.Add(SomeTelemetry.Event(at.AddMinutes((i % 10) switch { 8 => 60, 9 => -10, _ => 0 }), "acme", $"acme-{i}"), at);
        }

        var fault = bench.Outcome.ClockFaults.Single();
        Assert.AreEqual((10L, "acme-8"), (fault[ClockFaultKind.Ahead].Events, fault[ClockFaultKind.Ahead].EventId));
        Assert.AreEqual((10L, "acme-9"), (fault[ClockFaultKind.Late].Events, fault[ClockFaultKind.Late].EventId));
        StringAssert.Contains(fault.Explanation, "10 came too late to be used (up to ");
        StringAssert.Contains(fault.Explanation, " and 10 claim to be from the future (up to ");
    }

    [TestMethod]
    [DataRow(90, DisplayName = "within the allowed skew")]
    [DataRow(18_000, DisplayName = "far beyond it")]
    public void A_clock_that_is_always_ahead_makes_nobody_elses_events_late(int seconds)
    {
        var bench = TwoProducers(TimeSpan.FromSeconds(seconds), 3600);
        Assert.AreEqual(0, bench.Outcome.Counters.Late);
    }

    [TestMethod]
    public void It_is_said_once_an_hour() => Assert.HasCount(3, TwoProducers(TimeSpan.FromMinutes(-4), 3 * 3600).Outcome.ClockFaults);

    [TestMethod]
    public void A_few_late_events_among_many_are_nobodys_fault()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 3000; i++) bench.Add(SomeTelemetry.Event(T0.AddSeconds(i + (i > 300 && i % 110 == 9 ? -120 : 0))), T0.AddSeconds(i));
        Assert.IsGreaterThan(20, bench.Outcome.Counters.Late);
        Assert.IsEmpty(bench.Outcome.ClockFaults);
    }

    [TestMethod]
    public void Another_tenants_clocks_say_nothing_about_this_one()
    {
        var bench = TwoProducers(TimeSpan.FromMinutes(-4), 1000, "late");
        for (var i = 0; i < 1000; i++) bench.Add(SomeTelemetry.Event(T0.AddSeconds(1000 + i), "punctual"));
        Assert.AreEqual("late", bench.Outcome.ClockFaults.Single().TenantId);
    }
}
