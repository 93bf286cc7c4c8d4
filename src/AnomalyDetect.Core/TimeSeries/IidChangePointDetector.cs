using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.TimeSeries;

/// <summary>
/// Lasting changes of level or spread, in a series whose points are otherwise alike and independent: p-values as in <see cref="IidSpikeDetector"/>, and a
/// martingale that bets on them. Same parameters and answers as ML.NET's IidChangePointDetector. A constant series never alerts. A season or a trend is a
/// change to it: use <see cref="SsaChangePointDetector"/>. Memory 16 bytes a point of history.
/// </summary>
internal sealed class IidChangePointDetector : ISeriesDetector
{
    private readonly IidChangePointOptions _options;
    private readonly KernelPValue _pvalues;
    private readonly Martingale _martingale;
    private readonly ulong _key;

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public IidChangePointDetector(IidChangePointOptions options)
    {
        SeriesOptionsValidator.Require(SeriesOptionsValidator.Validate(options));
        _options = options;
        _pvalues = new KernelPValue(options.ChangeHistoryLength, AnomalySide.TwoSided);
        _martingale = new Martingale(options.ChangeHistoryLength, options.Martingale, options.Eps, options.Confidence);
        _key = OptionsKey.Of(options);
    }

    public long Bytes => _pvalues.Bytes + _martingale.Bytes + 48;

    public SeriesVerdict Observe(long time, double value)
    {
        if (SeriesVerdict.IsGap(value)) return SeriesVerdict.Gap;
        var p = _pvalues.Observe(value);
        return _martingale.Judge(value, p, _pvalues.Full);
    }

    public void Save(StateWriter writer)
    {
        OptionsKey.Save(writer, _key);
        _pvalues.Save(writer);
        _martingale.Save(writer);
    }

    public void Load(ref StateReader reader)
    {
        OptionsKey.Check(ref reader, _key, _options);
        _pvalues.Load(ref reader);
        _martingale.Load(ref reader);
    }
}
