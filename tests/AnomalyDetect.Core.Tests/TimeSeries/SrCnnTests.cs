using System.Numerics;
using AnomalyDetect.Core.TimeSeries;

namespace AnomalyDetect.Core.Tests.TimeSeries;

[TestClass]
public sealed class SrCnnTests
{
    private static double Wave(int i) => 50 + (10 * Math.Sin(2 * Math.PI * i / 16)) + Math.Sin(i * i);

    [TestMethod]
    public void A_transform_of_any_length_is_the_sum_it_stands_for_and_comes_back()
    {
        foreach (var length in new[] { 1, 2, 8, 12, 69, 93, 517 })
        {
            Complex[] input = [.. Enumerable.Range(0, length).Select(i => new Complex(Wave(i), Math.Cos(3 * i)))];
            var output = FourierTransform.Forward(input);
            var back = FourierTransform.Backward(output);
            for (var k = 0; k < length; k++)
            {
                var sum = Complex.Zero;
                for (var t = 0; t < length; t++) sum += input[t] * Complex.FromPolarCoordinates(1, -2 * Math.PI * (t * k % length) / length);
                Assert.IsLessThan(1e-9, Complex.Abs(sum - output[k]));
                Assert.IsLessThan(1e-11, Complex.Abs(input[k] - back[k]));
            }
        }
    }

    [TestMethod]
    public void Single_places_by_Horner_are_the_transforms()
    {
        double[] input = [.. Enumerable.Range(0, 1_024).Select(Wave)];
        var whole = FourierTransform.Forward(Array.ConvertAll(input, value => new Complex(value, 0)));
        var horner = new HornerDft(input.Length, 3, 20, -1);
        horner.TransformReal(input);
        for (var i = 0; i < 20; i++) Assert.IsLessThan(1e-12 * input.Sum(), Complex.Abs(whole[3 + i] - new Complex(horner.Real[i], horner.Imaginary[i])));
    }

    [TestMethod]
    public void Every_point_has_a_verdict_also_in_a_short_last_batch()
    {
        foreach (var points in new[] { 12, 50, 64, 65, 70, 75, 76, 128, 200 })
        {
            var verdicts = new SrCnnEntireDetector(new SrCnnEntireOptions { BatchSize = 64, DetectMode = SrCnnDetectMode.AnomalyAndMargin })
                .Detect([.. Enumerable.Range(0, points).Select(Wave)]);
            Assert.HasCount(points, verdicts);
            foreach (var verdict in verdicts) Assert.IsTrue(verdict.Lower <= verdict.Expected && verdict.Expected <= verdict.Upper, verdict.ToString());
        }
    }

    [TestMethod]
    public void A_short_last_batch_is_judged_with_points_before_it()
    {
        double[] series = [.. Enumerable.Range(0, 70).Select(Wave)];
        var detector = new SrCnnEntireDetector(new SrCnnEntireOptions { BatchSize = 64 });
        CollectionAssert.AreEqual(detector.Detect(series.AsSpan(6)).Skip(58).ToArray(), detector.Detect(series).Skip(64).ToArray());
    }

    [TestMethod]
    public void A_spike_in_a_batch_is_the_only_anomaly_and_expected_to_be_none()
    {
        double[] series = [.. Enumerable.Range(0, 200).Select(Wave)];
        series[120] = 150;
        foreach (var mode in Enum.GetValues<SrCnnDetectMode>())
        {
            var verdicts = new SrCnnEntireDetector(new SrCnnEntireOptions { DetectMode = mode }).Detect(series);
            CollectionAssert.AreEqual(new[] { 120 }, Enumerable.Range(0, 200).Where(i => verdicts[i].Alert).ToArray());
            if (mode != SrCnnDetectMode.AnomalyOnly) Assert.IsLessThan(8, Math.Abs(verdicts[120].Expected - Wave(120)));
        }
    }

    [TestMethod]
    public void Gaps_and_constants_in_a_batch_are_no_anomalies()
    {
        foreach (var mode in Enum.GetValues<SrCnnDetectMode>())
        {
            var detector = new SrCnnEntireDetector(new SrCnnEntireOptions { DetectMode = mode });
            double[] series = [.. Enumerable.Repeat(-3.5, 40)];
            foreach (var verdict in detector.Detect(series)) Assert.IsFalse(verdict.Alert);
            series[0] = series[20] = double.NaN;
            var gapped = detector.Detect(series);
            Assert.IsTrue(double.IsNaN(gapped[0].Score) && double.IsNaN(gapped[20].Score));
            Assert.IsFalse(gapped.Any(verdict => verdict.Alert));
        }
    }

    [TestMethod]
    public void Fewer_than_twelve_points_or_none_finite_are_refused()
    {
        var detector = new SrCnnEntireDetector(new SrCnnEntireOptions());
        Assert.ThrowsExactly<ArgumentException>(() => detector.Detect(new double[11]));
        Assert.ThrowsExactly<ArgumentException>(() => detector.Detect([.. Enumerable.Repeat(double.NaN, 20)]));
    }
}
