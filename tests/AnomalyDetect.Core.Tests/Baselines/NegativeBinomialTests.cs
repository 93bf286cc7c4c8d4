using AnomalyDetect.Core.Baselines;
using CsCheck;

namespace AnomalyDetect.Core.Tests.Baselines;

[TestClass]
public sealed class NegativeBinomialTests
{
    private static readonly Gen<(double Mean, double Dispersion)> Usual = Gen.Select(Gen.Double[1, 300], Gen.Double[1, 12]);

    /// <summary>log P(X ≥ count), summed up term by term.</summary>
    private static double LogTail(int count, double mean, double dispersion)
    {
        var size = mean / Math.Max(1e-4, dispersion - 1);
        var ratio = mean / (size + mean);
        var term = size * Math.Log(size / (size + mean)); // of the probability of 0
        for (var k = 0; k < count; k++) term += Math.Log(ratio * (size + k) / (k + 1));
        var (first, sum) = (term, 0.0);
        for (var k = count; k < count + 200_000 && term > first - 60; k++)
        {
            sum += Math.Exp(term - first);
            term += Math.Log(ratio * (size + k) / (k + 1));
        }

        return first + Math.Log(sum);
    }

    /// <summary>log P(Z ≥ z) of a Gaussian, from 1 up (Laplace's continued fraction).</summary>
    private static double LogGaussianTail(double z)
    {
        var fraction = z;
        for (var n = 200; n >= 1; n--) fraction = z + (n / fraction);
        return (-z * z / 2) - (0.5 * Math.Log(2 * Math.PI)) - Math.Log(fraction);
    }

    [TestMethod]
    public void It_is_the_Gaussian_deviation_of_equal_probability() =>
        Gen.Select(Usual, Gen.Double[1.2, 40]).Sample((shape, far) =>
        {
            var count = (int)Math.Ceiling(shape.Mean + (far * Math.Sqrt(shape.Mean * shape.Dispersion)));
            var z = NegativeBinomial.Sigmas(count, shape.Mean, shape.Dispersion);
            var exact = LogTail(count, shape.Mean, shape.Dispersion);
            Assert.IsTrue(
                LogGaussianTail(Math.Max(1, z - 0.12)) > exact && LogGaussianTail(z + 0.12) < exact,
                $"{count} where {shape.Mean} is expected, dispersion {shape.Dispersion}: {z}σ, exactly e^{exact}");
        }, iter: 400);

    [TestMethod]
    public void Without_over_dispersion_it_is_Poisson_s()
    {
        // P(X ≥ 10) of a Poisson distribution of mean 2 is 4.65e-5, a Gaussian's beyond 3.91σ.
        Assert.AreEqual(3.91, NegativeBinomial.Sigmas(10, 2, 1), 0.03);
    }

    [TestMethod]
    public void Bursts_make_a_rise_less_surprising() =>
        Gen.Select(Usual, Gen.Double[1, 10]).Sample((shape, more) =>
        {
            var count = shape.Mean + 5 + (4 * Math.Sqrt(shape.Mean * shape.Dispersion));
            Assert.IsLessThan(
                NegativeBinomial.Sigmas(count, shape.Mean, shape.Dispersion) + 1e-9, NegativeBinomial.Sigmas(count, shape.Mean, shape.Dispersion + more));
        });

    [TestMethod]
    public void The_more_the_further_off_without_a_step() =>
        Gen.Select(Usual, Gen.Double[0.5, 20]).Sample((shape, far) =>
        {
            var (mean, dispersion) = shape;
            var count = mean + (far * Math.Sqrt(mean * dispersion));
            var (here, next) = (NegativeBinomial.Sigmas(count, mean, dispersion), NegativeBinomial.Sigmas(count + (0.01 * Math.Sqrt(mean * dispersion)), mean, dispersion));
            Assert.IsGreaterThanOrEqualTo(here, next + 1e-9);
            Assert.IsLessThan(here + 0.1, next);
        });

    [TestMethod]
    public void The_count_is_the_inverse() =>
        Gen.Select(Usual, Gen.Double[1, 12]).Sample((shape, sigmas) =>
            Assert.AreEqual(sigmas, NegativeBinomial.Sigmas(NegativeBinomial.Count(sigmas, shape.Mean, shape.Dispersion), shape.Mean, shape.Dispersion), 2e-3));

    [TestMethod]
    public void What_is_expected_or_less_is_no_rise()
    {
        Assert.AreEqual(0, new Deviation(7, 7, 3).Z);
        Assert.IsLessThan(0, new Deviation(3, 7, 3).Z);
        Assert.IsInRange(0, 0.5, new Deviation(7.5, 7, 3).Z);
    }
}
