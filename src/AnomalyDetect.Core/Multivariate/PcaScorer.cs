using System.Runtime.Intrinsics;

namespace AnomalyDetect.Core.Multivariate;

/// <summary>
/// How far a standardised vector leaves the ordinary, and which features take it there. The vector is whitened under probabilistic principal components
/// (Tipping &amp; Bishop, J. R. Statist. Soc. B 61, 1999), that is, multiplied with the square root of the inverse covariance, which leaves one part a feature
/// (Alcala &amp; Qin, Automatica 45, 2009): features that usually go together may go together, what breaks the pattern counts. An attack moves a few features
/// of two dozen, and the sum of all squares would drown it in the others' noise; so only what stands above <see cref="Soft"/> counts (soft thresholding,
/// Donoho &amp; Johnstone, Biometrika 81, 1994). O(features × components), no garbage.
/// </summary>
public sealed class PcaScorer
{
    /// <summary>What a part, of about unit variance in ordinary windows, must exceed to count.</summary>
    public const float Soft = 1.5f;

    private static int Side => Vector256<float>.Count;

    private readonly int _count; // of components
    private readonly float[] _center;
    private readonly float[] _components; // one after the other
    private readonly Vector256<float>[] _weights; // of eight components at a time, each feature's part in them
    private readonly Vector256<float>[] _scales; // of eight components, 1/σ along them less 1/σ off them
    private readonly float _rest; // 1/σ off the components
    private readonly double _unit;

    public PcaScorer(EntityModel model)
    {
        Model = model;
        _count = model.Components.Count;
        _center = [.. model.Center];
        _components = [.. model.Components.SelectMany(c => c)];
        _rest = 1 / MathF.Sqrt(model.ResidualVariance);
        float[] scales = [.. model.Variances.Select(v => (1 / MathF.Sqrt(v)) - _rest)];
        _scales = [.. scales.Chunk(Side).Select(eight => Vector256.Create<float>(Padded(eight)))];
        _weights = [.. model.Components.Chunk(Side).SelectMany(eight =>
            Enumerable.Range(0, Features.Count).Select(j => Vector256.Create<float>(Padded([.. eight.Select(c => c[j])]))))];
        _unit = model.ScoreUnit;
    }

    public EntityModel Model { get; }

    /// <summary>The sum of squares of what stands above <see cref="Soft"/>; 0 of most windows.</summary>
    /// <param name="contributions">Each feature's part of it.</param>
    public double Excess(in FeatureVector standardised, out FeatureVector contributions)
    {
        ReadOnlySpan<float> values = standardised;
        Span<float> centred = stackalloc float[Features.Count];
        Span<float> along = stackalloc float[Features.Count]; // no more components than features
        for (var j = 0; j < Features.Count; j += Side) (Vector256.Create(values.Slice(j, Side)) - Vector256.Create<float>(_center.AsSpan(j, Side))).CopyTo(centred[j..]);
        Project(centred, along);

        contributions = default;
        Span<float> parts = contributions;
        var isBeyond = false;
        for (var j = 0; j < Features.Count; j += Side)
        {
            var white = Vector256.Create<float>(centred.Slice(j, Side)) * _rest;
            for (var i = 0; i < _count; i++) white += Vector256.Create<float>(_components.AsSpan((i * Features.Count) + j, Side)) * along[i];
            var above = Vector256.Max(Vector256<float>.Zero, white - Vector256.Create(Soft));
            if (above == Vector256<float>.Zero) continue;
            (above * above).CopyTo(parts[j..]);
            isBeyond = true;
        }

        var excess = 0.0;
        if (!isBeyond) return excess;
        foreach (var part in parts) excess += part;
        return excess;
    }

    /// <summary>How far the vector reaches along each component, scaled. Eight components go side by side; each one's sum keeps the order of the features, so that it comes out the same to the last bit.</summary>
    private void Project(ReadOnlySpan<float> centred, Span<float> along)
    {
        for (var block = 0; block < _scales.Length; block++)
        {
            var sums = Vector256<float>.Zero;
            var weights = _weights.AsSpan(block * Features.Count, Features.Count);
            for (var j = 0; j < weights.Length; j++) sums += weights[j] * centred[j];
            (sums * _scales[block]).CopyTo(along[(block * Side)..]);
        }
    }

    private static float[] Padded(float[] values) => [.. values, .. new float[Side - values.Length]];

    /// <summary>
    /// In σ: 0 of most windows, 2.3 of one in a hundred of those the model was trained on, as a Gaussian's would be. The cube root of a sum of squares grows nearly like a Gaussian's σ
    /// (Wilson &amp; Hilferty, PNAS 17, 1931).
    /// </summary>
    public double Score(double excess) => Math.Cbrt(excess) / _unit;

    /// <summary>
    /// What ML.NET's RandomizedPca makes of it: the share of the vector's length that no component covers, 0 to 1. It sees the kind of oddity and not its
    /// size, which is why it is not what alerts go by.
    /// </summary>
    public double UncoveredShare(in FeatureVector standardised)
    {
        var (length, covered) = (0.0, 0.0);
        for (var j = 0; j < Features.Count; j++) length += (standardised[j] - _center[j]) * (double)(standardised[j] - _center[j]);
        for (var i = 0; i < Model.Components.Count; i++)
        {
            var along = 0.0;
            for (var j = 0; j < Features.Count; j++) along += _components[(i * Features.Count) + j] * (double)(standardised[j] - _center[j]);
            covered += along * along;
        }

        return length <= 0 ? 0 : Math.Sqrt(Math.Max(0, length - covered) / length);
    }
}
