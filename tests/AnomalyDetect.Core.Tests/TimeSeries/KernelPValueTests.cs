using System.Runtime.Intrinsics;
using AnomalyDetect.Core.TimeSeries;

namespace AnomalyDetect.Core.Tests.TimeSeries;

[TestClass]
public sealed class KernelPValueTests
{
    [TestMethod]
    public void The_exponential_is_right_to_nine_digits()
    {
        for (var x = -690.0; x < 690; x += 0.37)
            Assert.AreEqual(1, NormalTails.Exp(Vector256.Create(x))[2] / Math.Exp(x), 3e-10);
    }

    [TestMethod]
    public void The_sides_are_tails_of_one_distribution()
    {
        var positive = new KernelPValue(50, AnomalySide.Positive);
        var negative = new KernelPValue(50, AnomalySide.Negative);
        var both = new KernelPValue(50, AnomalySide.TwoSided);
        for (var i = 0; i < 200; i++)
        {
            var score = Math.Sin(i * i);
            var upper = positive.Observe(score);
            Assert.AreEqual(1 - upper, negative.Observe(score), 1e-15);
            Assert.AreEqual(Math.Min(upper, 1 - upper), both.Observe(score), 1e-15);
        }
    }

    [TestMethod]
    public void A_huge_spike_leaves_no_trace_once_it_is_out_of_the_history()
    {
        var calm = new KernelPValue(20, AnomalySide.TwoSided);
        var shaken = new KernelPValue(20, AnomalySide.TwoSided);
        for (var i = 0; i < 20; i++) calm.Observe(7);
        for (var i = 0; i < 20; i++) shaken.Observe(1e90);
        for (var i = 0; i < 100; i++)
        {
            var (left, right) = (calm.Observe(Math.Sin(i)), shaken.Observe(Math.Sin(i)));
            if (i >= 20) Assert.AreEqual(left, right);
        }
    }
}
