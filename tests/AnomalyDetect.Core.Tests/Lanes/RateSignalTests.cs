using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Lanes;

[TestClass]
public sealed class RateSignalTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;

    private static IEnumerable<TelemetryEvent> Minute(int minute, int count, EventType type = EventType.ApiCall, string? principal = null)
    {
        for (var i = 0; i < count; i++)
        {
            yield return SomeTelemetry.Event(T0.AddMinutes(minute).AddSeconds(i * 59.0 / Math.Max(1, count))) with
            {
                Type = type,
                Principal = Symbol.Create(principal ?? $"u{i}"),
            };
        }
    }

    private static LaneBench Steady(int minutes, int perMinute, EventType type = EventType.ApiCall, string? principal = null)
    {
        var bench = new LaneBench();
        // ±1 by turns: a little noise, the same every time.
        for (var m = 0; m < minutes; m++) bench.Add(Minute(m, perMinute + (m % 3) - 1, type, principal));
        return bench;
    }

    [TestMethod]
    public void A_steady_tenant_is_quiet_for_a_day() => Steady(24 * 60, 20).Complete().None();

    [TestMethod]
    public void Nothing_is_judged_before_sixty_closed_windows() =>
        Steady(59, 10).Add(Minute(59, 200)).Add(Minute(60, 10)).Add(Minute(61, 10)).Complete().None(Signal.ApiCallRate);

    [TestMethod]
    public void The_sixty_first_window_may_be_judged()
    {
        var alert = Steady(60, 10).Add(Minute(60, 200)).Add(Minute(61, 10)).Complete().Final.Single(a => a.Signal == Signal.ApiCallRate && a.EntityKind == EntityKind.Tenant);
        Assert.AreEqual(200, alert.Observed);
        Assert.AreEqual(10, alert.Expected, 0.5);
    }

    [TestMethod]
    public void Somebody_never_seen_is_held_against_the_model_s_prior_and_nothing_is_enforced_by_that()
    {
        var bench = new LaneBench(SomeTelemetry.Options() with { Model = SomeModel.Create() });
        for (var m = 0; m < 60; m++) bench.Add(Minute(m, 10 + (m % 3) - 1));
        var alert = bench.Add(Minute(60, 3_000, principal: "eve")).Add(Minute(61, 10)).Complete().Final.Single(a => a.Signal == Signal.ApiCallRate);
        Assert.AreEqual("eve", alert.PrincipalId);
        Assert.AreEqual(2, alert.Expected);
        Assert.AreEqual(Severity.Medium, alert.Severity);
        StringAssert.Contains(alert.Explanation, "hardly known yet");
        Assert.IsNotEmpty(alert.EventIds);
        Assert.IsEmpty(bench.Decisions);
    }

    /// <summary>A job of 20 min that makes so many times what the rest of its tenant makes in a minute, at its hour of the first days.</summary>
    private static LaneBench Job(int times, int days)
    {
        var bench = new LaneBench(SomeTelemetry.Options() with { Model = SomeModel.Create() });
        for (var m = 0; m < days * 24 * 60; m++)
        {
            bench.Add(Minute(m, 10 + (m % 3) - 1));
            if (m % (24 * 60) is >= 180 and < 200) bench.Add(Minute(m, 10 * times, principal: "svc-nightly-batch"));
        }

        return bench.Complete();
    }

    [TestMethod]
    [DataRow(6)]
    [DataRow(15)]
    public void A_nightly_job_of_a_tenant_not_known_yet_wakes_nobody(int times)
    {
        var alerts = Job(times, 3).Final.Where(a => a.Signal == Signal.ApiCallRate).ToList();
        Assert.IsNotEmpty(alerts, "it is told");
        Assert.IsTrue(alerts.All(a => a.Severity <= Severity.Low), string.Join('\n', alerts.Select(a => $"{a.DetectedAt:s} {a.Severity} {a.Explanation}")));
    }

    [TestMethod]
    public void More_than_a_job_may_make_is_told_on_the_first_day_too() =>
        Assert.IsTrue(Job(40, 1).Final.Any(a => a.Signal == Signal.ApiCallRate && a.Severity >= Severity.Medium));

    [TestMethod]
    public void Without_a_model_a_newcomer_is_the_tenant_s_matter() =>
        Assert.IsNull(Steady(60, 10).Add(Minute(60, 200, principal: "eve")).Add(Minute(61, 10)).Complete().Final.Single(a => a.Signal == Signal.ApiCallRate).PrincipalId);

    [TestMethod]
    [DataRow(EventType.Login, Signal.LoginRate)]
    [DataRow(EventType.ApiCall, Signal.ApiCallRate)]
    [DataRow(EventType.DelegationUse, Signal.DelegationRate)]
    public void A_window_far_above_its_baseline_fires_at_its_end(EventType type, Signal signal)
    {
        var bench = Steady(120, 10, type).Add(Minute(120, 80, type)).Add(Minute(121, 10, type)).Complete();
        var alert = bench.Final.Single(a => a.Signal == signal && a.EntityKind == EntityKind.Tenant);
        Assert.AreEqual(T0.AddMinutes(121), alert.DetectedAt);
        Assert.AreEqual((T0.AddMinutes(120), T0.AddMinutes(121)), (alert.WindowStart, alert.WindowEnd));
        Assert.AreEqual(80, alert.Observed);
        Assert.AreEqual(10, alert.Expected, 1);
        Assert.IsGreaterThan(3, alert.Deviation!.Value);
        Assert.IsNotEmpty(alert.EventIds);
        StringAssert.Contains(alert.Explanation, "above");
    }

    [TestMethod]
    public void One_principal_making_the_excess_is_the_only_alert_and_has_to_step_up_when_it_is_high()
    {
        var bench = new LaneBench();
        for (var m = 0; m < 120; m++) bench.Add(Minute(m, 5)).Add(Minute(m, 5 + (m % 3), EventType.ApiCall, "robot"));
        bench.Add(Minute(120, 5)).Add(Minute(120, 150, EventType.ApiCall, "robot")).Add(Minute(121, 5)).Complete();
        var alert = bench.The(Signal.ApiCallRate);
        Assert.AreEqual((EntityKind.Principal, "robot", Severity.High), (alert.EntityKind, alert.PrincipalId, alert.Severity));
        Assert.AreEqual((DecisionType.StepUp, "robot"), (bench.Decisions.Single().Type, bench.Decisions.Single().Value));
    }

    [TestMethod]
    public void Failed_logins_in_a_victims_name_alert_and_never_aim_at_the_victim()
    {
        var bench = new LaneBench();
        for (var m = 0; m < 120; m++) bench.Add(Minute(m, 1, EventType.Login, "victim"));
        foreach (var e in Minute(120, 100, EventType.Login, "victim"))
            bench.Add(e with { Outcome = EventOutcome.Failure, Reason = FailureReason.BadPassword });
        bench.Add(Minute(121, 1)).Complete();
        Assert.IsTrue(bench.Final.Any(a => a.Signal == Signal.LoginRate && a.Severity == Severity.High));
        Assert.IsEmpty(bench.Decisions);
    }

    [TestMethod]
    public void A_drop_is_told_and_nothing_is_decided()
    {
        var bench = Steady(120, 40).Add(Minute(120, 2)).Add(Minute(121, 40)).Complete();
        var alert = bench.The(Signal.ApiCallRate);
        Assert.IsLessThan(-3, alert.Deviation!.Value);
        Assert.IsTrue(alert.Severity <= Severity.Low);
        Assert.IsEmpty(bench.Decisions);
    }

    [TestMethod]
    public void A_spike_is_not_learned_as_normal()
    {
        var bench = Steady(120, 10).Add(Minute(120, 500)).Add(Minute(121, 10));
        bench.Add(Minute(160, 80)).Complete();
        var again = bench.Final.Last(a => a.Signal == Signal.ApiCallRate);
        Assert.IsLessThan(20, again.Expected);
    }

    [TestMethod]
    public void A_true_change_of_level_is_learned_in_the_end()
    {
        var bench = Steady(120, 10);
        for (var m = 120; m < 600; m++) bench.Add(Minute(m, 30 + (m % 3)));
        var alertsBefore = bench.Outcome.Counters.Findings[(int)Signal.ApiCallRate];
        for (var m = 600; m < 700; m++) bench.Add(Minute(m, 30 + (m % 3)));
        Assert.AreEqual(alertsBefore, bench.Outcome.Counters.Findings[(int)Signal.ApiCallRate]);
    }

    [TestMethod]
    public void After_days_of_rhythm_the_morning_is_expected()
    {
        var bench = new LaneBench();
        var start = new DateTime(2026, 3, 2, 0, 0, 0, DateTimeKind.Utc);
        for (var m = 0; m < 10 * 24 * 60; m++)
        {
            // From 3 a minute at night to 43 at noon.
            var rate = 3 + (int)(40 * Math.Max(0, Math.Sin((m % 1440 / 1440.0 * 2 - 0.5) * Math.PI)));
            if (m == 9 * 24 * 60) bench.Outcome.Clear();
            for (var i = 0; i < rate; i++) bench.Add(SomeTelemetry.Event(start.AddMinutes(m).AddSeconds(i)));
        }

        bench.Complete();
        Assert.AreEqual("", string.Join('\n', bench.Final.Where(a => a.Severity >= Severity.Low).Select(a => a.Explanation)));
    }

    [TestMethod]
    public void Silence_is_not_counted_as_zeros()
    {
        var bench = Steady(120, 20);
        // Three days of nothing, then as before.
        for (var m = 4440; m < 4560; m++) bench.Add(Minute(m, 20 + (m % 3) - 1));
        bench.Complete();
        Assert.IsEmpty(bench.Final.Where(a => a.Observed > a.Expected).Select(a => a.Explanation).ToList());
    }
}
