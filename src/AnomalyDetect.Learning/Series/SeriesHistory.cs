using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Core.TimeSeries.Ensemble;

namespace AnomalyDetect.Learning.Series;

/// <summary>A series of windows' counts; NaN where a window is missing.</summary>
/// <param name="Start">Of the first window.</param>
internal sealed record CountSeries(SeriesKind Kind, DateTime Start, TimeSpan Window, float[] Counts)
{
    public double Weeks => Counts.Length * Window / TimeSpan.FromDays(7);

    public DateTime At(int window) => Start + (Window * window);
}

/// <summary>
/// The series of a history that <c>ml_spike</c> would follow, some of each kind: of tenants, and of the principals who were busy the longest. Its memory does not grow with the
/// number of tenants.
/// </summary>
internal sealed class SeriesHistory(int windowMinutes)
{
    /// <summary>Of each kind, at most: enough to tell one alert a series and month from another.</summary>
    public const int Most = 64;

    private const int LongestDays = 92;
    private const int MostOfTenant = 16; // principals, as a lane has places for
    private const int BusyCallsPerMinute = 10; // people make fewer

    private readonly Dictionary<(int History, Symbol Tenant), long> _tenants = []; // windows
    private readonly Dictionary<(int History, Symbol Tenant, Symbol Principal), long> _busy = []; // busy windows
    private long _from = long.MaxValue, _to;

    private long Ticks => windowMinutes * TimeSpan.TicksPerMinute;

    /// <summary>Goes over the rows twice: to see whose series are worth having, and for these.</summary>
    public IReadOnlyList<CountSeries> Collect(IReadOnlyList<IEnumerable<FeatureRow>> histories)
    {
        for (var h = 0; h < histories.Count; h++)
            foreach (var row in histories[h]) Survey(h, row);
        if (_tenants.Count == 0) return [];
        _from = Math.Max(_from, _to - TimeSpan.FromDays(LongestDays).Ticks);
        var length = (int)(((_to - _from) / Ticks) + 1);
        var chosen = Choose();
        var series = chosen.ToDictionary(key => key, _ => Empty(length));
        for (var h = 0; h < histories.Count; h++)
            foreach (var row in histories[h]) Fill(series, h, row);
        return [.. chosen.Select(key => new CountSeries(key.Kind, new DateTime(_from, DateTimeKind.Utc), TimeSpan.FromMinutes(windowMinutes), series[key]))];
    }

    private readonly record struct Key(SeriesKind Kind, int History, Symbol Tenant, Symbol? Principal);

    private void Survey(int history, in FeatureRow row)
    {
        (_from, _to) = (Math.Min(_from, row.Start), Math.Max(_to, row.Start));
        if (row.Principal is null) _tenants[(history, row.Tenant)] = _tenants.GetValueOrDefault((history, row.Tenant)) + 1;
        else if (Count(row, Feature.ApiCalls) >= BusyCallsPerMinute * windowMinutes)
            _busy[(history, row.Tenant, row.Principal)] = _busy.GetValueOrDefault((history, row.Tenant, row.Principal)) + 1;
    }

    /// <summary>Those that were there the longest; ties by what does not depend on the order of reading.</summary>
    private List<Key> Choose()
    {
        var tenants = _tenants.OrderByDescending(t => t.Value).ThenBy(t => t.Key.History).ThenBy(t => t.Key.Tenant.Text, StringComparer.Ordinal).Take(Most).Select(t => t.Key).ToList();
        var principals = _busy.OrderByDescending(p => p.Value).ThenBy(p => p.Key.History).ThenBy(p => p.Key.Tenant.Text, StringComparer.Ordinal).ThenBy(p => p.Key.Principal.Text, StringComparer.Ordinal)
            .GroupBy(p => (p.Key.History, p.Key.Tenant)).SelectMany(g => g.Take(MostOfTenant)).OrderByDescending(p => p.Value).Take(Most).Select(p => p.Key);
        return
        [
            .. tenants.Select(t => new Key(SeriesKind.Logins, t.History, t.Tenant, null)),
            .. tenants.Select(t => new Key(SeriesKind.ApiCalls, t.History, t.Tenant, null)),
            .. principals.Select(p => new Key(SeriesKind.PrincipalApiCalls, p.History, p.Tenant, p.Principal)),
        ];
    }

    private void Fill(Dictionary<Key, float[]> series, int history, in FeatureRow row)
    {
        if (row.Start < _from) return;
        var window = (int)((row.Start - _from) / Ticks);
        if (row.Principal is not null)
        {
            if (series.TryGetValue(new Key(SeriesKind.PrincipalApiCalls, history, row.Tenant, row.Principal), out var own)) own[window] = (float)Count(row, Feature.ApiCalls);
            return;
        }

        if (!series.TryGetValue(new Key(SeriesKind.Logins, history, row.Tenant, null), out var logins)) return;
        logins[window] = (float)Count(row, Feature.Logins);
        series[new Key(SeriesKind.ApiCalls, history, row.Tenant, null)][window] = (float)Count(row, Feature.ApiCalls);
    }

    private static double Count(in FeatureRow row, Feature feature) => Math.Round(Features.Natural(feature, row.Values[(int)feature]));

    private static float[] Empty(int length)
    {
        var counts = new float[length];
        Array.Fill(counts, float.NaN);
        return counts;
    }
}
