using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Database;

namespace AnomalyDetect.Storage.Lanes;

/// <summary>Tenants whose telemetry was out of time: what was noticed of each in each way, as one row.</summary>
internal static class ClockFaultRows
{
    /// <summary>Rows kept: those noticed last.</summary>
    internal const int Kept = 10_000;

    /// <summary>
    /// Faults before the lane's outcome position were stored with it. One noticed after a restart in an hour that is stored already may have counted events of it again, and others: the larger count
    /// stands for the hour. To be called before the position moves.
    /// </summary>
    internal static void Add(SqliteSession session, LaneCommit commit)
    {
        if (commit.NextOffset <= (session["SELECT outcome_offset FROM lane WHERE name = $1"].Number(commit.Lane) ?? long.MinValue)) return;
        foreach (var fault in commit.Outcome.ClockFaults)
        {
            foreach (var kind in Enum.GetValues<ClockFaultKind>())
                if (fault[kind] is { Events: > 0, EventId: { } example } seen) Add(session, fault, kind, seen, example);
        }

        session["DELETE FROM clock_fault WHERE sequence <= (SELECT sequence FROM clock_fault ORDER BY sequence DESC LIMIT 1 OFFSET $1)"].Run(Kept);
    }

    private static void Add(SqliteSession session, ClockFault fault, ClockFaultKind kind, OutOfTime seen, string example) => session["""
        INSERT INTO clock_fault (sequence, tenant_id, kind, first_seen, last_seen, hour, hour_events, hours, events, worst, event_id)
        VALUES ((SELECT ifnull(max(sequence), 0) + 1 FROM clock_fault), $1, $2, $3, $3, $4, $5, 1, $5, $6, $7)
        ON CONFLICT (tenant_id, kind) DO UPDATE SET
            sequence = excluded.sequence, last_seen = max(last_seen, excluded.last_seen), worst = max(worst, excluded.worst), event_id = excluded.event_id,
            hour = excluded.hour, hours = hours + (excluded.hour > hour),
            events = events + iif(excluded.hour > hour, excluded.hour_events, max(0, excluded.hour_events - hour_events)),
            hour_events = iif(excluded.hour > hour, excluded.hour_events, max(hour_events, excluded.hour_events))
        WHERE excluded.hour >= hour
        """].Run(
        fault.TenantId, (long)kind, Columns.Ticks(fault.NoticedAt), Columns.Ticks(fault.Hour), seen.Events, seen.Most.Ticks, example);
}
