using AnomalyDetect.Core.TimeSeries;

namespace AnomalyDetect.Core.Tests.TimeSeries;

[TestClass]
public sealed class SsaModelTests
{
    private static double Season(int i) => 100 + (20 * Math.Sin(2 * Math.PI * i / 12)) + (5 * Math.Cos(2 * Math.PI * i / 4));

    [TestMethod]
    public void A_pure_season_is_forecast_exactly()
    {
        var model = new SsaModel(24, 120);
        for (var i = 0; i < 200; i++)
        {
            var next = model.Consume(Season(i));
            Assert.AreEqual(i < 120, double.IsNaN(next));
            if (i >= 120) Assert.AreEqual(Season(i + 1), next, 1e-8);
        }
    }

    [TestMethod]
    public void A_fit_on_history_is_the_fit_made_on_the_way()
    {
        double[] history = [.. Enumerable.Range(0, 120).Select(Season)];
        var fitted = new SsaModel(24, 120);
        fitted.Fit([double.NaN, .. history, 1, 2, 3]);
        var gathered = new SsaModel(24, 120);
        foreach (var value in history) gathered.Consume(value);
        Assert.AreEqual(gathered.Next, fitted.Next);
    }

    [TestMethod]
    public void A_short_history_is_refused() => Assert.ThrowsExactly<ArgumentException>(() => new SsaModel(24, 120).Fit(new double[119]));

    [TestMethod]
    public void A_series_of_zeros_is_forecast_by_its_mean()
    {
        var model = new SsaModel(8, 20);
        model.Fit(new double[20]);
        Assert.AreEqual(0, model.Next);
        Assert.AreEqual(4, model.Consume(8), 1e-12);
    }

    [TestMethod]
    public void A_degenerate_series_is_forecast_by_numbers()
    {
        Func<int, double>[] kinds = [i => i % 2 == 0 ? 1 : -1, i => i == 30 ? 1 : 0, i => i == 59 ? 1 : 0, i => i < 59 ? 0 : 1e99, i => Math.Pow(2, i), i => i % 7 == 0 ? 5 : 0];
        foreach (var kind in kinds)
            foreach (var window in new[] { 2, 3, 7, 24 })
            {
                var model = new SsaModel(window, 60);
                model.Fit([.. Enumerable.Range(0, 60).Select(kind)]);
                for (var i = 60; i < 100; i++) Assert.IsTrue(double.IsFinite(model.Consume(kind(i))));
            }
    }

    [TestMethod]
    public void A_linear_trend_is_forecast()
    {
        var model = new SsaModel(10, 60);
        for (var i = 0; i < 60; i++) model.Consume(3 + (0.5 * i));
        Assert.AreEqual(3 + (0.5 * 61), model.Consume(3 + (0.5 * 60)), 1e-6);
    }

    [TestMethod]
    public void Eigenvectors_are_orthogonal_sorted_and_make_the_matrix_again()
    {
        const int n = 9;
        var matrix = new double[n * n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++) matrix[(i * n) + j] = Math.Cos(i - j) + (i == j ? i % 3 : 0) + (1.0 / (1 + i + j));
        double[] left = [.. matrix];
        var vectors = new double[n * n];
        SymmetricEigen.Decompose(left, vectors, n);
        for (var i = 0; i < n; i++)
        {
            if (i > 0) Assert.IsLessThanOrEqualTo(left[(i - 1) * (n + 1)], left[i * (n + 1)]);
            for (var j = 0; j < n; j++)
            {
                Assert.AreEqual(i == j ? 1 : 0, Enumerable.Range(0, n).Sum(k => vectors[(i * n) + k] * vectors[(j * n) + k]), 1e-13);
                Assert.AreEqual(matrix[(i * n) + j], Enumerable.Range(0, n).Sum(k => left[k * (n + 1)] * vectors[(k * n) + i] * vectors[(k * n) + j]), 1e-12);
            }
        }
    }
}
