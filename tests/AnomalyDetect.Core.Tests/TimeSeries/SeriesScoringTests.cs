using AnomalyDetect.Core.TimeSeries;

namespace AnomalyDetect.Core.Tests.TimeSeries;

[TestClass]
public sealed class SeriesScoringTests
{
    private static double Noise(int i) => (i * 2654435761L % 1009) / 1009.0;

    private static readonly double[] Spiky =
        [.. Enumerable.Range(0, 800).Select(i => (10 * Math.Sin(2 * Math.PI * i / 24)) + Noise(i) + (i % 90 == 77 ? 40 : 0))];

    /// <summary>Each point of the change goes beyond all before, so that no history is full of it.</summary>
    private static readonly double[] Running = [.. Enumerable.Range(0, 800).Select(i => Noise(i) + (i is >= 600 and < 620 ? Math.Pow(2, i - 600) : 0))];

    public static IEnumerable<object[]> Alike =>
    [
        [SeriesDetectorKind.IidSpike, (Func<object>)(() => new IidSpikeDetector(new IidSpikeOptions()))],
        [SeriesDetectorKind.IidChangePoint, (Func<object>)(() => new IidChangePointDetector(new IidChangePointOptions()))],
        [SeriesDetectorKind.SsaSpike, (Func<object>)(() => new SsaSpikeDetector(new SsaSpikeOptions()))],
        [SeriesDetectorKind.SsaChangePoint, (Func<object>)(() => new SsaChangePointDetector(new SsaChangePointOptions()))],
        [SeriesDetectorKind.SrCnn, (Func<object>)(() => new SrCnnDetector(new SrCnnOptions()))],
    ];

    [TestMethod]
    [DynamicData(nameof(Alike))]
    public void One_half_or_more_is_exactly_an_alert_of_the_detector(SeriesDetectorKind kind, Func<object> make)
    {
        var (scoring, detector) = (new SeriesScoring(kind), (ISeriesDetector)make());
        var series = kind is SeriesDetectorKind.IidChangePoint or SeriesDetectorKind.SsaChangePoint ? Running : Spiky;
        var alerts = 0;
        for (var i = 0; i < series.Length; i++)
        {
            var verdict = detector.Observe(i, series[i]);
            var score = scoring.Score(new DateTime(i, DateTimeKind.Utc), series[i]);
            Assert.IsTrue(score is >= 0 and <= 1, $"{score} at {i}");
            Assert.AreEqual(verdict.Alert, score >= 0.5, $"at {i}: {verdict}");
            if (verdict.Alert) alerts++;
        }

        Assert.IsGreaterThan(0, alerts, "a series that alerts nowhere shows nothing");
    }

    [TestMethod]
    [DataRow(double.NaN)]
    [DataRow(double.PositiveInfinity)]
    [DataRow(1e200)]
    public void A_gap_is_no_score(double value)
    {
        foreach (var kind in Enum.GetValues<SeriesDetectorKind>()) Assert.IsTrue(double.IsNaN(new SeriesScoring(kind).Score(DateTime.UnixEpoch, value)), kind.ToString());
    }
}
