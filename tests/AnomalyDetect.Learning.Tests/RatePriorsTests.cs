using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Testing;

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

    [TestMethod]
    public void Where_nothing_is_known_of_minutes_anothers_priors_move_as_windows_did()
    {
        var (before, rates) = (SomeModel.Entity(), SomeModel.Create().Rates);
        float[] mean = [.. before.Mean];
        (mean[(int)Feature.ApiCalls], mean[(int)Feature.Delegations]) = (MathF.Log(1 + 15), MathF.Log(1 + 1));
        var moved = RatePriors.Moved(rates, before, before with { Mean = mean });
        Assert.AreEqual(2.5 * rates[1].Mean, moved[1].Mean, 1e-5, "15 calls a window in place of 6");
        Assert.AreEqual(2.5 * rates[1].Between, moved[1].Between, 1e-5);
        Assert.AreEqual(rates[1].Dispersion, moved[1].Dispersion);
        Assert.AreEqual(rates[0], moved[0], "logins are what they were");
        Assert.AreEqual(rates[2], moved[2], "of delegations nothing was known before");
        mean[(int)Feature.ApiCalls] = MathF.Log(1 + 600);
        Assert.AreEqual(4 * rates[1].Mean, RatePriors.Moved(rates, before, before with { Mean = mean })[1].Mean, 1e-5, "no further than four times at once");
    }
}
