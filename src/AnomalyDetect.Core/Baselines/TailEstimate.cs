namespace AnomalyDetect.Core.Baselines;

/// <summary>
/// How rare a deviation really is among those of its kind: peaks over a threshold, whose excesses follow a generalised Pareto distribution whatever the
/// counts themselves follow (Pickands, Annals of Statistics 3, 1975; streaming after Siffer et al., KDD 2017), fitted by moments (Hosking &amp; Wallis,
/// Technometrics 29, 1987). Where the model behind the σ is wrong, and it always is a little, this learns how wrong. 40 bytes, O(1).
/// </summary>
/// <param name="prior">What is taken for usual before there is data.</param>
internal struct TailEstimate(TailPrior prior)
{
    /// <summary>Deviations beyond this many σ are peaks.</summary>
    public const double Threshold = TailPrior.Threshold;

    /// <summary>Peaks looked back over; older ones fade.</summary>
    private const double Memory = 2_000;

    private const double PriorPeaks = 40; // what the prior weighs

    private const double MostExcess = 5;

    private double _tests;
    private double _peaks;
    private double _sum;
    private double _squares;
    private readonly float _rate = prior.Rate, _excess = prior.Excess; // 0 in a default one

    public readonly double Tests => _tests;

    private readonly double PriorRate => _rate > 0 ? _rate : TailPrior.Usual.Rate;

    private readonly double PriorExcess => _excess > 0 ? _excess : TailPrior.Usual.Excess;

    private readonly double Rate => (_peaks + PriorPeaks) / (_tests + (PriorPeaks / PriorRate));

    private readonly (double Shape, double Scale) Fit()
    {
        var peaks = _peaks + PriorPeaks;
        var mean = (_sum + (PriorPeaks * PriorExcess)) / peaks;
        var variance = Math.Max(1e-6, ((_squares + (PriorPeaks * 2 * PriorExcess * PriorExcess)) / peaks) - (mean * mean));
        var ratio = mean * mean / variance;
        // A shape below 0 would promise an end of the tail; nothing promises that. Above 0.4 the moments it is fitted by hardly exist.
        var shape = Math.Clamp(0.5 * (1 - ratio), 0, 0.4);
        return (shape, mean * (1 - shape));
    }

    /// <summary>What was seen of many, as what one more begins with.</summary>
    public readonly TailPrior ToPrior() => new((float)Rate, (float)((_sum + (PriorPeaks * PriorExcess)) / (_peaks + PriorPeaks)));

    /// <summary>The probability that an ordinary window deviates by <paramref name="z"/> or more; 1 at or below <see cref="Threshold"/>.</summary>
    public readonly double Probability(double z)
    {
        var excess = z - Threshold;
        if (excess <= 0) return 1;
        var (shape, scale) = Fit();
        return Rate * (shape < 1e-3 ? Math.Exp(-excess / scale) : Math.Pow(1 + (shape * excess / scale), -1 / shape));
    }

    /// <summary>The deviation that an ordinary window exceeds with <paramref name="probability"/>.</summary>
    public readonly double Level(double probability)
    {
        var (shape, scale) = Fit();
        var times = Math.Max(1, Rate / probability);
        return Threshold + (shape < 1e-3 ? scale * Math.Log(times) : scale / shape * (Math.Pow(times, shape) - 1));
    }

    /// <summary>Learns windows that did not come near the threshold.</summary>
    public void LearnOrdinary(int windows) => _tests += windows;

    /// <summary>
    /// Learns a window, after it was judged. An excess far beyond the usual is learned as if it were <see cref="MostExcess"/> times the mean: one attack
    /// fattens the tail little, and what keeps coming back does in the end.
    /// </summary>
    public void Learn(double z)
    {
        _tests++;
        if (z <= Threshold) return;
        var excess = Math.Min(z - Threshold, MostExcess * (_sum + (PriorPeaks * PriorExcess)) / (_peaks + PriorPeaks));
        _peaks++;
        _sum += excess;
        _squares += excess * excess;
        if (_peaks < Memory) return;
        (_tests, _peaks, _sum, _squares) = (_tests / 2, _peaks / 2, _sum / 2, _squares / 2);
    }
}
