using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Multivariate;

[TestClass]
public sealed class PrincipalFeaturesTests
{
    private const int Day = 24 * 12; // windows of five minutes
    private const Feature Some = Feature.Sessions;

    [TestMethod]
    public void The_usual_of_who_is_never_idle_is_of_a_whole_day()
    {
        var population = new TenantPopulation(SomeModel.Create().Principal, 5);
        // Sixteen hours of one, then eight of none.
        var own = Known(population, Day, every: 1, w => w < 16 * 12 ? 1 : 0);
        Assert.AreEqual(16.0 / 24, own.Usual()[Some], 0.05);
        // The same windows spread over ten days: what counts is lately.
        Assert.IsLessThan(0.1f, Known(population, Day, every: 10, w => w < 16 * 12 ? 1 : 0).Usual()[Some]);
    }

    [TestMethod]
    public void A_run_that_was_told_is_news_again_when_it_has_come_to_twice_as_much()
    {
        var own = default(PrincipalFeatures);
        Assert.IsTrue(own.IsNews(5));
        own.Told(5);
        Assert.IsFalse(own.IsNews(10));
        Assert.IsTrue(own.IsNews(10.1));
        own.Told(3);
        Assert.IsFalse(own.IsNews(10), "what it had come to at most counts");
        for (var w = 0; w < 20; w++) own.AddToSpell(1_000 + (20 * w), 0, false, out _);
        Assert.IsTrue(own.IsNews(1), "that run is over");
    }

    [TestMethod]
    public void An_interrupted_run_is_told_once()
    {
        var population = new TenantPopulation(SomeModel.Create().Principal, 5);
        var own = Known(population, Day, 1, _ => 1);
        var told = 0;
        for (var w = Day; w < Day + 60; w++)
        {
            // Five odd windows, then five that are not: the run goes on, an alert in between does not.
            var spell = own.AddToSpell(w, w % 10 < 5 ? 4 : 0, w % 10 < 5, out _);
            if (spell < 10 || !own.IsNews(spell)) continue;
            told++;
            own.Told(spell);
        }

        Assert.IsTrue(told is 1 or 2, $"{told} times");
    }

    private static PrincipalFeatures Known(TenantPopulation population, int windows, int every, Func<int, float> value)
    {
        var own = default(PrincipalFeatures);
        own.Claim(7, population);
        for (var w = 0; w < windows; w++)
        {
            var vector = default(FeatureVector);
            vector[Some] = value(w);
            own.Learn((long)w * every, vector, population);
        }

        return own;
    }
}
