using AnomalyDetect.Core.Baselines;

namespace AnomalyDetect.Core.TimeSeries.Ensemble;

/// <summary>What a window's count comes to.</summary>
/// <param name="Mean">What was expected.</param>
/// <param name="Sigma">How far counts usually are from it.</param>
public readonly record struct JudgedCount(bool Alert, double Mean, double Sigma);

/// <summary>
/// Goes over a series of counts as <c>ml_spike</c> goes over its windows: the ensemble has to call it, and it has to stand out of the noise of such counts. What is expected is the
/// mean of the last two hours, for a history holds no baselines.
/// </summary>
public sealed class SeriesJudge(SeriesEnsembleOptions options)
{
    private const int MeanMemory = 24; // windows
    private const int KnownAfter = 100; // windows, of which the ensemble learns
    private const double MostSquare = 25;

    private readonly SeriesEnsemble _series = new(options);
    private double _mean, _square; // of error² ÷ mean
    private int _windows;

    /// <param name="start">Of the window.</param>
    /// <param name="count">NaN: the window is missing.</param>
    public JudgedCount Next(DateTime start, double count)
    {
        var score = _series.Score(start, count);
        var judged = new Deviation(count, _mean, Math.Max(1, _square));
        if (SeriesVerdict.IsGap(count)) return new JudgedCount(false, _mean, judged.Sigma);
        var alert = score >= 0.5 && _windows >= KnownAfter && judged.Z >= TailEstimate.Threshold;
        var (mean, sigma) = (_mean, judged.Sigma);
        _windows++;
        var error = count - _mean;
        if (_windows > 1) _square += (Math.Min(error * error / Math.Max(1, _mean), MostSquare * Math.Max(1, _square)) - _square) / Math.Min(_windows, CountBaseline.DispersionMemory);
        _mean += error / Math.Min(_windows, MeanMemory);
        return new JudgedCount(alert, mean, sigma);
    }
}
