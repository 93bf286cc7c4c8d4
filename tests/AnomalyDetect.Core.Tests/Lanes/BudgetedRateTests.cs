using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Lanes;

/// <summary>The rates under the budget of false alerts: what alerts again, what stops, and what is learned meanwhile.</summary>
[TestClass]
public sealed class BudgetedRateTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;

    private static TelemetryEvent Calls(double minute, string who, int count) =>
        SomeTelemetry.Event(T0.AddMinutes(minute)) with { Principal = Symbol.Create(who), Count = count };

    /// <summary>Ten people at 4 to 6 calls a minute; in one minute some of them at more.</summary>
    private static LaneBench Crowd(int minutes, int at = -1, int rising = 0, int count = 0)
    {
        var bench = new LaneBench();
        for (var m = 0; m < minutes; m++)
            for (var p = 0; p < 10; p++) bench.Add(Calls(m, $"u{p}", m == at && p < rising ? count : 4 + ((m + p) % 3)));
        return bench.Complete();
    }

    private static List<Severity> Risen(LaneBench bench) =>
        [.. bench.Final.Where(a => a.Signal == Signal.ApiCallRate && a.EntityKind == EntityKind.Principal).Select(a => a.Severity)];

    [TestMethod]
    public void No_window_is_judged_by_a_tail_that_learned_from_it()
    {
        // The smallest burst that is of medium severity when it comes alone is so when five come in the same minute.
        var least = Enumerable.Range(12, 60).First(count => Risen(Crowd(125, 120, 1, count)).Any(s => s >= Severity.Medium));
        var together = Risen(Crowd(125, 120, 5, least + 2));
        Assert.HasCount(5, together);
        Assert.IsTrue(together.All(s => s >= Severity.Medium));
    }

    [TestMethod]
    public void A_second_attack_is_found_at_the_same_severity()
    {
        var bench = new LaneBench();
        for (var m = 0; m < 240; m++)
            for (var p = 0; p < 10; p++) bench.Add(Calls(m, $"u{p}", p == 0 && m is 120 or 200 ? 400 : 4 + ((m + p) % 3)));
        var found = Risen(bench.Complete());
        Assert.HasCount(2, found);
        Assert.AreEqual(found[0], found[1]);
        Assert.AreEqual(Severity.High, found[1]);
    }

    [TestMethod]
    public void What_comes_back_daily_stops_alerting()
    {
        var bench = new LaneBench();
        for (var day = 0; day < 9; day++)
        {
            if (day == 5) bench.Outcome.Clear();
            for (var m = 0; m < 1440; m++)
            {
                bench.Add(Calls((day * 1440) + m, $"u{m % 5}", 9 + (m % 3)));
                if (m is >= 900 and < 905) bench.Add(Calls((day * 1440) + m + 0.1, "nightly", 200));
            }

            if (day == 1) Assert.IsTrue(bench.Final.Any(a => a.Signal == Signal.ApiCallRate && a.Severity >= Severity.Low));
        }

        Assert.AreEqual("", string.Join('\n', bench.Complete().Final.Where(a => a.Severity >= Severity.Low).Select(a => a.Explanation)));
    }

    [TestMethod]
    public void Under_an_open_alert_nothing_is_learned_and_after_its_time_it_is_the_new_normal()
    {
        var options = SomeTelemetry.Options();
        options = options with { Detection = options.Detection with { AdoptAfter = TimeSpan.FromHours(2) } };
        var bench = new LaneBench(options);
        void Level(int from, int to, int each)
        {
            for (var m = from; m < to; m++)
                for (var p = 0; p < 20; p++) bench.Add(Calls(m, $"u{p}", each));
        }

        Level(0, 180, 1);
        Level(180, 290, 10);
        var held = bench.Final.Last(a => a is { Signal: Signal.ApiCallRate, EntityKind: EntityKind.Tenant });
        Assert.IsTrue(held.Severity >= Severity.Medium);
        var findings = bench.Outcome.Counters.Findings[(int)Signal.ApiCallRate];
        Level(290, 295, 10);
        Assert.IsGreaterThan(findings, bench.Outcome.Counters.Findings[(int)Signal.ApiCallRate]);
        Assert.AreEqual(20, held.Expected, 3);

        Level(295, 900, 10);
        findings = bench.Outcome.Counters.Findings[(int)Signal.ApiCallRate];
        Level(900, 1000, 10);
        Assert.AreEqual(findings, bench.Outcome.Counters.Findings[(int)Signal.ApiCallRate]);
    }

    private const int Day = 24 * 60;

    /// <summary>What the alerts about one of ten people came to, who is at three times the usual for some minutes, every day from a minute on.</summary>
    private static int WorstOfSpell(int from, int length, int days)
    {
        var bench = new LaneBench();
        for (var m = 0; m < days * Day; m++)
            for (var p = 0; p < 10; p++) bench.Add(Calls(m, $"u{p}", (p == 0 && m >= from && (m - from) % Day < length ? 16 : 4) + ((m + p) % 3)));
        return (int)Risen(bench.Complete()).Append(Severity.Info).Max();
    }

    [TestMethod]
    public void A_spell_of_busy_minutes_says_more_than_any_of_them()
    {
        // A minute at three times the usual says little; half an hour of them does.
        var from = (Day * 3 / 2) + 60;
        Assert.IsGreaterThan(WorstOfSpell(from, 1, 2), WorstOfSpell(from, 30, 2));
    }

    [TestMethod]
    [DataRow(200, DisplayName = "from the first day on")]
    [DataRow(30, DisplayName = "before anybody is known")]
    public void What_a_service_does_every_night_says_no_more_than_its_minutes(int from) => Assert.IsLessThanOrEqualTo(WorstOfSpell(from, 1, 3), WorstOfSpell(from, 30, 3));
}
