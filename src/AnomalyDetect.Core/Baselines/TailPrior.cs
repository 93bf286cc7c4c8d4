namespace AnomalyDetect.Core.Baselines;

/// <summary>How often ordinary windows go beyond <see cref="TailEstimate.Threshold"/>, and by how much, before anything of the kind was seen.</summary>
/// <param name="Rate">Windows with a peak, of all; above 0 and below 1.</param>
/// <param name="Excess">Mean excess of a peak, in σ; above 0.</param>
public readonly record struct TailPrior(float Rate, float Excess)
{
    /// <summary>Peaks as often as of a slightly fat Gaussian, with exponential excesses of half a σ.</summary>
    public static TailPrior Usual { get; } = new(0.03f, 0.5f);

    /// <summary>Deviations beyond this many σ are peaks.</summary>
    public const double Threshold = 2;

    internal bool IsValid => Rate is > 0 and < 1 && Excess is > 0 and < 100;
}
