using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Learning.Tests;

[TestClass]
public sealed class TenantCohortTests
{
    /// <summary>Tenants by their number; the <paramref name="large"/> last do e³ times as much.</summary>
    private static List<FeatureRow> History(int small, int large, int windows = 360)
    {
        var rows = SomeHistory.Of(small, 2, windows);
        rows.AddRange(SomeHistory.Of(large, 2, windows, seed: 2).Select(row =>
        {
            var vector = row.Values;
            foreach (var feature in new[] { Feature.ApiCalls, Feature.Kilobytes, Feature.Resources }) vector[feature] += 3;
            return row with { Tenant = Symbol.Create("large " + row.Tenant.Text), Values = vector };
        }));
        return rows;
    }

    private static BehaviourModel Train(List<FeatureRow> rows, params LearnedRate[] rates) => new BehaviourTrainer(new TrainingOptions()).Train([rows], rates, "a test");

    [TestMethod]
    public void Small_and_large_tenants_are_two_cohorts_each_with_a_model_of_its_own()
    {
        var rows = History(6, 8);
        var model = Train(rows);
        Assert.IsEmpty(model.Validate());
        CollectionAssert.AreEquivalent(new[] { 6, 8 }, model.Cohorts.Select(c => c.Tenants).ToArray());
        var (small, large) = (model.Cohorts.Single(c => c.Tenants == 6), model.Cohorts.Single(c => c.Tenants == 8));
        Assert.AreEqual(3, large.Principal.Mean[(int)Feature.ApiCalls] - small.Principal.Mean[(int)Feature.ApiCalls], 0.2);
        Assert.IsLessThan(model.Principal.Between[(int)Feature.ApiCalls], large.Principal.Between[(int)Feature.ApiCalls]);
        Assert.AreEqual(large, model.CohortAt(model.CohortOf(large.Centroid)));
        Assert.AreEqual(small, model.CohortAt(model.CohortOf(small.Centroid)));
        Assert.AreEqual(0, model.CohortOf([.. large.Centroid.Select(c => c + 40)]), "it is like none");
    }

    [TestMethod]
    public void Each_cohort_has_the_rates_of_its_own_tenants()
    {
        var rates = Enumerable.Range(0, 6).Select(t => new LearnedRate($"tenant {t}", "user 1", 1, 2, 1, 100)).Concat(Enumerable.Range(0, 8).Select(t => new LearnedRate($"large tenant {t}", "user 1", 1, 40, 1, 100)));
        var model = Train(History(6, 8), [.. rates]);
        CollectionAssert.AreEquivalent(new[] { 2f, 40f }, model.Cohorts.Select(c => c.Rates[1].Mean).ToArray());
    }

    [TestMethod]
    public void Tenants_that_are_all_alike_are_no_cohorts() => Assert.IsEmpty(Train(History(14, 0)).Cohorts);

    [TestMethod]
    public void A_handful_of_tenants_is_no_cohort() => Assert.IsEmpty(Train(History(4, 4, windows: 360)).Cohorts);

    [TestMethod]
    public void The_same_rows_give_the_same_cohorts() => Assert.AreEqual(Train(History(6, 8)).Id(), Train(History(6, 8)).Id());

    [TestMethod]
    public void Two_tenants_of_one_name_in_two_histories_are_two()
    {
        var (small, large) = (SomeHistory.Of(6, windows: 360), History(0, 6).Select(r => r with { Tenant = Symbol.Create(r.Tenant.Text[6..]) }).ToList());
        var model = new BehaviourTrainer(new TrainingOptions()).Train([small, large], [], "a test");
        CollectionAssert.AreEqual(new[] { 6, 6 }, model.Cohorts.Select(c => c.Tenants).ToArray());
    }
}
