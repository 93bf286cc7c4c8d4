using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Streaming.Sources;

/// <summary>Deals the events of a batch out to lanes by tenant: the same tenant always to the same lane, in order.</summary>
internal sealed class LaneIndexes
{
    private int[][] _indexes = [];
    private int[] _counts = [];

    /// <summary>The lane of a tenant: its seeded hash, scaled. The seed and the count are fixed in the store.</summary>
    public static int LaneOf(Symbol tenant, int lanes) => (int)(((tenant.Hash >> 32) * (ulong)lanes) >> 32);

    public ReadOnlySpan<int> Of(int lane) => _indexes[lane].AsSpan(0, _counts[lane]);

    public void Fill(ReadOnlySpan<TelemetryEvent> events, int lanes)
    {
        if (_indexes.Length != lanes)
        {
            _counts = new int[lanes];
            _indexes = [.. Enumerable.Range(0, lanes).Select(_ => Array.Empty<int>())];
        }

        Array.Clear(_counts);
        for (var lane = 0; lane < lanes; lane++)
            if (_indexes[lane].Length < events.Length) _indexes[lane] = new int[Math.Max(1024, events.Length)];
        for (var i = 0; i < events.Length; i++)
        {
            var lane = LaneOf(events[i].Tenant, lanes);
            _indexes[lane][_counts[lane]++] = i;
        }
    }
}
