using System.Runtime.Intrinsics;
using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.Multivariate;

/// <summary>
/// How much a tenant's entities vary around their own means, feature by feature: the model's prior until the tenant has shown its own. One far value counts
/// as five σ, so that an attack widens it little.
/// </summary>
internal sealed class FeatureScale
{
    /// <summary>σ is never taken for less: otherwise the first failure of somebody who never failed would be a sensation.</summary>
    public const double Least = 0.25;

    private const double Memory = 5_000; // rows looked back over
    private const double PriorRows = 200;
    private const float Lowest = -2, Highest = 30; // of a standardised value: doing less is rarely an attack

    private readonly float[] _variances = new float[Features.Count];
    private double _rows;

    public FeatureScale(EntityModel prior)
    {
        for (var j = 0; j < Features.Count; j++) _variances[j] = prior.Within[j] * prior.Within[j];
    }

    public static int Bytes => (Features.Count * 4) + 48;

    public double Sigma(int feature, double extraVariance) => Math.Sqrt(Math.Max(Least * Least, _variances[feature]) + extraVariance);

    /// <summary>The same of all features at once.</summary>
    /// <param name="between">Variances of entities' own means.</param>
    /// <param name="weight">With <paramref name="of"/>, the share of them that is added.</param>
    public void Sigmas(ReadOnlySpan<float> between, double weight, double of, Span<double> sigmas)
    {
        for (var j = 0; j < Features.Count; j += Vector256<float>.Count)
        {
            var (ownLow, ownHigh) = Vector256.Widen(Vector256.Create<float>(_variances.AsSpan(j)));
            var (meansLow, meansHigh) = Vector256.Widen(Vector256.Create(between[j..]));
            Vector256.Sqrt(Vector256.Max(Vector256.Create(Least * Least), ownLow) + (meansLow * weight / of)).CopyTo(sigmas[j..]);
            Vector256.Sqrt(Vector256.Max(Vector256.Create(Least * Least), ownHigh) + (meansHigh * weight / of)).CopyTo(sigmas[(j + Vector256<double>.Count)..]);
        }
    }

    /// <summary>As if it had begun at another prior.</summary>
    public void Rebase(EntityModel from, EntityModel to)
    {
        var left = (float)(PriorRows / (PriorRows + _rows)); // of the prior in what is known
        for (var j = 0; j < Features.Count; j++)
            _variances[j] = Math.Max(0, _variances[j] + (((to.Within[j] * to.Within[j]) - (from.Within[j] * from.Within[j])) * left));
    }

    /// <summary>error ÷ σ.</summary>
    public static FeatureVector Standardise(ReadOnlySpan<double> errors, ReadOnlySpan<double> sigmas)
    {
        var result = default(FeatureVector);
        AllFeatures.Standardise(errors, sigmas, Lowest, Highest, result);
        return result;
    }

    public void Learn(ReadOnlySpan<double> errors)
    {
        _rows = Math.Min(_rows + 1, Memory);
        Span<float> squares = stackalloc float[Features.Count];
        AllFeatures.Narrow(errors, squares);
        for (var j = 0; j < Features.Count; j += Vector256<float>.Count)
        {
            var (error, variance) = (Vector256.Create<float>(squares[j..]), Vector256.Create<float>(_variances.AsSpan(j)));
            Vector256.Min(error * error, Vector256.Max(Vector256.Create((float)(Least * Least)), variance) * 25).CopyTo(squares[j..]);
        }

        AllFeatures.Blend(_variances, squares, _rows + PriorRows);
    }

    public void Save(StateWriter writer)
    {
        writer.Raw<float>(_variances);
        writer.Double(_rows);
    }

    public void Load(ref StateReader reader)
    {
        reader.Raw(_variances.AsSpan());
        _rows = reader.Double();
    }
}
