using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.TimeSeries;
using AnomalyDetect.Core.TimeSeries.Ensemble;

namespace AnomalyDetect.Core.Tests.TimeSeries.Ensemble;

[TestClass]
public sealed class SeriesEnsembleTests
{
    private static readonly DateTime T0 = new(2026, 1, 5, 0, 0, 0, DateTimeKind.Utc);

    private static double Noise(int i) => ((i * 2654435761L) % 1009) / 1009.0;

    private static List<int> Alerts(int points, Func<int, double> value, TimeSpan step, SeriesEnsembleOptions? options = null)
    {
        var ensemble = new SeriesEnsemble(options ?? new SeriesEnsembleOptions());
        return [.. Enumerable.Range(0, points).Where(i => ensemble.Score(T0 + (i * step), value(i)) >= 0.5)];
    }

    [TestMethod]
    public void A_constant_series_is_silent() => Assert.IsEmpty(Alerts(2000, _ => 7, TimeSpan.FromMinutes(5)));

    [TestMethod]
    public void The_first_other_value_in_a_constant_series_is_an_alert() =>
        CollectionAssert.AreEqual(new[] { 1500 }, Alerts(2000, i => i == 1500 ? 8 : 7, TimeSpan.FromMinutes(5)));

    [TestMethod]
    public void A_change_of_level_is_told_once_and_rests() =>
        CollectionAssert.AreEqual(new[] { 1500 }, Alerts(1640, i => 100 + (10 * Noise(i)) + (i >= 1500 ? 60 : 0), TimeSpan.FromMinutes(5)));

    [TestMethod]
    public void A_days_shape_that_comes_back_is_no_news()
    {
        var daily = Alerts(20 * 288, i => 100 + (80 * Math.Sin(2 * Math.PI * i / 288)) + (5 * Noise(i)), TimeSpan.FromMinutes(5));
        Assert.IsEmpty(daily.Where(i => i > 3 * 288).ToList());
    }

    [TestMethod]
    public void A_busy_noon_at_midnight_is_news()
    {
        static double Day(int i) => 100 + (80 * Math.Sin(2 * Math.PI * i / 288)) + (2 * Noise(i));
        // Three hours of a usual height at an unusual time.
        var found = Alerts(16 * 288, i => i is >= (15 * 288) + 200 and < (15 * 288) + 236 ? 170 : Day(i), TimeSpan.FromMinutes(5));
        Assert.IsTrue(found.Exists(i => i is >= (15 * 288) + 200 and < (15 * 288) + 236), string.Join(", ", found));
    }

    [TestMethod]
    public void Two_points_and_none_are_too_few_to_say_anything()
    {
        Assert.IsEmpty(Alerts(2, i => i * 1e6, TimeSpan.FromMinutes(5)));
        Assert.IsEmpty(Alerts(0, i => i, TimeSpan.FromMinutes(5)));
    }

    [TestMethod]
    public void It_keeps_within_six_kilobytes()
    {
        ISeriesDetector ensemble = new SeriesEnsemble(new SeriesEnsembleOptions());
        Assert.IsLessThan(6 * 1024, ensemble.Bytes);
    }

    [TestMethod]
    public void A_series_goes_on_under_another_threshold_and_not_under_another_memory()
    {
        ISeriesDetector before = new SeriesEnsemble(new SeriesEnsembleOptions());
        var writer = new StateWriter();
        for (var i = 0; i < 300; i++) before.Observe(i * TimeSpan.TicksPerMinute * 5, i % 12);
        before.Save(writer);
        ISeriesDetector after = new SeriesEnsemble(new SeriesEnsembleOptions { Threshold = 2.6, Margin = 0.04, Rest = TimeSpan.FromHours(1) });
        var reader = new StateReader(writer.Written);
        after.Load(ref reader);
        var now = after.Observe(300 * TimeSpan.TicksPerMinute * 5, 30);
        Assert.IsTrue(now.Alert, "it knows what is usual");
        Assert.IsFalse(after.Observe(301 * TimeSpan.TicksPerMinute * 5, 5).Alert);

        ISeriesDetector other = new SeriesEnsemble(new SeriesEnsembleOptions { LongMemory = 500 });
        Assert.ThrowsExactly<InvalidDataException>(() =>
        {
            var again = new StateReader(writer.Written);
            other.Load(ref again);
        });
    }

    [TestMethod]
    public void Options_out_of_range_are_all_named()
    {
        var errors = SeriesOptionsValidator.Validate(new SeriesEnsembleOptions
        {
            WarmUp = 1, Margin = 0, Threshold = double.NaN, Rest = TimeSpan.FromDays(31), LongMemory = 1, ShortMemory = 1, LikelihoodSigmas = 0,
        });
        Assert.HasCount(7, errors);
    }
}
