using AnomalyDetect.Core.TimeSeries.Ensemble;

namespace AnomalyDetect.Learning.Series;

/// <summary>
/// One series with attacks put into it at times thrown by a seed, every day and a half from its fourth day on: a burst of one window, one of three, an hour at half the height; four to
/// ten times as far above the usual as counts there usually stray. The same for every setting that is tried.
/// </summary>
internal sealed class SeriesRehearsal
{
    private readonly record struct Attack(int From, int Windows, double Height);

    private const double LeastHeight = 4, MostHeight = 10; // σ
    private static readonly TimeSpan Acquaintance = TimeSpan.FromDays(3), Apart = TimeSpan.FromHours(36);
    private readonly CountSeries _series;
    private readonly List<List<Attack>> _takes = [];

    /// <param name="takes">How often it is played, each time with attacks at other times.</param>
    public SeriesRehearsal(CountSeries series, int seed, int takes)
    {
        _series = series;
        var dice = new Random(seed);
        for (var take = 0; take < takes; take++) _takes.Add(Throw(dice));
    }

    private List<Attack> Throw(Random dice)
    {
        var attacks = new List<Attack>();
        var step = (int)(Apart / _series.Window);
        for (var at = (int)(Acquaintance / _series.Window); at + step <= _series.Counts.Length; at += step)
        {
            var (windows, share) = dice.Next(3) switch { 0 => (1, 1.0), 1 => (3, 1.0), _ => (Math.Max(1, (int)(TimeSpan.FromHours(1) / _series.Window)), 0.5) };
            attacks.Add(new Attack(at + dice.Next(step / 2), windows, share * (LeastHeight + (dice.NextDouble() * (MostHeight - LeastHeight)))));
        }

        return attacks;
    }

    public SeriesTrial Try(SeriesSetting setting)
    {
        var alerts = 0;
        var judge = new SeriesJudge(setting.ToOptions());
        for (var i = 0; i < _series.Counts.Length; i++)
            if (judge.Next(_series.At(i), _series.Counts[i]).Alert) alerts++;
        return new SeriesTrial(setting, _series.Weeks, alerts, _takes.Sum(t => t.Count), _takes.Sum(t => Found(setting, t)));
    }

    private int Found(SeriesSetting setting, List<Attack> attacks)
    {
        var (judge, found, next) = (new SeriesJudge(setting.ToOptions()), 0, 0);
        var (added, isFound, last) = (0.0, false, default(JudgedCount));
        for (var i = 0; i < _series.Counts.Length; i++)
        {
            if (next < attacks.Count && i == attacks[next].From) (added, isFound) = (attacks[next].Height * last.Sigma, false);
            var within = next < attacks.Count && i >= attacks[next].From;
            last = judge.Next(_series.At(i), within ? Math.Round(_series.Counts[i] + added) : _series.Counts[i]);
            if (!within) continue;
            isFound |= last.Alert;
            if (i + 1 < attacks[next].From + attacks[next].Windows) continue;
            if (isFound) found++;
            next++;
        }

        return found;
    }
}
