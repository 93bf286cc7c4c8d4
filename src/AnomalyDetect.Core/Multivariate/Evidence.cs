using AnomalyDetect.Core.Baselines;

namespace AnomalyDetect.Core.Multivariate;

/// <summary>
/// What an odd window weighs: its σ up to the threshold, from there on a measure that grows with σ², as the logarithm of a Gaussian's likelihood does. On it a
/// Gaussian's tail is exponential, which is what a <see cref="TailEstimate"/> takes for the lightest; and windows of a run may be added up.
/// </summary>
internal static class Evidence
{
    private const double From = TailEstimate.Threshold;

    public static double Of(double sigmas) => sigmas <= From ? sigmas : From + (((sigmas * sigmas) - (From * From)) / (2 * From));

    /// <summary>The inverse.</summary>
    public static double ToSigmas(double evidence) => evidence <= From ? evidence : Math.Sqrt((From * From) + (2 * From * (evidence - From)));
}
