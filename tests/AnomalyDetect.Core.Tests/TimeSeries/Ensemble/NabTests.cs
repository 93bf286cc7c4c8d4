using AnomalyDetect.Core.TimeSeries.Ensemble;

namespace AnomalyDetect.Core.Tests.TimeSeries.Ensemble;

/// <summary>The ensemble on half of the Numenta Anomaly Benchmark, as it ships.</summary>
[TestClass]
public sealed class NabTests
{
    private static readonly Lazy<IReadOnlyList<(NabSeries Series, double[] Scores)>> Runs = new(() => [.. NabSeries.All.Select(s => (s, Run(s)))]);

    public TestContext TestContext { get; set; } = null!;

    private static double[] Run(NabSeries series)
    {
        var ensemble = new SeriesEnsemble(new SeriesEnsembleOptions());
        return [.. series.Values.Select((value, i) => ensemble.Score(series.Times[i], value))];
    }

    [TestMethod]
    public void The_half_is_whole()
    {
        Assert.HasCount(29, NabSeries.All);
        Assert.IsTrue(NabSeries.All.All(s => s.Values.Count > 1000));
    }

    [TestMethod]
    public void The_scorer_gives_nothing_for_nothing_and_everything_for_everything()
    {
        Assert.AreEqual(0, NabSeries.Score([.. NabSeries.All.Select(s => (s, new double[s.Values.Count]))], 0.5), 1e-9);
        Assert.IsLessThan(0, NabSeries.Score([.. NabSeries.All.Select(s => (s, Enumerable.Repeat(1.0, s.Values.Count).ToArray()))], 0.5));
    }

    [TestMethod]
    public void The_defaults_reach_72_at_the_threshold_they_ship_with()
    {
        var score = NabSeries.Score(Runs.Value, 0.5);
        TestContext.WriteLine($"NAB, standard profile, threshold 0.5: {score:F1}");
        Assert.IsGreaterThan(72, score);
    }

    [TestMethod]
    public void No_default_stands_on_a_peak()
    {
        var defaults = new SeriesEnsembleOptions();
        SeriesEnsembleOptions[] moved =
        [
            defaults with { Margin = 0.016 }, defaults with { Margin = 0.025 }, defaults with { Threshold = 1.0 }, defaults with { Threshold = 1.4 },
            defaults with { Rest = TimeSpan.FromHours(9) }, defaults with { Rest = TimeSpan.FromHours(15) }, defaults with { LongMemory = 750 }, defaults with { LongMemory = 1250 },
            defaults with { ShortMemory = 8 }, defaults with { ShortMemory = 12 }, defaults with { WarmUp = 75 }, defaults with { WarmUp = 125 },
        ];
        foreach (var options in moved)
        {
            var runs = NabSeries.All.Select(s =>
            {
                var ensemble = new SeriesEnsemble(options);
                return (s, s.Values.Select((value, i) => ensemble.Score(s.Times[i], value)).ToArray());
            });
            var score = NabSeries.Score([.. runs], 0.5);
            TestContext.WriteLine($"{score:F1} with {options}");
            Assert.IsGreaterThan(68, score, options.ToString());
        }
    }
}
