using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Core.TimeSeries.Ensemble;

namespace AnomalyDetect.Learning.Series;

/// <summary>
/// Chooses the ensemble's settings for each kind of series from a small grid: those that find most of the attacks put into the history's own series, within the budget of false alerts.
/// The defaults stay unless others are clearly better on each of two halves of the series, for on a plateau the best of a grid is the luckiest. The same rows and seed give the same
/// choice.
/// </summary>
public sealed class SeriesTuner(BudgetOptions budget, int windowMinutes, int seed)
{
    /// <summary>How many of the injected attacks more others must find, of each half.</summary>
    public const double FindsMore = 0.05;

    /// <summary>Or, where the defaults alert beyond the budget, what share of their alerts others must save,</summary>
    public const double SavesAlerts = 1.0 / 3;

    /// <summary>and how many of the attacks they may lose by it.</summary>
    public const double MayLose = 0.02;

    private const int LeastSeries = 4; // or halves are one series each
    private const int LeastInjected = 100; // of a half
    private const int Takes = 4; // of each series, with attacks at other times
    private static readonly double[] Thresholds = [0.6, 0.8, 1.2, 1.8, 2.6], Margins = [0.02, 0.05, 0.1];

    /// <returns>One for each kind of which there are series enough.</returns>
    /// <param name="histories">Each is read twice; names mean others in each.</param>
    public IReadOnlyList<SeriesChoice> Choose(IReadOnlyList<IEnumerable<FeatureRow>> histories)
    {
        var series = new SeriesHistory(windowMinutes).Collect(histories);
        return [.. series.GroupBy(s => s.Kind).OrderBy(g => g.Key).Select(g => Choose(g.Key, [.. g])).OfType<SeriesChoice>()];
    }

    /// <returns>Null: the defaults everywhere.</returns>
    public static SeriesSettings? ToSettings(IReadOnlyList<SeriesChoice> choices)
    {
        if (choices.All(c => c.IsDefault)) return null;
        SeriesSetting Of(SeriesKind kind) => choices.FirstOrDefault(c => c.Kind == kind)?.Chosen.Setting ?? SeriesSetting.Default;
        return new SeriesSettings { Logins = Of(SeriesKind.Logins), ApiCalls = Of(SeriesKind.ApiCalls), PrincipalApiCalls = Of(SeriesKind.PrincipalApiCalls) };
    }

    private SeriesChoice? Choose(SeriesKind kind, IReadOnlyList<CountSeries> series)
    {
        if (series.Count < LeastSeries) return null;
        // A principal's share of the family is a place's.
        var allowed = budget.LowPerWeek / BudgetOptions.Families / (kind == SeriesKind.PrincipalApiCalls ? new MlSpikeOptions().BusiestPrincipals : 1);
        var rehearsals = series.Select((s, i) => new SeriesRehearsal(s, unchecked((seed * 7919) + i), Takes)).ToList();
        var grid = Thresholds.SelectMany(t => Margins.Select(m => new SeriesSetting(t, m))).ToList();
        var halves = new SeriesTrial[grid.Count, 2];
        Parallel.For(0, grid.Count, g =>
        {
            for (var half = 0; half < 2; half++) halves[g, half] = SeriesTrial.Sum(rehearsals.Where((_, i) => i % 2 == half).Select(r => r.Try(grid[g])));
        });
        var usual = grid.IndexOf(SeriesSetting.Default);
        SeriesTrial Whole(int g) => SeriesTrial.Sum([halves[g, 0], halves[g, 1]]);
        var best = halves[usual, 0].Injected < LeastInjected || halves[usual, 1].Injected < LeastInjected ? usual : Enumerable.Range(0, grid.Count)
            .Where(g => g == usual || IsBetter([halves[g, 0], halves[g, 1]], [halves[usual, 0], halves[usual, 1]], allowed))
            .OrderBy(g => g == usual) // only where nothing is clearly better
            .ThenByDescending(g => Whole(g).AlertsPerWeek <= allowed)
            .ThenByDescending(g => Whole(g).Recall)
            .ThenBy(g => Whole(g).Alerts)
            .First();
        return new SeriesChoice(kind, series.Count, Whole(usual), Whole(best));
    }

    /// <param name="other">Its halves. Alerts are too few to be held against each other half by half.</param>
    private static bool IsBetter(SeriesTrial[] other, SeriesTrial[] usual, double allowed)
    {
        var (alerts, before) = (SeriesTrial.Sum(other).AlertsPerWeek, SeriesTrial.Sum(usual).AlertsPerWeek);
        bool Finds(double more) => other.Zip(usual).All(half => half.First.Recall >= half.Second.Recall + more);
        return (alerts <= Math.Max(allowed, before) && Finds(FindsMore)) || (before > allowed && alerts <= Math.Max(allowed, (1 - SavesAlerts) * before) && Finds(-MayLose));
    }
}
