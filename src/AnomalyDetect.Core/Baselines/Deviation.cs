namespace AnomalyDetect.Core.Baselines;

/// <summary>
/// How far a count stands from what was expected. Counts are skewed, the more so the more they come in bursts: taken for Gaussian, one burst in fifty would be
/// beyond 3σ. So a rise is measured on a negative binomial distribution of the same mean and variance (Poisson where there is no over-dispersion), and told as
/// the σ of a Gaussian of equal probability. Drops have no long tail and are measured as they are.
/// </summary>
/// <param name="Dispersion">Variance ÷ expected, at least 1: never below what counting noise gives.</param>
internal readonly record struct Deviation(double Observed, double Expected, double Dispersion)
{
    /// <summary>What is expected, at least 1.</summary>
    public double Mean => Math.Max(Expected, 1);

    public double Sigma => Math.Sqrt(Dispersion * Mean);

    /// <summary>In σ; negative for a drop.</summary>
    public double Z => Observed <= Mean ? (Observed - Expected) / Sigma : NegativeBinomial.Sigmas(Observed, Mean, Dispersion);

    /// <summary>The count that stands <paramref name="sigmas"/> above (or below, where negative) what is expected.</summary>
    public double Limit(double sigmas) => sigmas < 0 ? Math.Max(0, Expected + (sigmas * Sigma)) : NegativeBinomial.Count(sigmas, Mean, Dispersion);
}
