using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Core.Tracing;

namespace AnomalyDetect.Streaming.Replay;

/// <summary>What came of a replay, in an order that never depends on lanes or batches.</summary>
/// <param name="Alerts">Final revisions, by <c>detected_at</c>, then id.</param>
/// <param name="Decisions">By <c>created_at</c>, then id.</param>
/// <param name="Notifications">By <c>created_at</c>, then alert, revision and audience.</param>
/// <param name="RejectedByReason">By reason.</param>
/// <param name="Rejections">The first of them, by position; at most <see cref="RejectionsKept"/>.</param>
/// <param name="ClockFaults">Tenants whose telemetry was out of time, by hour, then tenant.</param>
/// <param name="MemoryShortages">That there was no memory for more, by hour, then tenant.</param>
/// <param name="StateBytes">Estimated memory of all lanes' state at the end.</param>
/// <param name="Tenants">Known at the end.</param>
/// <param name="TenantTime">From each tenant's first event to its newest, summed.</param>
/// <param name="Trace">What became of the event or alert followed; empty where it did not come by.</param>
public sealed record ReplaySummary(
    OutcomeCounters Counters, IReadOnlyList<Alert> Alerts, IReadOnlyList<Decision> Decisions, IReadOnlyList<Notification> Notifications, long Rejected,
    IReadOnlyDictionary<string, long> RejectedByReason, IReadOnlyList<Rejection> Rejections, IReadOnlyList<ClockFault> ClockFaults, IReadOnlyList<MemoryShortage> MemoryShortages, long StateBytes,
    long Tenants, TimeSpan TenantTime, IReadOnlyList<TraceNote> Trace)
{
    public const int RejectionsKept = 100;
}
