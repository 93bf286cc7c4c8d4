namespace AnomalyDetect.Core.Baselines;

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

    private const int PriorWindows = 60; // what the usual dispersion weighs at first
    private const int PriorFades = 24 * 60;
    private const double NewPriorWindows = 4;

    private float _mean;
    private float _dispersion;
    private int _windows;

    /// <summary>Closed windows learned from.</summary>
    public readonly int Windows => _windows;

    public readonly double Mean => _mean;

    public readonly double Dispersion => Math.Max(1, _dispersion);

    /// <param name="season">What the mean is multiplied with at this time of week; 1 without a profile.</param>
    public readonly Deviation Judge(double observed, double season) => new(observed, _mean * season, Dispersion);

    /// <summary>The same while the dispersion is hardly known: it begins at what is usual elsewhere, which fades within a day of windows.</summary>
    public readonly Deviation Judge(double observed, double season, double usualDispersion)
    {
        if (_windows >= PriorFades) return Judge(observed, season);
        var weight = PriorWindows * (1 - (_windows / (double)PriorFades));
        var known = Math.Min(_windows, DispersionMemory);
        return new Deviation(observed, _mean * season, ((weight * Math.Max(1, usualDispersion)) + (known * Dispersion)) / (weight + known));
    }

    /// <summary>
    /// Of an entity hardly seen: between what is usual of its kind and what it showed itself, and the wider the less is known (the predictive distribution of a
    /// mean that is itself drawn from the prior).
    /// </summary>
    public readonly Deviation JudgeNew(double observed, RatePrior prior)
    {
        var own = _windows / (_windows + NewPriorWindows);
        var expected = (own * _mean) + ((1 - own) * prior.Mean);
        var unsure = (1 - own) * prior.Between;
        return new Deviation(observed, expected, Math.Max(Dispersion, prior.Dispersion) + (unsure * unsure / Math.Max(1, expected)));
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
        _windows = Math.Min(_windows + 1, int.MaxValue - 1);
        if (observed == 0 && _mean == 0)
        {
            // Nothing, where there was never anything: most of what principals are learned of, and only the dispersion moves.
            _dispersion = _windows == 1 ? 1 : (float)(_dispersion + ((0 - _dispersion) / (double)Math.Min(_windows, DispersionMemory)));
            return;
        }

        var judged = Judge(observed, season);
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
