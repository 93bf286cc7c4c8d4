using System.Globalization;
using System.IO.Compression;
using System.Text.Json;

namespace AnomalyDetect.Core.Tests.TimeSeries.Ensemble;

/// <summary>One labelled series of the Numenta Anomaly Benchmark (Lavin &amp; Ahmad, ICMLA 2015), and its scoring.</summary>
internal sealed class NabSeries
{
    private const double Probation = 0.15;
    private const int MostProbation = 750;

    private readonly List<(int First, int Last)> _windows = [];

    private NabSeries(string name, IReadOnlyList<DateTime> times, IReadOnlyList<double> values, IEnumerable<(DateTime From, DateTime To)> windows)
    {
        (Name, Times, Values) = (name, times, values);
        Scored = (int)Math.Min(Math.Floor(Probation * values.Count), MostProbation);
        foreach (var (from, to) in windows) _windows.Add((times.Index().First(t => t.Item >= from).Index, times.Index().Last(t => t.Item <= to).Index));
    }

    public string Name { get; }

    public IReadOnlyList<DateTime> Times { get; }

    public IReadOnlyList<double> Values { get; }

    public int Windows => _windows.Count;

    /// <summary>The first row that counts.</summary>
    public int Scored { get; }

    public static IReadOnlyList<NabSeries> All { get; } = Load();

    private static List<NabSeries> Load()
    {
        var assembly = typeof(NabSeries).Assembly;
        using var labels = JsonDocument.Parse(assembly.GetManifestResourceStream("nab/labels")!);
        var all = new List<NabSeries>();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith("nab/", StringComparison.Ordinal) && n.EndsWith(".csv", StringComparison.Ordinal)).Order())
        {
            using var reader = new StreamReader(new GZipStream(assembly.GetManifestResourceStream(name)!, CompressionMode.Decompress));
            var rows = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.Split(',')).ToList();
            var windows = labels.RootElement.TryGetProperty(name["nab/".Length..], out var labelled)
                ? labelled.EnumerateArray().Select(w => (Time(w[0].GetString()!), Time(w[1].GetString()!)))
                : [];
            all.Add(new NabSeries(name["nab/".Length..], [.. rows.Select(r => Time(r[0]))], [.. rows.Select(r => double.Parse(r[1], CultureInfo.InvariantCulture))], windows));
        }

        return all;
    }

    private static DateTime Time(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    /// <summary>The standard profile at one threshold for all series: 0 is a detector that never alerts, 100 one that finds all at once and nothing else.</summary>
    public static double Score(IReadOnlyList<(NabSeries Series, double[] Scores)> runs, double threshold)
    {
        const double falsePositive = 0.11;
        var (raw, missable, windows) = (0.0, 0, 0);
        foreach (var (series, scores) in runs)
        {
            var found = new double?[series._windows.Count];
            for (var i = series.Scored; i < scores.Length; i++)
            {
                if (scores[i] < threshold) continue;
                var window = series._windows.FindIndex(w => i >= w.First && i <= w.Last);
                if (window >= 0) found[window] ??= series.Early(window, i);
                else raw += falsePositive * series.Outside(i);
            }

            windows += found.Length;
            foreach (var (w, value) in found.Index())
            {
                if (series._windows[w].Last < series.Scored) continue;
                missable++;
                raw += value ?? -1;
            }
        }

        return 100 * (raw + missable) / (windows + missable);
    }

    private static double Sigmoid(double x) => x > 3 ? -1 : (2 / (1 + Math.Exp(5 * x))) - 1;

    private double Early(int window, int row)
    {
        var (first, last) = _windows[window];
        return Sigmoid(-(last - row + 1) / (double)(last - first + 1)) / Sigmoid(-1);
    }

    private double Outside(int row)
    {
        var before = _windows.FindLastIndex(w => w.Last < row);
        if (before < 0) return -1;
        var (first, last) = _windows[before];
        return last == first ? -1 : Sigmoid((row - last) / (double)(last - first));
    }
}
