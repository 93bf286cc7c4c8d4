namespace AnomalyDetect.Core.Baselines;

/// <summary>
/// How far a count stands from what was expected. Counts are skewed, the more so the more they come in bursts: taken for Gaussian, one burst in fifty would be
/// beyond 3σ. So a rise is measured on a gamma distribution of the same mean and variance, and told as the σ of a Gaussian of equal probability, by the cube
/// root of Wilson &amp; Hilferty (PNAS 17, 1931). Drops have no long tail and are measured as they are.
/// </summary>
/// <param name="Dispersion">Variance ÷ expected, at least 1: never below what counting noise gives.</param>
internal readonly record struct Deviation(double Observed, double Expected, double Dispersion)
{
    /// <summary>What is expected, at least 1.</summary>
    public double Mean => Math.Max(Expected, 1);

    private double Shape => Mean / Dispersion;

    public double Sigma => Math.Sqrt(Dispersion * Mean);

    /// <summary>In σ; negative for a drop.</summary>
    public double Z => Observed <= Mean ? (Observed - Expected) / Sigma
        : Math.Max(0, (3 * Math.Sqrt(Shape) * (Math.Cbrt(Observed / Mean) - 1)) + (1 / (3 * Math.Sqrt(Shape))));

    /// <summary>The count that stands <paramref name="sigmas"/> above (or below, where negative) what is expected.</summary>
    public double Limit(double sigmas)
    {
        if (sigmas < 0) return Math.Max(0, Expected + (sigmas * Sigma));
        var ninth = 1 / (9 * Shape);
        var root = Math.Max(0, 1 - ninth + (sigmas * Math.Sqrt(ninth)));
        return Mean * root * root * root;
    }
}

/// <summary>
/// What a count per window normally is: an exponentially weighted mean and, in place of a variance, an over-dispersion index φ (the mean of
/// (x − expected)²/expected, never below 1), so that σ = √(φ·expected): quasi-Poisson, after McCullagh &amp; Nelder, Generalized Linear Models (1989), ch. 6.
/// σ so grows with the time of day's expectation and is never below counting noise. 12 bytes; O(1).
/// </summary>
internal struct CountBaseline
{
    /// <summary>Windows the mean looks back over.</summary>
    public const int MeanMemory = 60;

    /// <summary>Windows the dispersion looks back over.</summary>
    public const int DispersionMemory = 240;

    private float _mean;
    private float _dispersion;
    private int _windows;

    /// <summary>Closed windows learned from.</summary>
    public readonly int Windows => _windows;

    public readonly double Mean => _mean;

    /// <param name="season">What the mean is multiplied with at this time of week; 1 without a profile.</param>
    public readonly Deviation Judge(double observed, double season)
    {
        var expected = _mean * season;
        return new Deviation(observed, expected, Math.Max(1, _dispersion));
    }

    /// <summary>A profile takes over: from here on the mean is a multiple of the season.</summary>
    public void FollowSeason() => _mean = 1;

    /// <summary>
    /// Learns a closed window. What stands beyond <paramref name="sigmas"/> is learned as if it stood there: an attack moves the baseline little, and a true
    /// change of level is followed in the end.
    /// </summary>
    /// <param name="reference">The season's average: hours that hold little teach little about the whole.</param>
    public void Learn(double observed, double season, double reference, double sigmas)
    {
        var judged = Judge(observed, season);
        _windows = Math.Min(_windows + 1, int.MaxValue - 1);
        var error = observed - judged.Expected;
        // Until there is a σ to speak of, everything counts in full. Both limits lie beyond 2σ, so that most windows need no closer look.
        if (_windows > 10 && error * error > 4 * judged.Dispersion * judged.Mean)
            error = Math.Clamp(observed, judged.Limit(-sigmas), Math.Max(judged.Expected, judged.Limit(sigmas))) - judged.Expected;
        _mean = (float)Math.Max(0, _mean + (error / reference / Math.Min(_windows, MeanMemory)));
        if (_windows == 1)
        {
            _dispersion = 1;
            return;
        }

        var excess = error * error / Math.Max(judged.Expected, 1);
        _dispersion = (float)(_dispersion + ((excess - _dispersion) / Math.Min(_windows, DispersionMemory)));
    }
}
