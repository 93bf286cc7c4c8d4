using AnomalyDetect.Core.Baselines;

namespace AnomalyDetect.Core.Tests.Baselines;

[TestClass]
public sealed class CountBaselineTests
{
    private static readonly RatePrior Prior = new() { Mean = 4, Between = 3, Dispersion = 1.5f, TenantDispersion = 3 };

    private static CountBaseline Of(int windows, double count)
    {
        var baseline = default(CountBaseline);
        for (var i = 0; i < windows; i++) baseline.Learn(count, 1, 1, 3);
        return baseline;
    }

    [TestMethod]
    public void Nothing_where_there_was_never_anything_is_learned_as_any_count_is()
    {
        var baseline = default(CountBaseline);
        baseline.Learn(0, 1, 1, 3);
        Assert.AreEqual((0.0, 1), (baseline.Mean, baseline.Windows));
        // A burst made the dispersion, and an hour that holds little took the mean to nothing.
        baseline.Learn(8, 1, 1, 3);
        baseline.Learn(0, 1, 0.01, 3);
        var (before, windows) = (baseline.Dispersion, baseline.Windows);
        for (var i = 0; i < 60; i++) baseline.Learn(0, 1, 1, 3);
        Assert.AreEqual(windows + 60, baseline.Windows);
        Assert.AreEqual(0, baseline.Mean);
        Assert.IsGreaterThan(2, before);
        var expected = (float)before;
        for (var i = 1; i <= 60; i++) expected = (float)(expected + ((0 - expected) / (double)Math.Min(windows + i, CountBaseline.DispersionMemory)));
        Assert.AreEqual(Math.Max(1, expected), baseline.Dispersion);
    }

    [TestMethod]
    public void Somebody_never_seen_is_expected_to_do_what_is_usual()
    {
        var judged = default(CountBaseline).JudgeNew(4, Prior);
        Assert.AreEqual(4, judged.Expected);
        Assert.AreEqual(0, judged.Z);
        Assert.IsGreaterThan(3, default(CountBaseline).JudgeNew(60, Prior).Z);
    }

    [TestMethod]
    public void The_less_is_known_the_less_a_deviation_says() =>
        Assert.IsGreaterThan(default(CountBaseline).JudgeNew(20, Prior).Z + 0.5, Of(40, 4).JudgeNew(20, Prior).Z);

    [TestMethod]
    public void What_it_shows_itself_takes_the_prior_s_place()
    {
        Assert.AreEqual(30, Of(200, 30).JudgeNew(30, Prior).Expected, 0.6);
        Assert.IsGreaterThan(Of(1, 30).JudgeNew(30, Prior).Expected, Of(4, 30).JudgeNew(30, Prior).Expected);
    }

    [TestMethod]
    public void A_tenant_s_dispersion_begins_at_the_usual_and_forgets_it_within_a_day()
    {
        Assert.AreEqual(3, default(CountBaseline).Judge(5, 1, 3).Dispersion, 1e-9);
        Assert.AreEqual(1, Of(1_440, 5).Judge(5, 1, 3).Dispersion, 1e-9);
        Assert.IsInRange(1.05, 2.5, Of(100, 5).Judge(5, 1, 3).Dispersion);
    }
}
