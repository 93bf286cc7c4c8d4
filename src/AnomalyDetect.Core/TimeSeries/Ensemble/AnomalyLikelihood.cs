namespace AnomalyDetect.Core.TimeSeries.Ensemble;

/// <summary>
/// How far the recent mean of an error stands from what the error usually is, in σ of the error (after Ahmad, Lavin, Purdy &amp; Agha, Neurocomputing 262,
/// 2017): a run of middling errors says more than one large one. 28 bytes.
/// </summary>
internal struct AnomalyLikelihood
{
    private double _mean;
    private double _variance;
    private double _recent;
    private int _points;

    public double Observe(double error, int warmUp, double longMemory, double shortMemory)
    {
        if (_points < int.MaxValue) _points++;
        _recent += Math.Max(1 / shortMemory, 1.0 / _points) * (error - _recent);
        var sigma = Math.Sqrt(_variance);
        var z = _points > warmUp && sigma > 0 ? (_recent - _mean) / sigma : 0;
        var weight = Math.Max(1 / longMemory, 1.0 / _points);
        var off = error - _mean;
        _mean += weight * off;
        _variance = (1 - weight) * (_variance + (weight * off * off));
        return z;
    }
}
