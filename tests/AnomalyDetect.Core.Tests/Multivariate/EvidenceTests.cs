using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Multivariate;
using CsCheck;

namespace AnomalyDetect.Core.Tests.Multivariate;

[TestClass]
public sealed class EvidenceTests
{
    [TestMethod]
    public void It_is_the_deviation_up_to_the_threshold_and_grows_faster_beyond()
    {
        Assert.AreEqual(1.5, Evidence.Of(1.5));
        Assert.AreEqual(TailEstimate.Threshold, Evidence.Of(TailEstimate.Threshold));
        Assert.IsGreaterThan(4, Evidence.Of(4));
    }

    [TestMethod]
    public void It_can_be_told_as_a_deviation_again() =>
        Gen.Double[0, 30].Sample(z => Assert.AreEqual(z, Evidence.ToSigmas(Evidence.Of(z)), 1e-9 * (1 + z)));

    [TestMethod]
    public void Beyond_the_threshold_a_Gaussian_s_tail_is_exponential_on_it()
    {
        // P(|Z| > z) of a Gaussian, to a tenth: φ(z)/z. Its logarithm falls with the evidence at the threshold's own rate.
        static double LogTail(double z) => (-z * z / 2) - Math.Log(z);
        foreach (var z in new[] { 3.0, 4, 5, 6 })
        {
            var slope = (LogTail(z + 0.5) - LogTail(z)) / (Evidence.Of(z + 0.5) - Evidence.Of(z));
            Assert.IsInRange(-2.3, -1.9, slope, $"at {z}σ");
        }
    }
}
