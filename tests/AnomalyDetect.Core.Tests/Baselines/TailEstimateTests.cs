using AnomalyDetect.Core.Baselines;
using CsCheck;

namespace AnomalyDetect.Core.Tests.Baselines;

[TestClass]
public sealed class TailEstimateTests
{
    private static TailEstimate Seen(params double[] peaks)
    {
        var tail = default(TailEstimate);
        tail.LearnOrdinary(10_000);
        foreach (var z in peaks) tail.Learn(z);
        return tail;
    }

    [TestMethod]
    public void The_level_is_the_inverse_of_the_probability() =>
        Gen.Select(Gen.Double[2, 12].Array[0, 400], Gen.Double[2.01, 40]).Sample((peaks, z) =>
        {
            var tail = Seen(peaks);
            Assert.AreEqual(z, tail.Level(tail.Probability(z)), 1e-6 * z);
        });

    [TestMethod]
    public void The_further_off_the_rarer() =>
        Gen.Select(Gen.Double[2, 12].Array[0, 400], Gen.Double[2, 30], Gen.Double[0.1, 30]).Sample((peaks, z, more) =>
            Assert.IsLessThan(Seen(peaks).Probability(z), Seen(peaks).Probability(z + more)));

    [TestMethod]
    public void What_stands_at_or_below_the_threshold_is_ordinary()
    {
        Assert.AreEqual(1, Seen().Probability(2));
        Assert.AreEqual(1, Seen().Probability(-50));
    }

    [TestMethod]
    public void One_attack_hardly_moves_the_level() =>
        Gen.Double[10, 1e6].Sample(attack =>
        {
            var before = Seen([.. Enumerable.Repeat(2.5, 200)]);
            var after = before;
            after.Learn(attack);
            Assert.IsLessThan(1.12 * before.Level(1e-6), after.Level(1e-6));
        });

    [TestMethod]
    public void What_keeps_coming_back_does()
    {
        var tail = Seen([.. Enumerable.Repeat(2.5, 200)]);
        var before = tail.Probability(8);
        for (var i = 0; i < 200; i++) tail.Learn(8);
        Assert.IsGreaterThan(100 * before, tail.Probability(8));
    }

    [TestMethod]
    public void Exponential_excesses_are_found_as_rare_as_they_are()
    {
        var random = new Random(3);
        var tail = default(TailEstimate);
        for (var i = 0; i < 200_000; i++) tail.Learn(random.NextDouble() < 0.02 ? 2 - (0.4 * Math.Log(1 - random.NextDouble())) : 0);
        // 0.02 e^(−2/0.4)
        Assert.AreEqual(0.02 * Math.Exp(-5), tail.Probability(4), 0.02 * Math.Exp(-5));
    }

    [TestMethod]
    public void Old_peaks_fade()
    {
        var tail = Seen([.. Enumerable.Repeat(9.0, 1_000)]);
        var high = tail.Level(1e-6);
        for (var i = 0; i < 10_000; i++)
        {
            tail.LearnOrdinary(40);
            tail.Learn(2.3);
        }

        Assert.IsLessThan(high / 2, tail.Level(1e-6));
    }
}
