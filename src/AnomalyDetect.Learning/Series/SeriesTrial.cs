using AnomalyDetect.Core.TimeSeries.Ensemble;

namespace AnomalyDetect.Learning.Series;

/// <summary>What a setting of the ensemble comes to over one kind of series: as they are, and with attacks put into them.</summary>
/// <param name="Weeks">Of all series together.</param>
/// <param name="Alerts">In the series as they are.</param>
public sealed record SeriesTrial(SeriesSetting Setting, double Weeks, int Alerts, int Injected, int Found)
{
    public double AlertsPerWeek => Weeks > 0 ? Alerts / Weeks : 0;

    public double Recall => Injected > 0 ? (double)Found / Injected : 0;

    internal static SeriesTrial Sum(IEnumerable<SeriesTrial> parts) =>
        parts.Aggregate((a, b) => a with { Weeks = a.Weeks + b.Weeks, Alerts = a.Alerts + b.Alerts, Injected = a.Injected + b.Injected, Found = a.Found + b.Found });
}

/// <summary>What training chose for one kind of series, beside the defaults.</summary>
public sealed record SeriesChoice(SeriesKind Kind, int Series, SeriesTrial Default, SeriesTrial Chosen)
{
    public bool IsDefault => Chosen.Setting == Default.Setting;
}
