using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Streaming.Replay;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Service.Training;

/// <summary>
/// What there is to learn from in the telemetry of what replays read: the features of the windows they close and what lanes came to know of everybody's minutes,
/// in an order that never depends on lanes.
/// </summary>
internal sealed class FeatureCollection
{
    private readonly List<IReadOnlyList<FeatureRow>> _histories = [];
    private readonly List<LearnedRate> _rates = [];

    /// <summary>One for each replay; names mean others in each. By tenant, then time, then principal.</summary>
    public IReadOnlyList<IReadOnlyList<FeatureRow>> Histories => _histories;

    public IReadOnlyList<LearnedRate> Rates => _rates;

    /// <exception cref="IOException">A file cannot be read.</exception>
    public async Task AddAsync(ReplayOptions replay, ILogger logger, Action<long>? progress, CancellationToken cancellation)
    {
        var (rows, rates) = (new List<FeatureRow>(), new List<LearnedRate>());
        // Nothing is judged by a model while one is being learned from.
        var engine = replay.Engine with { Model = null };
        await FileReplay.RunAsync(replay with { Engine = engine, Features = rows.AddRange, Rates = rates.AddRange }, logger, progress, cancellation);
        rows.Sort(static (a, b) =>
        {
            var order = string.CompareOrdinal(a.Tenant.Text, b.Tenant.Text);
            if (order == 0) order = a.Start.CompareTo(b.Start);
            return order != 0 ? order : string.CompareOrdinal(a.Principal?.Text, b.Principal?.Text);
        });
        rates.Sort(static (a, b) =>
        {
            var order = string.CompareOrdinal(a.Tenant, b.Tenant);
            if (order == 0) order = string.CompareOrdinal(a.Principal, b.Principal);
            return order != 0 ? order : a.Kind.CompareTo(b.Kind);
        });
        _histories.Add(rows);
        _rates.AddRange(rates);
    }
}
