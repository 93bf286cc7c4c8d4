using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Multivariate;

[TestClass]
public sealed class HistoryJudgeTests
{
    private static readonly Symbol Acme = Symbol.Create("acme"), Ada = Symbol.Create("ada");

    /// <summary>Two days of one person's half-hearted work, with a theft of many objects where asked.</summary>
    private static List<FeatureRow> Rows(int theftAt = -1, int length = 6)
    {
        var dice = new Random(4);
        var rows = new List<FeatureRow>();
        for (var w = 0; w < 2 * 288; w++)
        {
            var theft = w >= theftAt && w < theftAt + length && theftAt >= 0;
            var values = default(FeatureVector);
            values[Feature.ApiCalls] = (float)Math.Log(1 + 5 + dice.Next(3));
            values[Feature.Kilobytes] = (float)Math.Log(1 + 25 + dice.Next(12) + (theft ? 9_000 : 0));
            values[Feature.Resources] = (float)Math.Log(1 + 2 + (theft ? 300 : 0));
            values[Feature.CrossTenantCalls] = theft ? (float)Math.Log(1 + 4) : 0;
            foreach (var one in new[] { Feature.Networks, Feature.Countries, Feature.Devices, Feature.Sessions }) values[one] = (float)Math.Log(2);
            var start = SomeTelemetry.Monday.AddMinutes(5 * w).Ticks;
            rows.Add(new FeatureRow(Acme, Ada, start, values));
            values[Feature.Principals] = (float)Math.Log(2);
            rows.Add(new FeatureRow(Acme, null, start, values));
        }

        return rows;
    }

    private static List<(FeatureRow Row, JudgedWindow Judged)> Judge(List<FeatureRow> rows)
    {
        var judge = new HistoryJudge(SomeModel.Create(), new DetectionOptions().Signals.Budget);
        return [.. rows.Select(r => (r, judge.Next(r)))];
    }

    [TestMethod]
    public void Ordinary_windows_raise_nothing_and_a_theft_raises_one_alert_of_medium_at_most()
    {
        Assert.IsTrue(Judge(Rows()).TrueForAll(j => j.Judged.Severity is null));
        var judged = Judge(Rows(theftAt: 400));
        var alerts = judged.Where(j => j.Judged.Severity is not null).ToList();
        Assert.IsTrue(alerts.TrueForAll(a => a.Judged.Severity is Severity.Low or Severity.Medium));
        Assert.HasCount(1, alerts.Where(a => a.Judged.Severity == Severity.Medium));
        var start = SomeTelemetry.Monday.AddMinutes(5 * 400).Ticks;
        Assert.AreEqual((Ada, start), (alerts[0].Row.Principal, alerts[0].Row.Start));
    }

    [TestMethod]
    public void What_is_odd_is_rare_by_the_tail_and_what_is_not_has_no_probability_to_speak_of()
    {
        var judged = Judge(Rows(theftAt: 400));
        var first = judged.Find(j => j.Row.Principal is not null && j.Row.Start == SomeTelemetry.Monday.AddMinutes(5 * 400).Ticks).Judged;
        Assert.IsTrue(first.IsKnown);
        Assert.IsLessThan(1e-4, first.Probability);
        Assert.IsGreaterThan(0.99, judged.Take(700).Count(j => j.Judged.Probability == 1) / 700.0);
    }

    [TestMethod]
    public void The_same_lane_over_the_same_windows_finds_the_same()
    {
        // By events: the lane collects the rows that the judge then goes over.
        var model = SomeModel.Create();
        var lane = new Lane(SomeTelemetry.Options() with { Model = model }, collectsFeatures: true);
        var outcome = new Outcome();
        var dice = new Random(4);
        for (var minute = 0; minute < 2 * 24 * 60; minute++)
        {
            var batch = new EventBatch();
            var theft = minute is >= 2000 and < 2030;
            for (var k = 0; k < 1 + dice.Next(2); k++)
            {
                var e = SomeTelemetry.Event(SomeTelemetry.Monday.AddMinutes(minute).AddMilliseconds(900 * k));
                (e.Principal, e.Bytes, e.TargetTenant, e.Resource) = (Ada, theft ? 3_000_000 : 4_000, theft ? Symbol.Create("globex") : null, TextSlice.Of(theft ? $"/orders/{minute}-{k}" : $"/orders/{dice.Next(3)}"));
                batch.Add(e);
            }

            batch.ObservedAt = SomeTelemetry.Monday.AddMinutes(minute + 1);
            lane.Process(batch, outcome);
        }

        lane.Complete(outcome);
        var alert = outcome.Alerts.First(a => a.Signal == Signal.MlSpike && a.PrincipalId == "ada" && a.Contributions is { Count: > 0 });
        var judge = new HistoryJudge(model, new DetectionOptions().Signals.Budget);
        var raised = outcome.Features.Where(r => judge.Next(r).Severity is not null && r.Principal is not null).ToList();
        Assert.AreEqual(alert.DetectedAt.Ticks, raised[0].Start + (5 * TimeSpan.TicksPerMinute), 5 * TimeSpan.TicksPerMinute, "or a window sooner: other detectors' alerts are not in the rows");
    }
}
