using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Streaming.Replay;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Service.Training;

/// <summary>The features of what a replay closes, in an order that never depends on lanes: by tenant, then time, then principal.</summary>
internal static class FeatureCollection
{
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static async Task<IReadOnlyList<FeatureRow>> OfAsync(ReplayOptions replay, ILogger logger, Action<long>? progress, CancellationToken cancellation)
    {
        var rows = new List<FeatureRow>();
        // Nothing is judged by a model while one is being learned from.
        var engine = replay.Engine with { Model = null };
        await FileReplay.RunAsync(replay with { Engine = engine, Features = rows.AddRange }, logger, progress, cancellation);
        rows.Sort(static (a, b) =>
        {
            var order = string.CompareOrdinal(a.Tenant.Text, b.Tenant.Text);
            if (order == 0) order = a.Start.CompareTo(b.Start);
            return order != 0 ? order : string.CompareOrdinal(a.Principal?.Text, b.Principal?.Text);
        });
        return rows;
    }
}
