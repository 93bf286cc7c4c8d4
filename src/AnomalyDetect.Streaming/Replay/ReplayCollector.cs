using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Core.Tracing;
using AnomalyDetect.Streaming.Lanes;

namespace AnomalyDetect.Streaming.Replay;

/// <summary>Gathers outcomes as lanes hand them over. One thread.</summary>
internal sealed class ReplayCollector(Action<IReadOnlyList<FeatureRow>>? features, Action<IReadOnlyList<LearnedRate>>? rates = null)
{
    private readonly Dictionary<string, Alert> _alerts = [];
    private readonly List<Decision> _decisions = [];
    private readonly List<Notification> _notifications = [];
    private readonly SortedDictionary<string, long> _reasons = new(StringComparer.Ordinal);
    private readonly List<Rejection> _rejections = [];
    private readonly List<ClockFault> _clockFaults = [];
    private readonly List<MemoryShortage> _shortages = [];
    private long _rejected;

    public void Add(LaneResult result)
    {
        foreach (var commit in result.Commits)
        {
            foreach (var alert in commit.Outcome.Alerts)
                if (!_alerts.TryGetValue(alert.Id, out var known) || known.Revision < alert.Revision) _alerts[alert.Id] = alert;
            if (commit.Outcome.Features.Count > 0) features?.Invoke(commit.Outcome.Features);
            if (commit.Outcome.Rates.Count > 0) rates?.Invoke(commit.Outcome.Rates);
            _clockFaults.AddRange(commit.Outcome.ClockFaults);
            _shortages.AddRange(commit.Outcome.MemoryShortages);
            _decisions.AddRange(commit.Outcome.Decisions);
            _notifications.AddRange(commit.Outcome.Notifications);
            foreach (var rejection in commit.Rejections)
            {
                _rejected++;
                _reasons[rejection.Reason] = _reasons.GetValueOrDefault(rejection.Reason) + 1;
                if (_rejections.Count < ReplaySummary.RejectionsKept) _rejections.Add(rejection);
            }
        }
    }

    public ReplaySummary Summarise(IEnumerable<HostedLane> lanes)
    {
        var counters = new OutcomeCounters();
        IReadOnlyList<TraceNote> trace = [];
        var (stateBytes, tenants, tenantTime) = (0L, 0L, TimeSpan.Zero);
        foreach (var lane in lanes)
        {
            counters.Add(lane.Totals);
            stateBytes += lane.Lane.Statistics.StateBytes;
            tenants += lane.Lane.Statistics.Tenants;
            tenantTime += lane.Lane.Statistics.TenantTime;
            // An event id is unique per tenant only: the first lane's is shown.
            if (lane.Lane.Trace is { Found: true } found && trace.Count == 0) trace = found.Notes;
        }

        return new ReplaySummary(
            counters,
            [.. _alerts.Values.OrderBy(a => a.DetectedAt).ThenBy(a => a.Id, StringComparer.Ordinal)],
            [.. _decisions.OrderBy(d => d.CreatedAt).ThenBy(d => d.Id, StringComparer.Ordinal)],
            [.. _notifications.OrderBy(n => n.CreatedAt).ThenBy(n => n.AlertId, StringComparer.Ordinal).ThenBy(n => n.Revision).ThenBy(n => n.Audience)],
            _rejected, _reasons, [.. _rejections.OrderBy(r => r.Position)],
            [.. _clockFaults.OrderBy(f => f.Hour).ThenBy(f => f.TenantId, StringComparer.Ordinal)],
            [.. _shortages.OrderBy(s => s.Hour).ThenBy(s => s.TenantId, StringComparer.Ordinal)], stateBytes, tenants, tenantTime, trace);
    }
}
