using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.TimeSeries;

/// <summary>
/// Lasting changes against what trend and seasons make expected: the distances of points from forecasts as in <see cref="SsaSpikeDetector"/>, judged like
/// <see cref="IidChangePointDetector"/> judges values. Same parameters and answers as ML.NET's SsaChangePointDetector; gathers or is fitted like
/// <see cref="SsaSpikeDetector"/>. The model does not adapt, so after a change it goes on forecasting from the subspace it was fitted on.
/// </summary>
internal sealed class SsaChangePointDetector : ISeriesDetector
{
    private readonly SsaChangePointOptions _options;
    private readonly SsaModel _model;
    private readonly KernelPValue _pvalues;
    private readonly Martingale _martingale;
    private readonly ulong _key;

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public SsaChangePointDetector(SsaChangePointOptions options)
    {
        SeriesOptionsValidator.Require(SeriesOptionsValidator.Validate(options));
        _options = options;
        _model = new SsaModel(options.SeasonalityWindowSize, options.TrainingWindowSize);
        _pvalues = new KernelPValue(options.ChangeHistoryLength, AnomalySide.TwoSided);
        _martingale = new Martingale(options.ChangeHistoryLength, options.Martingale, options.Eps, options.Confidence);
        _key = OptionsKey.Of(options);
    }

    public long Bytes => _model.Bytes + _pvalues.Bytes + _martingale.Bytes + 56;

    /// <inheritdoc cref="SsaModel.Fit(ReadOnlySpan{double})"/>
    public void Fit(ReadOnlySpan<double> history) => _model.Fit(history);

    public SeriesVerdict Observe(long time, double value)
    {
        if (SeriesVerdict.IsGap(value)) return SeriesVerdict.Gap;
        var expected = _model.Consume(value);
        if (double.IsNaN(expected)) return SeriesVerdict.Gathering;
        var error = _options.ErrorFunction.Between(value, expected);
        var p = _pvalues.Observe(error);
        return _martingale.Judge(error, p, _pvalues.Full);
    }

    public void Save(StateWriter writer)
    {
        OptionsKey.Save(writer, _key);
        _model.Save(writer);
        _pvalues.Save(writer);
        _martingale.Save(writer);
    }

    public void Load(ref StateReader reader)
    {
        OptionsKey.Check(ref reader, _key, _options);
        _model.Load(ref reader);
        _pvalues.Load(ref reader);
        _martingale.Load(ref reader);
    }
}
