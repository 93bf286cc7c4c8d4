using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Baselines;

[TestClass]
public sealed class MinuteJudgeTests
{
    private static readonly DateTime Start = SomeTelemetry.Monday.Date;

    /// <summary>Calls in a minute: more by day, and never two minutes the same.</summary>
    private static int Calls(int minute) => 20 + (int)(15 * Math.Sin(2 * Math.PI * minute / 1440)) + (minute * 7 % 11);

    [TestMethod]
    public void It_expects_what_the_lane_expected_before_its_alert()
    {
        const int Surge = 2000;
        var (judge, judged) = (new MinuteJudge(), new List<JudgedMinute>());
        var (lane, outcome) = (new Lane(SomeTelemetry.Options()), new Outcome());
        for (var minute = 0; minute <= Surge; minute++)
        {
            var (at, count) = (Start.AddMinutes(minute), minute == Surge ? 400 : Calls(minute));
            judged.Add(judge.Next(at, count));
            var batch = new EventBatch(1) { ObservedAt = at };
            batch.Add(SomeTelemetry.Event(at) with { Count = count });
            lane.Process(batch, outcome);
        }

        lane.Advance(Start.AddMinutes(Surge + 5), outcome);
        var alert = outcome.Alerts.Last(a => a.Signal == Signal.ApiCallRate && a.DetectedAt == Start.AddMinutes(Surge + 1));
        CollectionAssert.AreEqual(judged.TakeLast(60).Select(m => Math.Round(m.Expected, 1)).ToArray(), alert.Series!.Expected.ToArray());
        Assert.AreEqual(judged[^1].Expected, alert.Expected, 0.06);
        Assert.AreEqual(judged[^1].Deviation, alert.Deviation!.Value, 0.06);
        Assert.IsTrue(judged[^1].IsBeyond);
        Assert.IsFalse(judged[^2].IsBeyond);
    }

    [TestMethod]
    public void The_band_is_where_the_deviation_reaches_its_sigmas()
    {
        var judge = new MinuteJudge(sigmas: 4);
        for (var minute = 0; minute < 3000; minute++)
        {
            // A surge, a lull, and each time what is just within the band.
            var count = minute % 500 == 499 ? 300 : minute % 500 == 250 ? 0 : Calls(minute);
            var judged = judge.Next(Start.AddMinutes(minute), count);
            if (minute < 60) continue;
            Assert.IsTrue(judged.Lower >= 0 && judged.Lower <= judged.Expected && judged.Expected < judged.Upper, $"{judged}");
            if (Math.Abs(Math.Abs(judged.Deviation) - 4) < 0.1) continue; // counts are whole, the band is not
            Assert.AreEqual(judged.Deviation > 4 || (judged.Deviation < -4 && judged.Lower > 0), judged.IsBeyond, $"{judged}");
        }
    }

    [TestMethod]
    public void A_minute_s_seconds_are_of_no_account()
    {
        var (judge, late) = (new MinuteJudge(), new MinuteJudge());
        for (var minute = 0; minute < 100; minute++)
            Assert.AreEqual(judge.Next(Start.AddMinutes(minute), Calls(minute)), late.Next(Start.AddMinutes(minute).AddSeconds(59), Calls(minute)));
        Assert.AreEqual(judge.Level, late.Level);
    }
}
