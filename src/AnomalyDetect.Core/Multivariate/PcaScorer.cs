namespace AnomalyDetect.Core.Multivariate;

/// <summary>
/// How far a standardised vector lies from the ordinary, and which features take it there: the Mahalanobis distance under probabilistic principal components
/// (Tipping &amp; Bishop, J. R. Statist. Soc. B 61, 1999), that is, along the components by their own variances and off them by what is left. Features that
/// usually go together may go together; what breaks the pattern counts. Contributions are the parts of the square root of the inverse covariance, which add
/// up to the distance (Alcala &amp; Qin, Automatica 45, 2009). O(features × components), no garbage.
/// </summary>
public sealed class PcaScorer
{
    private readonly float[] _center;
    private readonly float[] _components; // one after the other
    private readonly float[] _scales; // 1/σ along a component less 1/σ off them
    private readonly float _rest; // 1/σ off the components
    private readonly double _scoreMean, _scoreDeviation;

    public PcaScorer(EntityModel model)
    {
        Model = model;
        _center = [.. model.Center];
        _components = [.. model.Components.SelectMany(c => c)];
        _rest = 1 / MathF.Sqrt(model.ResidualVariance);
        _scales = [.. model.Variances.Select(v => (1 / MathF.Sqrt(v)) - _rest)];
        (_scoreMean, _scoreDeviation) = (model.ScoreMean, model.ScoreDeviation);
    }

    public EntityModel Model { get; }

    /// <summary>The squared distance.</summary>
    /// <param name="contributions">Each feature's part of it.</param>
    public double Distance(in FeatureVector standardised, out FeatureVector contributions)
    {
        Span<float> centred = stackalloc float[Features.Count];
        Span<float> scaled = stackalloc float[Features.Count];
        for (var j = 0; j < Features.Count; j++)
        {
            centred[j] = standardised[j] - _center[j];
            scaled[j] = centred[j] * _rest;
        }

        for (var i = 0; i < _scales.Length; i++)
        {
            var component = _components.AsSpan(i * Features.Count, Features.Count);
            var along = 0f;
            for (var j = 0; j < Features.Count; j++) along += component[j] * centred[j];
            along *= _scales[i];
            for (var j = 0; j < Features.Count; j++) scaled[j] += component[j] * along;
        }

        contributions = default;
        var distance = 0.0;
        for (var j = 0; j < Features.Count; j++)
        {
            contributions[j] = scaled[j] * scaled[j];
            distance += contributions[j];
        }

        return distance;
    }

    /// <summary>In σ: the cube root of a sum of squares is nearly Gaussian (Wilson &amp; Hilferty, PNAS 17, 1931).</summary>
    public double Score(double distance) => (Math.Cbrt(distance) - _scoreMean) / _scoreDeviation;

    /// <summary>
    /// What ML.NET's RandomizedPca makes of it: the share of the vector's length that no component covers, 0 to 1. It sees the kind of oddity and not its
    /// size, which is why it is not what alerts go by.
    /// </summary>
    public double UncoveredShare(in FeatureVector standardised)
    {
        var (length, covered) = (0.0, 0.0);
        for (var j = 0; j < Features.Count; j++) length += (standardised[j] - _center[j]) * (double)(standardised[j] - _center[j]);
        for (var i = 0; i < _scales.Length; i++)
        {
            var along = 0.0;
            for (var j = 0; j < Features.Count; j++) along += _components[(i * Features.Count) + j] * (double)(standardised[j] - _center[j]);
            covered += along * along;
        }

        return length <= 0 ? 0 : Math.Sqrt(Math.Max(0, length - covered) / length);
    }
}
