namespace AnomalyDetect.Core.TimeSeries;

/// <summary>
/// What the two spectral residual detectors share. Ren et al., Time-Series Anomaly Detection Service at Microsoft (KDD 2019, arXiv:1906.03821), after Hou &amp;
/// Zhang's saliency (CVPR 2007): each frequency is divided by the geometric mean of its neighbourhood's amplitudes, exp(log A − mean log A) in the paper, and
/// what comes back from there, the saliency map, is large where the series has something the rest of it does not repeat.
/// </summary>
internal static class SpectralResidual
{
    /// <summary>Amplitudes below this share of the series' sum are rounding, and count as no amplitude at all.</summary>
    public const double Rounding = 1e-12;

    private const double LeastMean = 1e-8;

    /// <summary>
    /// The value put behind a series so that its last point does not stand at the edge: the slopes from <paramref name="lookahead"/> points to the last but one,
    /// summed, on top of the second of them. (The paper has their mean and multiplies by the number; the base is as in the published code.)
    /// </summary>
    public static double Predict(ReadOnlySpan<double> series, int lookahead)
    {
        var points = series.Slice(series.Length - lookahead - 2, lookahead + 1);
        var slopes = 0.0;
        for (var i = 0; i < lookahead; i++) slopes += (points[lookahead] - points[i]) / (lookahead - i);
        return points[1] + slopes;
    }

    /// <summary>Each value's mean with those before it, <paramref name="width"/> in all where there are that many.</summary>
    public static void TrailingMean(ReadOnlySpan<double> values, int width, Span<double> means)
    {
        var sum = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            sum += values[i];
            if (i >= width) sum -= values[i - width];
            means[i] = sum / Math.Min(i + 1, width);
        }
    }

    /// <summary>How far a saliency stands from its surroundings', in tenths of them.</summary>
    public static double Score(double saliency, double mean) => Math.Abs(saliency - mean) / Math.Max(mean, LeastMean) / 10;
}
