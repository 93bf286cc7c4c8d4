using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.TimeSeries;
using AnomalyDetect.Core.TimeSeries.Ensemble;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.TimeSeries;

/// <summary>What every <see cref="ISeriesDetector"/> promises. A further one takes a line in <see cref="Makers"/>.</summary>
[TestClass]
public sealed class SeriesDetectorContract
{
    private const string Ensemble = "SeriesEnsemble";

    /// <summary>Each with a history short enough to be full, and past its training, within 120 points.</summary>
    private static readonly Dictionary<string, Func<ISeriesDetector>> Makers = new()
    {
        ["IidSpike"] = () => new IidSpikeDetector(new IidSpikeOptions { PvalueHistoryLength = 30 }),
        ["IidSpike, positive"] = () => new IidSpikeDetector(new IidSpikeOptions { PvalueHistoryLength = 32, Side = AnomalySide.Positive }),
        ["IidChangePoint"] = () => new IidChangePointDetector(new IidChangePointOptions { ChangeHistoryLength = 18, Confidence = 90 }),
        ["IidChangePoint, mixture"] = () => new IidChangePointDetector(new IidChangePointOptions { Martingale = MartingaleType.Mixture }),
        ["SsaSpike"] = () => new SsaSpikeDetector(new SsaSpikeOptions { TrainingWindowSize = 60, SeasonalityWindowSize = 12, PvalueHistoryLength = 30 }),
        ["SsaChangePoint"] = () => new SsaChangePointDetector(new SsaChangePointOptions { TrainingWindowSize = 61, SeasonalityWindowSize = 9, Confidence = 90 }),
        [Ensemble] = () => new SeriesEnsemble(new SeriesEnsembleOptions { WarmUp = 20 }),
        ["SrCnn"] = () => new SrCnnDetector(new SrCnnOptions { WindowSize = 40 }),
    };

    public static IEnumerable<object[]> Detectors => Makers.Keys.Select(name => new object[] { name });

    /// <summary>A season, noise, a spike in each hundred, a step, a gap of each kind and negative values.</summary>
    private static readonly double[] Series = [.. Enumerable.Range(0, 400).Select(Value)];

    private static double Value(int i) => i switch
    {
        131 => double.NaN,
        132 => double.PositiveInfinity,
        133 => double.NegativeInfinity,
        134 => 1e200,
        _ => (10 * Math.Sin(2 * Math.PI * i / 12)) + Noise(i) + (i % 100 == 77 ? 60 : 0) - (i > 300 ? 80 : 0),
    };

    private static double Noise(int i) => (((i * 2654435761L) % 1009) / 1009.0) - 0.5;

    private static SeriesVerdict[] Run(ISeriesDetector detector, IEnumerable<double> series, long step = TimeSpan.TicksPerMinute) =>
        [.. series.Select((value, i) => detector.Observe(i * step, value))];

    private static byte[] State(ISeriesDetector detector)
    {
        var writer = new StateWriter();
        detector.Save(writer);
        return writer.ToArray();
    }

    private static void Load(ISeriesDetector detector, byte[] state)
    {
        var reader = new StateReader(state);
        detector.Load(ref reader);
        Assert.IsTrue(reader.AtEnd, "not all of the state was read");
    }

    [TestMethod]
    [DynamicData(nameof(Detectors))]
    public void A_verdict_depends_on_what_came_before_it_and_on_nothing_else(string name)
    {
        var whole = Run(Makers[name](), Series);
        for (var n = 1; n < Series.Length; n += 7) CollectionAssert.AreEqual(whole[..n], Run(Makers[name](), Series[..n]));
    }

    [TestMethod]
    [DynamicData(nameof(Detectors))]
    public void Those_that_answer_as_MlNets_take_points_as_equally_spaced_whatever_their_times(string name)
    {
        if (name == Ensemble) return; // it knows the hour of the day
        CollectionAssert.AreEqual(Run(Makers[name](), Series), Run(Makers[name](), Series, TimeSpan.TicksPerDay * 40));
    }

    [TestMethod]
    [DynamicData(nameof(Detectors))]
    public void A_detector_goes_on_from_its_state_at_any_point_as_if_nothing_had_happened(string name)
    {
        var whole = Run(Makers[name](), Series);
        var detector = Makers[name]();
        for (var k = 0; k < Series.Length; k++)
        {
            var state = State(detector);
            var copy = Makers[name]();
            Load(copy, state);
            CollectionAssert.AreEqual(state, State(copy));
            CollectionAssert.AreEqual(whole[k..Math.Min(k + 45, whole.Length)], Run(copy, Series[k..Math.Min(k + 45, whole.Length)]));
            detector.Observe(0, Series[k]);
        }
    }

    [TestMethod]
    [DynamicData(nameof(Detectors))]
    public void A_state_of_other_options_or_a_cut_one_is_refused(string name)
    {
        var detector = Makers[name]();
        Run(detector, Series);
        var state = State(detector);
        foreach (var other in Makers.Keys.Where(other => other != name))
            Assert.ThrowsExactly<InvalidDataException>(() => Load(Makers[other](), state));
        for (var length = 0; length < state.Length; length += 13)
            Assert.ThrowsExactly<InvalidDataException>(() => Load(Makers[name](), state[..length]));
    }

    [TestMethod]
    [DynamicData(nameof(Detectors))]
    public void Memory_stays_what_it_was_at_the_start(string name)
    {
        var detector = Makers[name]();
        var bytes = detector.Bytes;
        Run(detector, Series);
        Assert.AreEqual(bytes, detector.Bytes);
        Assert.IsGreaterThan(0, bytes);
    }

    [TestMethod]
    [DynamicData(nameof(Detectors))]
    public void A_point_allocates_nothing(string name)
    {
        var detector = Makers[name]();
        Run(detector, Series);
        Assert.AreEqual(0, Allocation.Of(() =>
        {
            foreach (var value in Series) detector.Observe(0, value);
        }));
    }

    [TestMethod]
    [DynamicData(nameof(Detectors))]
    public void A_gap_is_told_and_leaves_no_trace(string name)
    {
        var verdicts = Run(Makers[name](), Series);
        for (var i = 131; i <= 134; i++) Assert.AreEqual(SeriesVerdict.Gap, verdicts[i]);
        SeriesVerdict[] kept = [.. verdicts.Where((_, i) => i is < 131 or > 134)];
        CollectionAssert.AreEqual(kept, Run(Makers[name](), Series.Where(value => !SeriesVerdict.IsGap(value))));
    }

    [TestMethod]
    [DynamicData(nameof(Detectors))]
    public void A_constant_series_never_alerts(string name)
    {
        foreach (var constant in new[] { 0, 1, -7.25, 1e9, -123456.789, 1e-9 })
            foreach (var verdict in Run(Makers[name](), Enumerable.Repeat(constant, 400)))
                Assert.IsFalse(verdict.Alert, $"{constant}: {verdict}");
    }

    [TestMethod]
    [DynamicData(nameof(Detectors))]
    public void Two_points_never_alert(string name)
    {
        foreach (var verdict in Run(Makers[name](), [1, -1e9])) Assert.IsFalse(verdict.Alert);
    }

    [TestMethod]
    [DynamicData(nameof(Detectors))]
    public void Numbers_stay_numbers_whatever_finite_comes(string name)
    {
        double[] extremes = [1e100, -1e100, 1e-300, 0, 1e100, 5, 5, 5, -1e99];
        var detector = Makers[name]();
        for (var i = 0; i < 400; i++)
        {
            var verdict = detector.Observe(i, i % 9 == 0 ? extremes[i / 9 % extremes.Length] : Noise(i));
            Assert.IsTrue(double.IsFinite(verdict.Score), $"point {i}: {verdict}");
            Assert.IsTrue(verdict.PValue is >= 0 and <= 1, $"point {i}: {verdict}");
            Assert.IsTrue(verdict.Martingale >= 0, $"point {i}: {verdict}");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Detectors))]
    public void An_obvious_spike_or_step_is_found(string name)
    {
        var verdicts = Run(Makers[name](), Series, TimeSpan.TicksPerHour); // far enough apart for a detector that rests
        Assert.IsTrue(verdicts.Skip(170).Take(20).Concat(verdicts.Skip(300).Take(30)).Any(verdict => verdict.Alert));
    }
}
