using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Multivariate;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AnomalyDetect.Learning.Tests;

[TestClass]
public sealed class BehaviourTrainerTests
{
    private static BehaviourModel Train(List<FeatureRow> rows, int seed = 1) => new BehaviourTrainer(new TrainingOptions { Seed = seed }).Train([rows], [], "a test");

    [TestMethod]
    public void The_same_rows_and_seed_give_the_same_model()
    {
        Assert.AreEqual(Train(SomeHistory.Of()).Id(), Train(SomeHistory.Of()).Id());
        Assert.AreNotEqual(Train(SomeHistory.Of()).Id(), Train(SomeHistory.Of(seed: 2)).Id());
    }

    [TestMethod]
    public void What_goes_together_in_training_may_go_together_later()
    {
        var model = Train(SomeHistory.Of());
        Assert.IsEmpty(model.Validate());
        FeatureVector together = default, apart = default;
        (together[Feature.ApiCalls], together[Feature.Kilobytes], together[Feature.Resources]) = (1, 2, 0.5f);
        (apart[Feature.ApiCalls], apart[Feature.Kilobytes], apart[Feature.Resources]) = (-1, 2, 0.5f);
        Assert.IsGreaterThan(3 * model.Principal.Scorer.Excess(together, out _), model.Principal.Scorer.Excess(apart, out _));
    }

    [TestMethod]
    public void No_more_than_one_training_row_in_a_hundred_stands_where_one_of_a_Gaussian_s_would()
    {
        var rows = SomeHistory.Of();
        var model = Train(rows);
        var standardiser = new FeatureStandardiser(model.Principal, model.Tenant, 5);
        var scores = new List<double>();
        foreach (var row in rows)
            if (standardiser.Next(row, out var vector) && row.Principal is not null) scores.Add(model.Principal.Scorer.Score(model.Principal.Scorer.Excess(vector, out _)));
        Assert.IsLessThanOrEqualTo(0.011, scores.Count(score => score > 2.326) / (double)scores.Count);
    }

    [TestMethod]
    public void Our_scoring_is_that_of_ML_NET()
    {
        var dice = new Random(3);
        var vectors = Enumerable.Range(0, 2_000).Select(_ =>
        {
            var vector = default(FeatureVector);
            var (a, b) = (dice.NextDouble() * 4, dice.NextDouble());
            for (var j = 0; j < Features.Count; j++) vector[j] = (float)((a * (j % 3)) + (b * (j % 5)) + (0.2 * dice.NextDouble()));
            return vector;
        }).ToList();
        var context = new MLContext(1);
        var fitted = PrincipalComponents.Fit(context, vectors, 5, 1);
        var scorer = new PcaScorer(new EntityModel
        {
            Mean = [], Within = [], Between = [], Center = fitted.Center, Components = fitted.Components, Variances = [.. fitted.Components.Select(_ => 1f)], ResidualVariance = 1, ScoreUnit = 1, Tail = TailPrior.Usual,
        });
        var data = context.Data.LoadFromEnumerable(vectors.Select(v => new PrincipalComponents.Row { Values = PrincipalComponents.ToArray(v) }));
        var theirs = fitted.Transformer.Transform(data).GetColumn<float>("Score").ToArray();
        for (var i = 0; i < vectors.Count; i++) Assert.AreEqual(theirs[i], scorer.UncoveredShare(vectors[i]), 3e-3, "ML.NET's components are a little oblique");
    }

    [TestMethod]
    public void Components_are_orthonormal()
    {
        var components = Train(SomeHistory.Of()).Principal.Components;
        for (var a = 0; a < components.Count; a++)
            for (var b = 0; b < components.Count; b++)
                Assert.AreEqual(a == b ? 1 : 0, components[a].Zip(components[b], (x, y) => x * (double)y).Sum(), 1e-5);
    }

    [TestMethod]
    public void A_single_tenant_and_features_that_never_vary_are_enough()
    {
        Assert.IsEmpty(Train(SomeHistory.Of(tenants: 1, windows: 1_000)).Validate());
        var constant = Train(SomeHistory.Of(constant: true));
        Assert.IsEmpty(constant.Validate());
        FeatureVector twice = default;
        twice[Feature.ApiCalls] = 1;
        Assert.IsLessThan(10, constant.Principal.Scorer.Score(constant.Principal.Scorer.Excess(twice, out _)), "the least step is no sensation");
    }

    [TestMethod]
    [DataRow(1, 1, 1)]
    [DataRow(2, 5, 20)]
    public void Too_little_to_learn_from_is_said(int tenants, int principals, int windows) =>
        StringAssert.Contains(Assert.ThrowsExactly<TooLittleException>(() => Train(SomeHistory.Of(tenants, principals, windows))).Message, "There is too little to learn from");

    [TestMethod]
    public void Nothing_at_all_is_too_little() => Assert.ThrowsExactly<TooLittleException>(() => new BehaviourTrainer(new TrainingOptions()).Train([], [], "nothing"));
}
