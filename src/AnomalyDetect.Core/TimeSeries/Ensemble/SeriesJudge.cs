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
    private readonly SeriesEnsemble _series = new(options);
    private CountLevel _level;

    /// <param name="start">Of the window.</param>
    /// <param name="count">NaN: the window is missing.</param>
    public JudgedCount Next(DateTime start, double count)
    {
        var score = _series.Score(start, count);
        var judged = _level.Judge(count);
        if (SeriesVerdict.IsGap(count)) return new JudgedCount(false, judged.Expected, judged.Sigma);
        var alert = score >= 0.5 && _level.IsKnown && judged.Z >= TailEstimate.Threshold;
        _level = _level.Learn(count);
        return new JudgedCount(alert, judged.Expected, judged.Sigma);
    }
}
