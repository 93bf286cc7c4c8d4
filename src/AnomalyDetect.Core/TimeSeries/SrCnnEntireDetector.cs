using System.Numerics;

namespace AnomalyDetect.Core.TimeSeries;

/// <param name="Alert">An anomaly.</param>
/// <param name="Score">0 to 1; NaN for a gap. In margin mode how far outside the boundaries an anomaly stands, as the sensitivity in hundredths at which it
/// would no longer be one, and 0 for what is none; otherwise the spectral score.</param>
/// <param name="Magnitude">The saliency.</param>
/// <param name="Expected">What the value should have been, and NaN where the mode does not tell. So are the others.</param>
/// <param name="BoundaryUnit">What margins are measured in: half the local median, half the mean of all local medians.</param>
internal readonly record struct SrCnnEntireVerdict(bool Alert, double Score, double Magnitude, double Expected, double BoundaryUnit, double Upper, double Lower);

/// <summary>
/// Spectral residual over whole batches, looking both ways: for looking back over what is already there, not for streams. Same parameters and answers as
/// ML.NET's DetectEntireAnomalyBySrCnn without a period. A batch's points are judged by that batch; a last one of fewer than 12 points together with
/// as many before it as make a batch. A gap (see <see cref="ISeriesDetector"/>) is reckoned with as the last value before it and never an anomaly. A constant series
/// has no anomalies. O(n log n) a batch for scores, O(n²/3) moves of doubles for boundaries.
/// </summary>
internal sealed class SrCnnEntireDetector
{
    public const int LeastPoints = 12;

    private const int LookaheadWindowSize = 5;
    private const int BackAddWindowSize = 5;
    private const int AveragingWindowSize = 3;
    private const int JudgementWindowSize = 40;

    /// <summary>Below as many points before it a point is compared with the mean of the first so many.</summary>
    private const int LeastScoreWindow = 11;

    /// <summary>What lies within so many standard deviations of the batch's mean is no anomaly.</summary>
    private const double LeastSigmas = 1.5;

    /// <summary>Amplitudes and standard deviations below this are none.</summary>
    private const double Nothing = 1e-8;

    private readonly SrCnnEntireOptions _options;

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public SrCnnEntireDetector(SrCnnEntireOptions options)
    {
        SeriesOptionsValidator.Require(SeriesOptionsValidator.Validate(options));
        _options = options;
    }

    /// <returns>One verdict a value, in order.</returns>
    /// <exception cref="ArgumentException">Fewer than 12 values, or none that is finite.</exception>
    public IReadOnlyList<SrCnnEntireVerdict> Detect(ReadOnlySpan<double> series)
    {
        if (series.Length < LeastPoints) throw new ArgumentException($"a series must hold at least {LeastPoints} points, not {series.Length}");
        var filled = WithoutGaps(series);
        var size = _options.BatchSize == -1 ? series.Length : _options.BatchSize;
        var verdicts = new List<SrCnnEntireVerdict>(series.Length);
        while (verdicts.Count < series.Length)
        {
            var begin = verdicts.Count;
            var end = Math.Min(begin + size, series.Length);
            var from = end - begin < LeastPoints ? end - Math.Min(size, end) : begin;
            verdicts.AddRange(Batch(filled.AsSpan(from, end - from)).AsSpan(begin - from));
        }

        for (var i = 0; i < series.Length; i++)
            if (SeriesVerdict.IsGap(series[i])) verdicts[i] = verdicts[i] with { Alert = false, Score = double.NaN };
        return verdicts;
    }

    private static double[] WithoutGaps(ReadOnlySpan<double> series)
    {
        double[] filled = [.. series];
        var first = Array.FindIndex(filled, value => !SeriesVerdict.IsGap(value));
        if (first < 0) throw new ArgumentException("a series must hold at least one finite value");
        Array.Fill(filled, filled[first], 0, first);
        for (var i = first + 1; i < filled.Length; i++)
            if (SeriesVerdict.IsGap(filled[i])) filled[i] = filled[i - 1];
        return filled;
    }

    private SrCnnEntireVerdict[] Batch(ReadOnlySpan<double> values)
    {
        var verdicts = Spectral(values);
        if (_options.DetectMode != SrCnnDetectMode.AnomalyOnly) new SrCnnBoundaries(values, verdicts).Tell(verdicts, _options);
        return verdicts;
    }

    private SrCnnEntireVerdict[] Spectral(ReadOnlySpan<double> values)
    {
        var saliency = Saliency(values);
        var means = new double[saliency.Length];
        SpectralResidual.TrailingMean(saliency, Math.Min(saliency.Length, JudgementWindowSize), means);
        Array.Fill(means, means[Math.Min(means.Length, LeastScoreWindow) - 1], 0, Math.Min(means.Length, LeastScoreWindow + 1));

        var (mean, sigma) = Moments(values);
        var verdicts = new SrCnnEntireVerdict[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var score = Math.Min(SpectralResidual.Score(saliency[i], means[i]), 1);
            var alert = score > _options.Threshold;
            if (alert && (sigma < Nothing || Math.Abs(values[i] - mean) < LeastSigmas * sigma)) (alert, score) = (false, 0);
            verdicts[i] = new SrCnnEntireVerdict(alert, score, saliency[i], double.NaN, double.NaN, double.NaN, double.NaN);
        }

        return verdicts;
    }

    private static double[] Saliency(ReadOnlySpan<double> values)
    {
        var extended = new Complex[values.Length + BackAddWindowSize];
        for (var i = 0; i < values.Length; i++) extended[i] = values[i];
        extended.AsSpan(values.Length).Fill(SpectralResidual.Predict(values, LookaheadWindowSize));

        var least = 0.0;
        foreach (var value in extended) least += Math.Abs(value.Real);
        least = Math.Max(Nothing, least * SpectralResidual.Rounding);
        var spectrum = FourierTransform.Forward(extended);
        var logs = new double[spectrum.Length];
        for (var i = 0; i < logs.Length; i++)
        {
            var amplitude = Complex.Abs(spectrum[i]);
            if (amplitude > least) logs[i] = Math.Log(amplitude);
            else spectrum[i] = 0;
        }

        var means = new double[logs.Length];
        SpectralResidual.TrailingMean(logs, AveragingWindowSize, means);
        for (var i = 0; i < logs.Length; i++) spectrum[i] *= Math.Exp(-means[i]);
        var map = FourierTransform.Backward(spectrum);
        return Array.ConvertAll(map, Complex.Abs);
    }

    private static (double Mean, double Sigma) Moments(ReadOnlySpan<double> values)
    {
        double mean = 0, square = 0;
        foreach (var value in values) mean += value;
        mean /= values.Length;
        foreach (var value in values) square += (value - mean) * (value - mean);
        return (mean, Math.Sqrt(square / values.Length));
    }
}
