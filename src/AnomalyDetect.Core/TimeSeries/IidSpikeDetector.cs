using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.TimeSeries;

/// <summary>
/// Single points far from the last ones, in a series whose points are otherwise alike and independent: no trend, no season. Same parameters and answers as
/// ML.NET's IidSpikeDetector. Fails where the level moves (every point of a ramp is a spike to its past) and where spikes fill the history (they become
/// normal). A constant series never alerts, and the first other value in it does. Memory 8 bytes a point of history; time one erf for each of them.
/// </summary>
internal sealed class IidSpikeDetector : ISeriesDetector
{
    private readonly IidSpikeOptions _options;
    private readonly KernelPValue _pvalues;
    private readonly double _threshold;
    private readonly ulong _key;

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public IidSpikeDetector(IidSpikeOptions options)
    {
        SeriesOptionsValidator.Require(SeriesOptionsValidator.Validate(options));
        _options = options;
        _pvalues = new KernelPValue(options.PvalueHistoryLength, options.Side);
        _threshold = 1 - (options.Confidence / 100);
        _key = OptionsKey.Of(options);
    }

    public long Bytes => _pvalues.Bytes + 48;

    public SeriesVerdict Observe(long time, double value)
    {
        if (SeriesVerdict.IsGap(value)) return SeriesVerdict.Gap;
        var p = _pvalues.Observe(value);
        return new SeriesVerdict(_pvalues.Full && p <= _threshold, value, p, 0);
    }

    public void Save(StateWriter writer)
    {
        OptionsKey.Save(writer, _key);
        _pvalues.Save(writer);
    }

    public void Load(ref StateReader reader)
    {
        OptionsKey.Check(ref reader, _key, _options);
        _pvalues.Load(ref reader);
    }
}
