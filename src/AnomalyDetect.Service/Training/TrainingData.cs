using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Streaming.History;
using AnomalyDetect.Streaming.Replay;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Service.Training;

/// <summary>What there is to learn from. Histories may be read as often as needed; rows of a tenant come in its order of time.</summary>
/// <param name="Rates">What lanes came to know of everybody's minutes; none of a history of features, which holds no minutes.</param>
/// <param name="Source">For the model's card.</param>
/// <param name="Notes">What could not be used, in sentences.</param>
internal sealed record TrainingData(
    IReadOnlyList<IEnumerable<FeatureRow>> Histories, IReadOnlyList<LearnedRate> Rates, string Source, IReadOnlyList<string> Notes, IReadOnlyList<IDisposable> Owned) : IDisposable
{
    /// <summary>It is somebody's own, so settings of series may be chosen by it; made-up traffic has no say in them.</summary>
    public bool IsMadeUp { get; init; }

    /// <summary>Length of the windows.</summary>
    public int WindowMinutes { get; } = 5;

    public void Dispose()
    {
        foreach (var owned in Owned) owned.Dispose();
    }

    /// <summary>The features a service has kept.</summary>
    public static TrainingData OfHistory(string directory)
    {
        var snapshot = HistorySnapshot.Open(directory);
        return new TrainingData([Repeat(snapshot)], [], "the service's history", snapshot.Problems, [snapshot]);
    }

    /// <summary>Replays logs or files, one after the other, puts the features aside on disk and reads them from there.</summary>
    /// <param name="replays">Names mean others in each.</param>
    /// <exception cref="IOException">Something cannot be read, or the temporary directory cannot be written.</exception>
    public static async Task<TrainingData> OfReplaysAsync(
        IReadOnlyList<ReplayOptions> replays, string source, ILogger logger, Action<long> progress, CancellationToken cancellation)
    {
        var (owned, histories, rates, rejected, events) = (new List<IDisposable>(), new List<IEnumerable<FeatureRow>>(), new List<LearnedRate>(), 0L, 0L);
        try
        {
            foreach (var replay in replays)
            {
                var spool = new FeatureSpool(Path.Combine(Path.GetTempPath(), $"anomalydetect-train-{Guid.NewGuid():N}"));
                owned.Add(spool);
                spool.Begin(windowMinutes: 5);
                var before = events;
                // One lane, so that rows come in the same order on every machine; nothing is judged by a model while one is being learned from.
                var summary = await FileReplay.RunAsync(
                    replay with { Engine = replay.Engine with { Model = null, Shadow = null }, Features = spool.Add, Rates = rates.AddRange, Lanes = 1 }, logger,
                    read => progress(events = before + read), cancellation);
                rejected += summary.Rejected;
                histories.Add(Repeat(spool.Complete()));
            }

            rates.Sort(static (a, b) => (string.CompareOrdinal(a.Tenant, b.Tenant), string.CompareOrdinal(a.Principal, b.Principal), a.Kind.CompareTo(b.Kind)).CompareTo((0, 0, 0)));
            return new TrainingData(histories, rates, source, rejected > 0 ? [$"{rejected:N0} records could not be read, and are left out."] : [], owned);
        }
        catch
        {
            foreach (var one in owned) one.Dispose();
            throw;
        }
    }

    private static RepeatedRows Repeat(HistorySnapshot snapshot) => new(snapshot);

    private sealed class RepeatedRows(HistorySnapshot snapshot) : IEnumerable<FeatureRow>
    {
        public IEnumerator<FeatureRow> GetEnumerator() => snapshot.Read().GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
