using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Lanes;

[TestClass]
public sealed class LaneTimeTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;

    [TestMethod]
    public void An_event_behind_the_watermark_is_counted_and_not_used()
    {
        var bench = new LaneBench().Add(SomeTelemetry.Event(T0)).Add(SomeTelemetry.Event(T0.AddSeconds(-60))).Add(SomeTelemetry.Event(T0.AddSeconds(-61)));
        Assert.AreEqual(1, bench.Outcome.Counters.Late);
    }

    [TestMethod]
    public void A_clock_far_ahead_does_not_make_the_others_late()
    {
        var bench = new LaneBench().Add(SomeTelemetry.Event(T0), T0).Add(SomeTelemetry.Event(T0.AddHours(5)), T0).Add(SomeTelemetry.Event(T0.AddSeconds(70)), T0.AddSeconds(70));
        Assert.AreEqual(1, bench.Outcome.Counters.Skewed);
        Assert.AreEqual(0, bench.Outcome.Counters.Late);
    }

    [TestMethod]
    public void A_tenant_that_is_always_late_is_never_late()
    {
        // Telemetry a constant ten minutes old, in bursts every 50 s.
        var bench = new LaneBench();
        for (var s = 0; s < 3600; s++)
        {
            var delivered = T0.AddMinutes(10).AddSeconds(s / 50 * 50);
            bench.Add(SomeTelemetry.Event(T0.AddSeconds(s)), delivered);
        }

        Assert.AreEqual(0, bench.Outcome.Counters.Late);
    }

    [TestMethod]
    public void Another_tenants_time_closes_the_windows_of_an_idle_one()
    {
        var bench = new LaneBench();
        for (var m = 0; m < 61; m++)
            for (var i = 0; i < (m == 60 ? 100 : 5); i++) bench.Add(SomeTelemetry.Event(T0.AddMinutes(m).AddSeconds(i / 4.0), "idle"));
        bench.None();
        for (var m = 61; m < 66; m++) bench.Add(SomeTelemetry.Event(T0.AddMinutes(m), "busy"));
        Assert.AreEqual("idle", bench.The(Signal.ApiCallRate).TenantId);
    }

    [TestMethod]
    public void Windows_still_open_at_the_end_of_a_file_are_closed_if_they_have_ended()
    {
        var bench = new LaneBench();
        for (var m = 0; m < 62; m++)
            for (var i = 0; i < (m == 60 ? 100 : 5); i++) bench.Add(SomeTelemetry.Event(T0.AddMinutes(m).AddSeconds(i / 4.0)));
        bench.None();
        bench.Complete().The(Signal.ApiCallRate);
    }
}
