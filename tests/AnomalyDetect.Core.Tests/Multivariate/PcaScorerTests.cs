using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Testing;
using CsCheck;

namespace AnomalyDetect.Core.Tests.Multivariate;

[TestClass]
public sealed class PcaScorerTests
{
    private static readonly Gen<FeatureVector> Vector = Gen.Float[-2, 10].Array[Features.Count].Select(values =>
    {
        var vector = default(FeatureVector);
        for (var j = 0; j < Features.Count; j++) vector[j] = values[j];
        return vector;
    });

    private static FeatureVector Of(params (Feature Feature, float Value)[] values)
    {
        var vector = default(FeatureVector);
        foreach (var (feature, value) in values) vector[feature] = value;
        return vector;
    }

    [TestMethod]
    public void What_counts_is_what_stands_out_of_the_whitened_vector()
    {
        var model = SomeModel.Entity();
        var scorer = new PcaScorer(model);
        Vector.Sample(vector =>
        {
            // C^(-1/2) x with C = σ² I + (λ − σ²) p pᵀ, written out.
            var along = 0.0;
            for (var j = 0; j < Features.Count; j++) along += model.Components[0][j] * (double)vector[j];
            var expected = 0.0;
            for (var j = 0; j < Features.Count; j++)
            {
                var off = vector[j] - (along * model.Components[0][j]);
                var white = (off / Math.Sqrt(model.ResidualVariance)) + (along * model.Components[0][j] / Math.Sqrt(model.Variances[0]));
                expected += Math.Pow(Math.Max(0, white - PcaScorer.Soft), 2);
            }

            Assert.AreEqual(expected, scorer.Excess(vector, out _), 1e-3 + (expected * 1e-4));
        }, iter: 200);
    }

    [TestMethod]
    public void Contributions_add_up_to_the_excess() => Vector.Sample(vector =>
    {
        var excess = SomeModel.Entity().Scorer.Excess(vector, out var contributions);
        var sum = 0.0;
        for (var j = 0; j < Features.Count; j++)
        {
            Assert.IsGreaterThanOrEqualTo(0, contributions[j]);
            sum += contributions[j];
        }

        Assert.AreEqual(excess, sum, 1e-6 + (excess * 1e-5));
    }, iter: 100);

    [TestMethod]
    public void Many_features_a_little_off_are_no_oddity_and_one_far_off_is()
    {
        var little = default(FeatureVector);
        for (var j = 0; j < Features.Count; j++) little[j] = 1;
        var scorer = SomeModel.Entity().Scorer;
        Assert.AreEqual(0, scorer.Excess(little, out _));
        Assert.IsGreaterThan(2, scorer.Score(scorer.Excess(Of((Feature.Resources, 5)), out _)), "of the same length");
    }

    [TestMethod]
    public void What_goes_together_as_it_always_does_counts_less_than_what_breaks_the_pattern()
    {
        var scorer = SomeModel.Entity().Scorer;
        var together = scorer.Excess(Of((Feature.ApiCalls, 4), (Feature.Kilobytes, 4)), out _);
        var broken = scorer.Excess(Of((Feature.ApiCalls, 4), (Feature.Kilobytes, -4)), out _);
        Assert.IsGreaterThan(4 * together, broken);
    }

    [TestMethod]
    public void The_feature_that_stands_out_contributes_most()
    {
        SomeModel.Entity().Scorer.Excess(Of((Feature.Resources, 9), (Feature.ApiCalls, 1)), out var contributions);
        for (var j = 0; j < Features.Count; j++) Assert.IsTrue(j == (int)Feature.Resources || contributions[j] < contributions[Feature.Resources]);
    }
}
