using AnomalyDetect.Core.TimeSeries.Ensemble;

namespace AnomalyDetect.Core.TimeSeries;

/// <summary>A streaming detector by name.</summary>
public enum SeriesDetectorKind : byte
{
    /// <summary>Our own; see <see cref="SeriesEnsemble"/>.</summary>
    Ensemble,
    IidSpike,
    IidChangePoint,
    SsaSpike,
    SsaChangePoint,
    SrCnn,
}

/// <summary>
/// Any of the streaming detectors under its default options, its answers brought to one scale: 0 to 1, at one half or more exactly where the detector alerts. Within each half it
/// grows with the detector's own evidence: the rarity of the point's p-value, the martingale, or the saliency. 0 while a detector gathers its first points.
/// </summary>
public sealed class SeriesScoring(SeriesDetectorKind kind)
{
    private const double Below = 0.499999; // nearest to one half, of what is no alert

    private static readonly IidSpikeOptions Iid = new();
    private static readonly SsaSpikeOptions Ssa = new();
    private static readonly SrCnnOptions Residual = new();

    private readonly ISeriesDetector _detector = kind switch
    {
        SeriesDetectorKind.Ensemble => new SeriesEnsemble(new SeriesEnsembleOptions()),
        SeriesDetectorKind.IidSpike => new IidSpikeDetector(Iid),
        SeriesDetectorKind.IidChangePoint => new IidChangePointDetector(new IidChangePointOptions()),
        SeriesDetectorKind.SsaSpike => new SsaSpikeDetector(Ssa),
        SeriesDetectorKind.SsaChangePoint => new SsaChangePointDetector(new SsaChangePointOptions()),
        SeriesDetectorKind.SrCnn => new SrCnnDetector(Residual),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <param name="value">Anything; what is no number, or beyond ±1e100, is a gap.</param>
    /// <returns>0 to 1; NaN for a gap, which leaves the detector untouched.</returns>
    public double Score(DateTime time, double value)
    {
        var verdict = _detector.Observe(time.Ticks, value);
        if (double.IsNaN(verdict.Score) || kind == SeriesDetectorKind.Ensemble) return verdict.Score;
        if (verdict == SeriesVerdict.Gathering) return 0;
        var score = kind switch
        {
            SeriesDetectorKind.IidSpike => Halves(1 - verdict.PValue, Iid.Confidence / 100),
            SeriesDetectorKind.SsaSpike => Halves(1 - verdict.PValue, Ssa.Confidence / 100),
            SeriesDetectorKind.SrCnn => Halves(verdict.Score, Residual.Threshold),
            _ => 1 - (1 / (1 + verdict.Martingale)),
        };
        return verdict.Alert ? Math.Clamp(score, 0.5, 1) : Math.Clamp(score, 0, Below);
    }

    /// <summary>From 0 to 1 in two straight lines that meet at one half above the border.</summary>
    private static double Halves(double evidence, double border) =>
        evidence < border ? 0.5 * evidence / border : 0.5 + (0.5 * (evidence - border) / (1 - border));
}
