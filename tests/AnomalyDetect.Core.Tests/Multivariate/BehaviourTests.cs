using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Multivariate;

/// <summary>The multivariate part of <c>ml_spike</c>, under a model made by hand.</summary>
[TestClass]
public sealed class BehaviourTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;

    private static EngineOptions Options(Func<SignalOptions, SignalOptions>? change = null)
    {
        var options = SomeTelemetry.Options() with { Model = SomeModel.Create() };
        var signals = options.Detection.Signals;
        return options with { Detection = options.Detection with { Signals = change is null ? signals : change(signals) } };
    }

    private const int Day = 300; // windows, and an hour

    /// <summary>Six calls in five minutes, to two resources.</summary>
    private static IEnumerable<TelemetryEvent> Usual(string who, int window, Func<int, string>? resource = null, long bytes = 5_000) => Enumerable.Range(0, 6).Select(i =>
        Acts.Of(EventType.ApiCall, T0.AddMinutes(5 * window).AddSeconds(40 * i), who).In("DE").On("laptop").During("s1") with
        {
            Resource = TextSlice.Of(resource?.Invoke(i) ?? $"/v1/resource/{i % 2}"),
            Bytes = bytes,
        });

    private static LaneBench AfterHours(EngineOptions? options = null, int windows = 40)
    {
        var bench = new LaneBench(options ?? Options());
        for (var w = 0; w < windows; w++)
            foreach (var who in new[] { "ada", "bob" }) bench.Add(Usual(who, w));
        return bench;
    }

    private static IEnumerable<TelemetryEvent> Exfiltration(int window) => Usual("ada", window, i => $"/v1/files/{i + (100 * window)}", 3_000_000);

    [TestMethod]
    public void The_usual_number_of_calls_with_a_thousand_times_the_bytes_is_told_with_what_drove_it()
    {
        var bench = AfterHours(windows: Day).Add(Exfiltration(Day)).Add(Usual("bob", Day + 1)).Complete();
        var alert = bench.The(Signal.MlSpike);
        Assert.AreEqual((EntityKind.Principal, "ada", Severity.Medium), (alert.EntityKind, alert.PrincipalId, alert.Severity));
        Assert.AreEqual(T0.AddMinutes(5 * (Day + 1)), alert.DetectedAt);
        Assert.AreEqual(Feature.Kilobytes, alert.Contributions![0].Feature);
        Assert.AreEqual(6 * 3_000_000 / 1024.0, alert.Contributions[0].Observed, 10);
        Assert.AreEqual(29, alert.Contributions[0].Expected, 3);
        Assert.IsLessThanOrEqualTo(1.0, alert.Contributions.Sum(c => c.Share));
        StringAssert.Contains(alert.Explanation, "behaved unlike itself for 5 min: 17578 kB (usually 29");
        Assert.AreEqual(Day, alert.Baseline!.Windows);
        Assert.HasCount(2, alert.EventIds);
        Assert.IsGreaterThan(alert.Threshold, alert.Observed);
        Assert.IsEmpty(bench.Decisions, "a model's word alone enforces nothing");
    }

    [TestMethod]
    public void A_run_of_odd_windows_is_told_with_the_oddest_of_them()
    {
        var alone = AfterHours(windows: Day).Add(Exfiltration(Day)).Add(Usual("bob", Day + 1)).Complete().The(Signal.MlSpike);
        var run = AfterHours(windows: Day).Add(Exfiltration(Day)).Add(Usual("ada", Day + 1, bytes: 300_000)).Add(Usual("bob", Day + 2)).Complete().The(Signal.MlSpike);
        Assert.AreEqual(T0.AddMinutes(5 * (Day + 2)), run.WindowEnd, "the later window counts");
        Assert.IsGreaterThan(alone.Observed, run.Observed);
        Assert.AreEqual((alone.Deviation, alone.Score), (run.Deviation, run.Score));
        CollectionAssert.AreEqual(alone.Contributions!.ToList(), run.Contributions!.ToList());
        StringAssert.Contains(run.Explanation, "behaved unlike itself for 10 min: 17578 kB (usually 29");
    }

    [TestMethod]
    public void On_a_tenant_s_first_day_when_nobodys_hours_are_known_it_is_told_as_low() =>
        Assert.AreEqual(Severity.Low, AfterHours().Add(Exfiltration(40)).Add(Usual("bob", 41)).Complete().The(Signal.MlSpike).Severity);

    [TestMethod]
    public void Without_a_model_or_switched_off_there_is_nothing()
    {
        AfterHours(SomeTelemetry.Options()).Add(Exfiltration(40)).Complete().None(Signal.MlSpike);
        AfterHours(Options(s => s with { MlSpike = new MlSpikeOptions { Multivariate = false } })).Add(Exfiltration(40)).Complete().None(Signal.MlSpike);
    }

    [TestMethod]
    public void One_who_does_it_every_day_is_not_odd()
    {
        var bench = new LaneBench(Options());
        for (var w = 0; w < 40; w++) bench.Add(Exfiltration(w)).Add(Usual("bob", w));
        var before = bench.Final.Count;
        bench.Add(Exfiltration(40)).Complete();
        Assert.HasCount(before, bench.Final);
    }

    [TestMethod]
    public void A_newcomer_starts_from_the_prior_and_says_so()
    {
        var bench = AfterHours().Add(Usual("eve", 40)).Add(Usual("bob", 41)).Complete().None();
        bench = AfterHours();
        // The population of this tenant is known by then; five times as many bytes of a newcomer surprise less than of one of its own.
        bench.Add(Usual("eve", 40, bytes: 40_000)).Add(Usual("bob", 41)).Complete().None(Signal.MlSpike);
        bench = AfterHours().Add(Usual("eve", 40, i => $"/v1/files/{i}", 9_000_000_000).Select(e => e with { TargetTenant = Symbol.Create("globex"), Outcome = EventOutcome.Failure })).Add(Usual("bob", 41)).Complete();
        Assert.AreEqual(BaselineState.Learning, bench.The(Signal.MlSpike).Baseline!.State);
    }

    [TestMethod]
    public void An_attack_is_not_learned_as_usual()
    {
        var bench = AfterHours();
        for (var w = 40; w < 60; w++) bench.Add(Exfiltration(w)).Add(Usual("bob", w));
        bench.Complete();
        var alert = bench.The(Signal.MlSpike);
        Assert.AreEqual(29, alert.Contributions![0].Expected, 3);
    }

    [TestMethod]
    public void What_lasts_is_the_new_usual_in_the_end()
    {
        var bench = AfterHours(Options() with { Detection = Options().Detection with { AdoptAfter = TimeSpan.FromMinutes(30) } });
        for (var w = 40; w < 140; w++) bench.Add(Exfiltration(w)).Add(Usual("bob", w));
        for (var w = 160; w < 170; w++) bench.Add(Exfiltration(w)).Add(Usual("bob", w));
        bench.Complete();
        Assert.HasCount(1, bench.Final.Where(a => a.PrincipalId == "ada").ToList());
    }

    [TestMethod]
    public void What_another_alert_about_the_principal_tells_is_not_told_again()
    {
        var denied = Enumerable.Range(0, 12).Select(i => Acts.Of(EventType.ApiCall, T0.AddMinutes(200).AddSeconds(i), "ada") with { Outcome = EventOutcome.Denied, Reason = FailureReason.Policy });
        var bench = AfterHours().Add(denied).Add(Exfiltration(40)).Add(Usual("bob", 41)).Complete();
        bench.The(Signal.PolicyViolationBurst);
        bench.None(Signal.MlSpike);
        Assert.IsGreaterThan(0, bench.Outcome.Counters.Unreported);
    }

    [TestMethod]
    public void What_another_signal_counts_cannot_carry_it()
    {
        var failures = Enumerable.Range(0, 9).Select(i => Acts.Of(EventType.TokenValidation, T0.AddMinutes(200).AddSeconds(i), "ada").Failed(FailureReason.Expired));
        AfterHours().Add(Usual("ada", 40)).Add(failures).Add(Usual("bob", 41)).Complete().None(Signal.MlSpike);
    }

    [TestMethod]
    public void Doing_less_is_no_alert()
    {
        var bench = new LaneBench(Options());
        for (var w = 0; w < 40; w++)
            for (var n = 0; n < 20; n++) bench.Add(Usual("ada", w, i => $"/v1/files/{i + n}"));
        for (var w = 40; w < 60; w++) bench.Add(Usual("ada", w).Take(1));
        bench.Complete().None(Signal.MlSpike);
    }

    [TestMethod]
    public void It_goes_on_after_a_restart_as_if_nothing_had_been()
    {
        var bench = AfterHours().SaveAndLoad().Add(Exfiltration(40)).SaveAndLoad().Add(Usual("bob", 41)).Complete();
        var plain = AfterHours().Add(Exfiltration(40)).Add(Usual("bob", 41)).Complete();
        Assert.AreEqual(plain.The(Signal.MlSpike).Deviation, bench.The(Signal.MlSpike).Deviation);
    }

    [TestMethod]
    public void Another_model_keeps_the_means_and_another_window_begins_anew()
    {
        var other = Options() with { Model = SomeModel.Create() with { Training = SomeModel.Create().Training with { Seed = 2 } } };
        var bench = AfterHours();
        bench.Lane.Reconfigure(other);
        Assert.AreEqual(40, bench.Add(Exfiltration(40)).Add(Usual("bob", 41)).Complete().The(Signal.MlSpike).Baseline!.Windows);

        bench = AfterHours();
        bench.Lane.Reconfigure(Options() with { Model = SomeModel.Create(10) });
        bench.Add(Exfiltration(40)).Add(Usual("bob", 44)).Complete();
        foreach (var alert in bench.Final) Assert.AreEqual(BaselineState.Learning, alert.Baseline!.State);
        bench = AfterHours();
        bench.Lane.Reconfigure(SomeTelemetry.Options());
        bench.Add(Exfiltration(40)).Complete().None(Signal.MlSpike);
    }

    [TestMethod]
    public void Every_finding_names_the_model_that_made_it_also_across_a_change_of_models()
    {
        var other = SomeModel.Create() with { Training = SomeModel.Create().Training with { Seed = 2 } };
        var bench = AfterHours().Add(Usual("ada", 40, i => $"/v1/files/{i}", 300_000)).Add(Usual("bob", 41));
        bench.Lane.Reconfigure(Options() with { Model = other });
        for (var w = 41; w < 45; w++) bench.Add(Usual("ada", w, i => $"/v1/files/{i + (100 * w)}", 9_000_000_000)).Add(Usual("bob", w + 1));
        var models = bench.SaveAndLoad().Complete().The(Signal.MlSpike).Evidence.Select(f => f.Model).Distinct().ToArray();
        Assert.AreSequenceEqual(new[] { SomeModel.Create().Id(), other.Id() }, models);
    }

    [TestMethod]
    public void Features_are_collected_where_asked()
    {
        var lane = new Lane(SomeTelemetry.Options(), collectsFeatures: true);
        var outcome = new Outcome();
        var batch = new EventBatch { ObservedAt = T0.AddHours(1) };
        foreach (var e in Usual("ada", 0).Concat(Usual("bob", 1))) batch.Add(e);
        lane.Process(batch, outcome);
        lane.Complete(outcome);
        Assert.AreSequenceEqual(new[] { "ada", null, "bob", null }, outcome.Features.Select(f => f.Principal?.Text));
        Assert.AreEqual(T0.AddMinutes(5).Ticks, outcome.Features[2].Start);
        Assert.AreEqual(6, Features.Natural(Feature.ApiCalls, outcome.Features[0].Values[Feature.ApiCalls]), 0.01);
    }
}
