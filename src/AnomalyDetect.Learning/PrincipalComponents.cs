using AnomalyDetect.Core.Multivariate;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace AnomalyDetect.Learning;

/// <summary>Fits ML.NET's RandomizedPca (Halko, Martinsson &amp; Tropp, SIAM Review 53, 2011) and takes out what a lane scores with.</summary>
internal sealed class PrincipalComponents
{
    private const int Oversampling = 12;
    private const float Blur = 0.1f; // σ 0.03, where features have one of about 1

    /// <summary>What ML.NET reads a row as.</summary>
    internal sealed class Row
    {
        [VectorType(Features.Count)]
        public float[] Values { get; set; } = [];
    }

    private PrincipalComponents(ITransformer transformer, float[] center, float[][] components) => (Transformer, Center, Components) = (transformer, center, components);

    /// <summary>ML.NET's own, for holding ours against it.</summary>
    public ITransformer Transformer { get; }

    public float[] Center { get; }

    /// <summary>Orthonormal.</summary>
    public float[][] Components { get; }

    public static PrincipalComponents Fit(MLContext context, IEnumerable<FeatureVector> vectors, int rank, int seed)
    {
        // Of features that never vary, or only together, the solver makes what is no number; so each is blurred a little.
        var dice = new Random(seed);
        var blurred = vectors.Select(v => new Row { Values = [.. ToArray(v).Select(value => value + (Blur * (float)(dice.NextDouble() - 0.5)))] }).ToList();
        var data = context.Data.LoadFromEnumerable(blurred);
        var trainer = context.AnomalyDetection.Trainers.RandomizedPca(new RandomizedPcaTrainer.Options
        {
            FeatureColumnName = nameof(Row.Values), Rank = rank, Oversampling = Math.Min(Oversampling, Features.Count - rank), EnsureZeroMean = true, Seed = seed,
        });
        var fitted = trainer.Fit(data);
        var parameters = fitted.Model;
        VBuffer<float>[]? eigenvectors = null;
        parameters.GetEigenVectors(ref eigenvectors, out var found);
        var mean = default(VBuffer<float>);
        parameters.GetMean(ref mean);
        return new PrincipalComponents(fitted, [.. mean.DenseValues()], Orthonormal([.. eigenvectors!.Take(found).Select(v => v.DenseValues().ToArray())]));
    }

    /// <summary>ML.NET's are so within some thousandths; contributions that add up need more (Gram &amp; Schmidt, twice).</summary>
    private static float[][] Orthonormal(float[][] vectors)
    {
        var result = new List<double[]>();
        foreach (var vector in vectors)
        {
            double[] rest = [.. vector];
            foreach (var known in result.Concat(result))
            {
                var along = rest.Zip(known, static (a, b) => a * b).Sum();
                for (var j = 0; j < rest.Length; j++) rest[j] -= along * known[j];
            }

            var length = Math.Sqrt(rest.Sum(static a => a * a));
            result.Add([.. rest.Select(a => a / length)]);
        }

        return [.. result.Select(v => v.Select(static a => (float)a).ToArray())];
    }

    public static float[] ToArray(in FeatureVector vector)
    {
        var values = new float[Features.Count];
        for (var j = 0; j < values.Length; j++) values[j] = vector[j];
        return values;
    }
}
