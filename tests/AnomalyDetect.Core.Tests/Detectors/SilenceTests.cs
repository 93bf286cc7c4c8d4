using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Detectors;

[TestClass]
public sealed class SilenceTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;

    /// <summary>As many calls each minute.</summary>
    private static LaneBench Busy(double minutes, int perMinute = 4, LaneBench? bench = null, double from = 0)
    {
        bench ??= new LaneBench();
        for (var m = from; m < from + minutes; m++) bench.Add(SomeTelemetry.Event(T0.AddMinutes(m)) with { Count = perMinute });
        return bench;
    }

    private static TimeSpan UntilTold(double busyMinutes)
    {
        var from = T0.AddMinutes(busyMinutes);
        return Busy(busyMinutes).Wait(from, TimeSpan.FromHours(6)).The(Signal.TelemetrySilence).DetectedAt - from;
    }

    [TestMethod]
    public void Silence_is_told_once_and_nothing_is_decided()
    {
        var bench = Busy(90).Wait(T0.AddMinutes(90), TimeSpan.FromHours(40));
        var alert = bench.The(Signal.TelemetrySilence);
        Assert.AreEqual((EntityKind.Tenant, Severity.Medium), (alert.EntityKind, alert.Severity));
        Assert.IsLessThan(12, alert.Revision);
        Assert.AreEqual(0, bench.Lane.Statistics.OpenAlerts);
        Assert.IsEmpty(bench.Decisions);
    }

    [TestMethod]
    public void It_ends_when_telemetry_comes_again_and_the_next_is_another_alert()
    {
        var bench = Busy(90).Wait(T0.AddMinutes(90), TimeSpan.FromMinutes(60));
        Busy(90, bench: bench, from: 150).Wait(T0.AddMinutes(240), TimeSpan.FromMinutes(60));
        Assert.HasCount(2, bench.Final.Where(a => a is { Signal: Signal.TelemetrySilence, TenantId: "acme" }).ToList());
    }

    [TestMethod]
    [DataRow(false, DisplayName = "alone")]
    [DataRow(true, DisplayName = "beside a tenant that is heard of meanwhile")]
    public void The_same_minutes_of_the_day_after_an_outage_are_as_ever(bool beside)
    {
        var bench = new LaneBench();
        var (day, outage) = (T0.Date, T0.Date.AddHours(25));
        for (var m = 0; m < 50 * 60; m++)
        {
            var at = day.AddMinutes(m);
            if (beside) bench.Add(Acts.Of(EventType.ApiCall, at, "svc") with { Tenant = Symbol.Create("initech") });
            if (at < outage || at >= outage.AddMinutes(70)) bench.Add(Acts.Of(EventType.ApiCall, at, "svc").Into("globex") with { Count = 30 });
        }

        bench.The(Signal.TelemetrySilence);
        Assert.IsEmpty(bench.Final.Where(a => a.Signal == Signal.CrossTenantApiSpike && a.DetectedAt >= outage).Select(a => a.Explanation).ToList());
        Assert.IsEmpty(bench.Decisions);
    }

    [TestMethod]
    public void Never_sooner_than_ten_minutes() => Busy(90, 500).Wait(T0.AddMinutes(90), TimeSpan.FromMinutes(10)).None(Signal.TelemetrySilence);

    [TestMethod]
    public void Before_the_night_has_been_seen_it_takes_longer()
    {
        var known = UntilTold(8 * 1440);
        Assert.AreEqual(10, known.TotalMinutes, 1);
        Assert.IsGreaterThan(known, UntilTold(120));
    }

    [TestMethod]
    public void In_an_hour_of_the_week_never_seen_it_takes_longer_and_the_more_so_after_an_hour_that_was_unlike_other_days()
    {
        TimeSpan Told(int perMinute)
        {
            var from = T0.AddDays(3).AddHours(2);
            return Busy(120, perMinute, Busy(3 * 1440, 8), 3 * 1440).Wait(from, TimeSpan.FromHours(6)).The(Signal.TelemetrySilence).DetectedAt - from;
        }

        var (asOnOtherDays, asOnNone) = (Told(8), Told(1));
        Assert.IsGreaterThanOrEqualTo(10, asOnOtherDays.TotalMinutes);
        Assert.IsLessThanOrEqualTo(15, asOnOtherDays.TotalMinutes);
        Assert.IsGreaterThan(2 * asOnOtherDays, asOnNone);
    }

    [TestMethod]
    public void A_heartbeat_is_not_silence()
    {
        var bench = Busy(90);
        for (var m = 90; m < 400; m += 5) bench.Add(SomeTelemetry.Event(T0.AddMinutes(m)) with { Internal = true });
        bench.None(Signal.TelemetrySilence);
    }

    [TestMethod]
    public void Denials_of_ours_are_a_sign_of_life()
    {
        var bench = Busy(90);
        for (var m = 90; m < 400; m += 5)
            bench.Add(SomeTelemetry.Event(T0.AddMinutes(m)) with { Outcome = EventOutcome.Denied, DecisionId = TextSlice.Of("d1") });
        bench.None(Signal.TelemetrySilence);
    }

    [TestMethod]
    public void Who_is_heard_of_twice_a_day_is_not_missed_in_between()
    {
        var bench = new LaneBench();
        for (var day = 0; day < 30; day++)
            bench.Add(SomeTelemetry.Event(T0.AddDays(day))).Add(SomeTelemetry.Event(T0.AddDays(day).AddHours(5)));
        bench.None();
    }

    [TestMethod]
    public void A_new_tenant_is_not_missed() => Busy(30, 50).Wait(T0.AddMinutes(30), TimeSpan.FromHours(30)).None(Signal.TelemetrySilence);

    [TestMethod]
    public void Switched_off_it_says_nothing()
    {
        var options = SomeTelemetry.Options();
        options = options with { Detection = options.Detection with { Signals = new SignalOptions { TelemetrySilence = new() { Enabled = false } } } };
        Busy(90, bench: new LaneBench(options)).Wait(T0.AddMinutes(90), TimeSpan.FromHours(5)).None();
    }
}
