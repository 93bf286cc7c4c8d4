using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Detectors;

/// <summary><c>ml_spike</c> of single principals by their own series. The rates are off, for they would tell the larger changes first.</summary>
[TestClass]
public sealed class BusiestPrincipalsTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;

    private static EngineOptions Options(int busiest = 16)
    {
        var options = SomeTelemetry.Options();
        return options with
        {
            Detection = options.Detection with
            {
                Signals = new SignalOptions
                {
                    MlSpike = new MlSpikeOptions { BusiestPrincipals = busiest }, ApiCallRate = new RateOptions { Enabled = false }, TelemetrySilence = new SilenceOptions { Enabled = false },
                },
            },
        };
    }

    private static TelemetryEvent Calls(double minute, string who, int count) => Acts.Of(EventType.ApiCall, T0.AddMinutes(minute).AddSeconds(30), who) with { Count = count };

    /// <summary>Two services, 40 to 44 calls a minute each, among hundreds of a third whose noise hides them in the tenant's sum.</summary>
    private static IEnumerable<TelemetryEvent> Services(int from, int to, double times = 1)
    {
        for (var m = from; m < to; m++)
        {
            yield return Calls(m, "sync", (int)(times * (40 + (m % 5))));
            yield return Calls(m, "mail", 40 + (m * 3 % 5));
            yield return Calls(m, "bulk", 3_000 + (m * 797 % 1_499));
        }
    }

    private static IEnumerable<Alert> Told(LaneBench bench) => bench.Complete().Final.Where(a => a.Signal == Signal.MlSpike && a.EntityKind == EntityKind.Principal);

    [TestMethod]
    public void A_service_that_does_twice_its_usual_is_told_though_the_tenant_s_sum_is_as_ever()
    {
        var bench = new LaneBench(Options()).Add(Services(0, 1_500)).Add(Services(1_500, 1_530, 2));
        var alert = Told(bench).Single();
        Assert.AreEqual(("sync", T0.AddMinutes(1_505)), (alert.PrincipalId, alert.DetectedAt));
        Assert.AreEqual(420, alert.Observed);
        Assert.AreEqual(210, alert.Expected, 1);
        StringAssert.Contains(alert.Explanation, "Principal sync of tenant acme had 420 API calls in 5 min, where 210 are expected: out of the pattern of its own past");
        Assert.IsEmpty(bench.Decisions);
    }

    [TestMethod]
    public void Its_alert_names_events_of_the_principal_where_windows_of_features_are_kept()
    {
        var bench = new LaneBench(Options() with { Model = SomeModel.Create() });
        var events = Services(0, 1_500).Concat(Services(1_500, 1_530, 2)).Select((e, i) => e with { Id = TextSlice.Of($"{e.Principal!.Text}-{i}") });
        var alert = Told(bench.Add(events)).First(a => a.PrincipalId == "sync");
        Assert.IsNotEmpty(alert.EventIds);
        Assert.IsTrue(alert.EventIds.All(id => id.StartsWith("sync-", StringComparison.Ordinal)), string.Join(' ', alert.EventIds));
    }

    [TestMethod]
    public void As_every_day_it_is_quiet() => Assert.IsEmpty(Told(new LaneBench(Options()).Add(Services(0, 1_600))));

    [TestMethod]
    public void Without_places_nothing_is_told() => Assert.IsEmpty(Told(new LaneBench(Options(0)).Add(Services(0, 1_500)).Add(Services(1_500, 1_530, 2))));

    [TestMethod]
    public void Bursts_of_many_names_take_nobody_s_place()
    {
        var bench = new LaneBench(Options(3)).Add(Services(0, 900));
        for (var m = 900; m < 1_500; m++) bench.Add(Services(m, m + 1)).Add(Enumerable.Range(0, 5).Select(i => Calls(m, $"flood{(m / 20) + (i * 1_000)}", 10_000)));
        Assert.IsTrue(Told(bench.Add(Services(1_500, 1_530, 2))).Any(a => a.PrincipalId == "sync"));
    }

    [TestMethod]
    public void Whoever_is_busy_for_longer_takes_the_place()
    {
        var bench = new LaneBench(Options(1));
        for (var m = 0; m < 3_000; m++)
        {
            if (m < 120) bench.Add(Calls(m, "once", 500));
            bench.Add(Calls(m, "sync", m < 2_970 ? 40 + (m % 5) : 120)).Add(Calls(m, "people", 5));
        }

        CollectionAssert.AreEqual(new[] { "sync" }, Told(bench).Select(a => a.PrincipalId).ToArray());
    }

    [TestMethod]
    public void It_goes_on_after_a_restart_as_if_nothing_had_been()
    {
        var events = Services(0, 1_500).Concat(Services(1_500, 1_530, 2)).ToList();
        var (through, restarted) = (new LaneBench(Options()).Add(events), new LaneBench(Options()));
        foreach (var part in events.Chunk(997)) restarted.Add(part).SaveAndLoad();
        CollectionAssert.AreEqual(Told(through).Select(a => a.Explanation).ToArray(), Told(restarted).Select(a => a.Explanation).ToArray());
    }
}
