using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.TimeSeries;

/// <summary>
/// Single points far from what trend and seasons make expected: a point's distance from an <see cref="SsaModel"/>'s forecast, judged like
/// <see cref="IidSpikeDetector"/> judges values. Same parameters and answers as ML.NET's SsaSpikeDetector, which is fitted on a series apart: here the first
/// TrainingWindowSize points are gathered and not judged, or <see cref="Fit"/> takes a history in their place. As ML.NET's prediction engine feeds the model
/// before it asks it, the forecast is the one made after the point, for the next: a fast season leaves an error of its own step, and a spike draws its forecast
/// along a little. The model does not adapt: a lasting change stays an error until the p-values' history is full of it. A constant series never alerts.
/// </summary>
internal sealed class SsaSpikeDetector : ISeriesDetector
{
    private readonly SsaSpikeOptions _options;
    private readonly SsaModel _model;
    private readonly KernelPValue _pvalues;
    private readonly double _threshold;
    private readonly ulong _key;

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public SsaSpikeDetector(SsaSpikeOptions options)
    {
        SeriesOptionsValidator.Require(SeriesOptionsValidator.Validate(options));
        _options = options;
        _model = new SsaModel(options.SeasonalityWindowSize, options.TrainingWindowSize);
        _pvalues = new KernelPValue(options.PvalueHistoryLength, options.Side);
        _threshold = 1 - (options.Confidence / 100);
        _key = OptionsKey.Of(options);
    }

    public long Bytes => _model.Bytes + _pvalues.Bytes + 56;

    /// <inheritdoc cref="SsaModel.Fit(ReadOnlySpan{double})"/>
    public void Fit(ReadOnlySpan<double> history) => _model.Fit(history);

    public SeriesVerdict Observe(long time, double value)
    {
        if (SeriesVerdict.IsGap(value)) return SeriesVerdict.Gap;
        var expected = _model.Consume(value);
        if (double.IsNaN(expected)) return SeriesVerdict.Gathering;
        var error = _options.ErrorFunction.Between(value, expected);
        var p = _pvalues.Observe(error);
        return new SeriesVerdict(_pvalues.Full && p <= _threshold, error, p, 0);
    }

    public void Save(StateWriter writer)
    {
        OptionsKey.Save(writer, _key);
        _model.Save(writer);
        _pvalues.Save(writer);
    }

    public void Load(ref StateReader reader)
    {
        OptionsKey.Check(ref reader, _key, _options);
        _model.Load(ref reader);
        _pvalues.Load(ref reader);
    }
}
