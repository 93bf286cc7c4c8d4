using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Multivariate;

/// <summary>A model that scores beside the champion.</summary>
[TestClass]
public sealed class ShadowTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;
    private static readonly BehaviourModel Champion = SomeModel.Create();

    /// <summary>As the champion, with another name.</summary>
    private static readonly BehaviourModel Twin = Champion with { Training = Champion.Training with { Seed = 2 } };

    private static EngineOptions Options(BehaviourModel? model, BehaviourModel? shadow) => SomeTelemetry.Options() with { Model = model, Shadow = shadow };

    private static IEnumerable<TelemetryEvent> Calls(string who, int window, long bytes = 5_000, bool elsewhere = false) => Enumerable.Range(0, 6).Select(i =>
        Acts.Of(EventType.ApiCall, T0.AddMinutes(5 * window).AddSeconds(40 * i), who).In("DE").On("laptop").During("s1") with
        {
            Resource = TextSlice.Of(elsewhere ? $"/v1/files/{i + (100 * window)}" : $"/v1/resource/{i % 2}"),
            Bytes = bytes,
        });

    private static LaneBench Ordinary(LaneBench bench, int from, int to)
    {
        for (var w = from; w < to; w++)
            foreach (var who in new[] { "ada", "bob" }) bench.Add(Calls(who, w));
        return bench;
    }

    private static LaneBench Exfiltrate(LaneBench bench, int window = 40) => bench.Add(Calls("ada", window, 3_000_000, elsewhere: true)).Add(Calls("bob", window + 1)).Complete();

    private static long Counted(LaneBench bench) => bench.Outcome.Counters.ShadowAlerts.Sum();

    [TestMethod]
    public void What_a_shadow_would_have_alerted_is_counted_and_nothing_else_comes_of_it()
    {
        var plain = Exfiltrate(Ordinary(new LaneBench(Options(Champion, null)), 0, 40));
        var shadowed = Exfiltrate(Ordinary(new LaneBench(Options(Champion, Twin)), 0, 40));
        Assert.AreSequenceEqual(plain.Final.Select(a => a.Id), shadowed.Final.Select(a => a.Id));
        Assert.AreSequenceEqual(plain.Outcome.Notifications.Select(n => n.Id), shadowed.Outcome.Notifications.Select(n => n.Id));
        Assert.AreSequenceEqual(plain.Outcome.Counters.Findings, shadowed.Outcome.Counters.Findings);
        Assert.AreEqual(0, Counted(plain));
        Assert.AreEqual(1, Counted(shadowed), "the twin of the champion would have told the same");
        Assert.AreEqual(1, shadowed.Outcome.Counters.ShadowAlerts[(int)shadowed.The(Signal.MlSpike).Severity]);
    }

    [TestMethod]
    public void A_shadow_judges_also_where_there_is_no_champion()
    {
        var bench = Exfiltrate(Ordinary(new LaneBench(Options(null, Twin)), 0, 40)).None(Signal.MlSpike);
        Assert.AreEqual(1, Counted(bench));
    }

    [TestMethod]
    public void What_another_alert_tells_the_shadow_would_not_have_told_again()
    {
        var bench = Ordinary(new LaneBench(Options(Champion, Twin)), 0, 40);
        bench.Add(Enumerable.Range(0, 12).Select(i => Acts.Of(EventType.ApiCall, T0.AddMinutes(200).AddSeconds(i), "ada") with { Outcome = EventOutcome.Denied, Reason = FailureReason.Policy }));
        Exfiltrate(bench).The(Signal.PolicyViolationBurst);
        Assert.AreEqual(0, Counted(bench));
    }

    [TestMethod]
    public void A_shadow_goes_on_after_a_restart_as_if_nothing_had_been()
    {
        var bench = Ordinary(Ordinary(new LaneBench(Options(Champion, Twin)), 0, 20).SaveAndLoad(), 20, 40).SaveAndLoad();
        Assert.AreEqual(1, Counted(Exfiltrate(bench)));
    }

    [TestMethod]
    public void A_shadow_set_later_begins_with_what_the_champion_knows_and_one_taken_away_leaves_nothing()
    {
        var bench = Ordinary(new LaneBench(Options(Champion, null)), 0, 40);
        bench.Lane.Reconfigure(Options(Champion, Twin));
        Assert.AreEqual(1, Counted(Exfiltrate(bench)));

        bench = Ordinary(new LaneBench(Options(Champion, Twin)), 0, 40);
        bench.Lane.Reconfigure(Options(Champion, null));
        Assert.AreEqual(0, Counted(Exfiltrate(bench)));
        Assert.HasCount(1, bench.Final.Where(a => a.Signal == Signal.MlSpike).ToList(), "the champion went on");
        Assert.AreEqual(Options(Champion, null).Version(), bench.Lane.Options.Version());
    }

    [TestMethod]
    public void A_shadow_with_other_windows_is_closed_at_its_own_times()
    {
        var bench = Ordinary(new LaneBench(Options(Champion, SomeModel.Create(10))), 0, 40);
        Exfiltrate(bench, 41);
        Assert.AreEqual(1, Counted(bench));
        bench.The(Signal.MlSpike);
    }
}
