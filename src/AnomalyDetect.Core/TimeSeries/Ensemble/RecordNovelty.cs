namespace AnomalyDetect.Core.TimeSeries.Ensemble;

/// <summary>
/// Keeps the extremes of a stream. What goes beyond them by more than a part of their range is news, once: the excursion is the new extreme. Extremes are not
/// forgotten, so what has happened before is never news again. 20 bytes.
/// </summary>
internal struct RecordNovelty
{
    private double _min;
    private double _max;
    private int _points;

    /// <summary>From 0 for nothing new to 1 for an excursion as wide as all before; by its square root, since the first part says the most.</summary>
    public double Observe(double value, double margin, int warmUp)
    {
        if (_points < int.MaxValue) _points++;
        if (_points == 1)
        {
            _min = _max = value;
            return 0;
        }

        var range = _max - _min;
        var beyond = Math.Max(value - _max, _min - value);
        if (beyond <= 0) return 0;
        _min = Math.Min(_min, value);
        _max = Math.Max(_max, value);
        if (_points <= warmUp) return 0;
        var part = range > 0 ? beyond / range : 1;
        return part > margin ? Math.Sqrt(Math.Min(part, 1)) : 0;
    }
}
