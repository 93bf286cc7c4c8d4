namespace AnomalyDetect.Core.Baselines;

/// <summary>
/// The upper tail of a negative binomial distribution of real mean and dispersion, as the σ of a Gaussian of equal probability: the saddlepoint approximation
/// (Lugannani &amp; Rice, Advances in Applied Probability 12, 1980) in the form of Barndorff-Nielsen (Biometrika 73, 1986), with the correction for counts. Good
/// to a few hundredths of a σ, a tenth where the mean is far below the dispersion, out to the farthest tail, where sums of probabilities would long have vanished;
/// three logarithms.
/// </summary>
internal static class NegativeBinomial
{
    private const double LeastExtra = 1e-4; // dispersion beyond 1; less is Poisson
    private const double Near = 0.05; // σ; closer to the mean the correction is a quotient of nothings
    private const int Steps = 6;

    /// <summary>Of P(X ≥ <paramref name="count"/>); 0 where that is the half or more.</summary>
    /// <param name="count">Above <paramref name="mean"/>; need not be whole.</param>
    /// <param name="mean">1 or more; below, the error grows.</param>
    /// <param name="dispersion">Variance ÷ mean, at least 1.</param>
    public static double Sigmas(double count, double mean, double dispersion)
    {
        // NB(size, mean): variance = mean + mean²/size.
        var size = mean / Math.Max(LeastExtra, dispersion - 1);
        var spread = Math.Log((size + count) / (size + mean));
        var likelihood = (count * Math.Log(count / mean)) - ((size + count) * spread);
        var root = Math.Sqrt(Math.Max(0, 2 * likelihood));
        if (root < Near) return 0;
        // e^(−saddlepoint), and what P(X ≥ count) owes to counts being whole.
        var tilt = mean * (size + count) / (count * (size + mean));
        var correction = (1 - tilt) * Math.Sqrt(count * (size + count) / size);
        return Math.Max(0, root + (Math.Log(correction / root) / root));
    }

    /// <summary>The count above the mean that stands <paramref name="sigmas"/> beyond it: the inverse of <see cref="Sigmas"/>.</summary>
    public static double Count(double sigmas, double mean, double dispersion)
    {
        if (sigmas <= 0) return mean;
        // A gamma of the same mean and variance is near (Wilson & Hilferty, PNAS 17, 1931); from there by secants.
        var ninth = dispersion / (9 * mean);
        var edge = 1 - ninth + (sigmas * Math.Sqrt(ninth));
        var (from, to) = (mean, Math.Max(mean * edge * edge * edge, mean + 1));
        var (atFrom, atTo) = (0.0, Sigmas(to, mean, dispersion));
        for (var step = 0; step < Steps && Math.Abs(atTo - sigmas) > 1e-4 && Math.Abs(atTo - atFrom) > 1e-9; step++)
        {
            var next = Math.Max(mean, to + ((sigmas - atTo) * (to - from) / (atTo - atFrom)));
            (from, atFrom) = (to, atTo);
            (to, atTo) = (next, Sigmas(next, mean, dispersion));
        }

        return to;
    }
}
