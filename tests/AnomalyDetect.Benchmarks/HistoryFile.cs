using System.Globalization;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Formats;
using AnomalyDetect.Simulation;
using AnomalyDetect.Streaming.History;
using AnomalyDetect.Streaming.Replay;
using Microsoft.Extensions.Logging.Abstractions;

namespace AnomalyDetect.Benchmarks;

/// <summary>A data directory with the history a service leaves there: as many feature rows as asked for, of simulated tenants, for <c>train --data</c> to be timed on.</summary>
public static class HistoryFile
{
    public static async Task WriteAsync(long rows, string directory, TextWriter output)
    {
        var history = Path.Combine(directory, "history");
        if (Directory.Exists(history)) throw new IOException($"{history} exists already");
        var traffic = new SimulationOptions { Seed = 5, Tenants = 100, PrincipalsPerTenant = 100, EventsPerMinute = 2_000, Duration = TimeSpan.FromDays(3650), Scenarios = [] };
        var spool = new FeatureSpool(history); // not disposed of: that would remove it
        spool.Begin(windowMinutes: 5);
        long written = 0;
        var replay = new SteppedReplay(
            new ReplayOptions { Files = [], Format = EventFormats.Find("native")!, Engine = GraphBenchmarks.Engine(), TrustInternal = true, Features = Add, Lanes = 1 }, NullLogger.Instance);
        var days = Directory.CreateTempSubdirectory("anomalydetect-history-").FullName;
        try
        {
            foreach (var file in SimulationWriter.WriteDays(days, new TrafficSimulator(traffic), traffic))
            {
                await replay.PlayAsync(file, null, CancellationToken.None);
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{written:N0} rows"));
                if (written >= rows) break;
            }
        }
        finally
        {
            Directory.Delete(days, recursive: true);
        }

        spool.Flush();

        void Add(IReadOnlyList<FeatureRow> more)
        {
            IReadOnlyList<FeatureRow> taken = written + more.Count <= rows ? more : [.. more.Take((int)(rows - written))];
            spool.Add(taken);
            written += taken.Count;
        }
    }
}
