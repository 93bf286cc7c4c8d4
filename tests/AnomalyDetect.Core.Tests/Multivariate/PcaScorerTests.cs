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
    public void The_distance_is_that_of_Mahalanobis_under_the_components()
    {
        var model = SomeModel.Entity();
        var scorer = new PcaScorer(model);
        Vector.Sample(vector =>
        {
            // (x − μ)ᵀ C⁻¹ (x − μ) with C = σ² I + (λ − σ²) p pᵀ, written out.
            var (length, along) = (0.0, 0.0);
            for (var j = 0; j < Features.Count; j++)
            {
                length += vector[j] * (double)vector[j];
                along += model.Components[0][j] * (double)vector[j];
            }

            var expected = ((length - (along * along)) / model.ResidualVariance) + (along * along / model.Variances[0]);
            Assert.AreEqual(expected, scorer.Distance(vector, out _), expected * 1e-4);
        }, iter: 200);
    }

    [TestMethod]
    public void Contributions_add_up_to_the_distance() => Vector.Sample(vector =>
    {
        var distance = SomeModel.Entity().Scorer.Distance(vector, out var contributions);
        var sum = 0.0;
        for (var j = 0; j < Features.Count; j++)
        {
            Assert.IsGreaterThanOrEqualTo(0, contributions[j]);
            sum += contributions[j];
        }

        Assert.AreEqual(distance, sum, distance * 1e-5);
    }, iter: 100);

    [TestMethod]
    public void What_goes_together_as_it_always_does_counts_less_than_what_breaks_the_pattern()
    {
        var scorer = SomeModel.Entity().Scorer;
        var together = scorer.Distance(Of((Feature.ApiCalls, 4), (Feature.Kilobytes, 4)), out _);
        var broken = scorer.Distance(Of((Feature.ApiCalls, 4), (Feature.Kilobytes, -4)), out _);
        Assert.IsGreaterThan(4 * together, broken);
    }

    [TestMethod]
    public void The_feature_that_stands_out_contributes_most()
    {
        SomeModel.Entity().Scorer.Distance(Of((Feature.Resources, 9), (Feature.ApiCalls, 1)), out var contributions);
        for (var j = 0; j < Features.Count; j++) Assert.IsTrue(j == (int)Feature.Resources || contributions[j] < contributions[Feature.Resources]);
    }
}
