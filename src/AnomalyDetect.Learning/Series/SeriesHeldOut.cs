using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Core.TimeSeries.Ensemble;

namespace AnomalyDetect.Learning.Series;

/// <summary>What settings of the ensemble alert in the part of a history nothing was chosen by.</summary>
public static class SeriesHeldOut
{
    /// <summary>What series are seen of before they count.</summary>
    private static readonly TimeSpan Acquaintance = TimeSpan.FromDays(7);

    /// <param name="cut">First tick of the held-out part.</param>
    /// <param name="settings">Each null: the defaults.</param>
    /// <returns>Alerts a series and day of each; none where there is no series.</returns>
    public static IReadOnlyList<double> AlertsPerDay(IReadOnlyList<IEnumerable<FeatureRow>> histories, int windowMinutes, long cut, IReadOnlyList<SeriesSettings?> settings)
    {
        var series = new SeriesHistory(windowMinutes).Collect([.. histories.Select(h => h.Where(r => r.Start >= cut - Acquaintance.Ticks))]);
        var days = series.Sum(s => (s.At(s.Counts.Length) - new DateTime(Math.Max(cut, s.Start.Ticks), DateTimeKind.Utc)).TotalDays);
        return days <= 0 ? [] : [.. settings.Select(chosen => series.Sum(s => AlertsFrom(cut, s, SeriesSettings.OptionsOf(chosen, s.Kind))) / days)];
    }

    private static int AlertsFrom(long cut, CountSeries series, SeriesEnsembleOptions options)
    {
        var (judge, alerts) = (new SeriesJudge(options), 0);
        for (var i = 0; i < series.Counts.Length; i++)
            if (judge.Next(series.At(i), series.Counts[i]).Alert && series.At(i).Ticks >= cut) alerts++;
        return alerts;
    }
}
