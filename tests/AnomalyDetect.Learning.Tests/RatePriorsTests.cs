using AnomalyDetect.Core.Baselines;

namespace AnomalyDetect.Learning.Tests;

[TestClass]
public sealed class RatePriorsTests
{
    private static LearnedRate Principal(int number, double mean, int windows = 100) => new("acme", $"user {number}", 1, mean, 1.5, windows);

    [TestMethod]
    public void Principals_known_well_make_the_prior()
    {
        var priors = RatePriors.Of([.. Enumerable.Range(0, 10).Select(i => Principal(i, i % 2 == 0 ? 2 : 6)), Principal(99, 1e6, windows: 3), new LearnedRate("acme", null, 1, 50, 4, 5_000)]);
        Assert.HasCount(3, priors);
        Assert.AreEqual(4, priors[1].Mean, 1e-6);
        Assert.AreEqual(2, priors[1].Between, 1e-6);
        Assert.AreEqual(1.5, priors[1].Dispersion, 1e-6);
        Assert.AreEqual(4, priors[1].TenantDispersion, 1e-6);
    }

    [TestMethod]
    public void Where_nobody_was_known_little_is_made_of_a_newcomer()
    {
        var vague = RatePriors.Of([Principal(1, 3)])[1];
        Assert.IsGreaterThanOrEqualTo(10, vague.Between);
        Assert.AreEqual(vague, RatePriors.Of([])[0]);
    }
}
