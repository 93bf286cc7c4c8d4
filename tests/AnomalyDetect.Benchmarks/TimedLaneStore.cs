using System.Diagnostics;
using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Benchmarks;

/// <summary>A real store that remembers when it had stored each lane's outcomes up to where.</summary>
internal sealed class TimedLaneStore(ILaneStore store) : ILaneStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<(long Offset, long At)>> _stored = new(StringComparer.Ordinal);

    /// <summary>When everything before <paramref name="offset"/> was in the store, of every lane; null: it is not.</summary>
    public long? StoredAt(long offset)
    {
        lock (_lock)
        {
            var latest = 0L;
            foreach (var lane in _stored.Values)
            {
                var (low, high) = (0, lane.Count);
                while (low < high)
                {
                    var middle = (low + high) / 2;
                    if (lane[middle].Offset >= offset) high = middle;
                    else low = middle + 1;
                }

                if (low == lane.Count) return null;
                latest = Math.Max(latest, lane[low].At);
            }

            return latest;
        }
    }

    public void Commit(IReadOnlyList<LaneCommit> commits)
    {
        store.Commit(commits);
        var now = Stopwatch.GetTimestamp();
        lock (_lock)
            foreach (var commit in commits)
            {
                if (!_stored.TryGetValue(commit.Lane, out var lane)) _stored.Add(commit.Lane, lane = []);
                lane.Add((commit.NextOffset, now));
            }
    }

    public void SaveCheckpoint(LaneCheckpoint checkpoint) => store.SaveCheckpoint(checkpoint);

    public LanePositions? Load(string lane) => store.Load(lane);

    public string? LoadEngine(string version) => store.LoadEngine(version);

    public void SaveEngine(string version, string json) => store.SaveEngine(version, json);

    public string Fix(string name, string value) => store.Fix(name, value);
}
