using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Chain;
using AnomalyDetect.Storage.Database;

namespace AnomalyDetect.Storage.Decisions;

/// <summary>What enforcers reported, within a transaction of whoever calls.</summary>
internal static class EnforcementRows
{
    /// <summary>Reporters remembered. A reporter is one run of one enforcer, so this is generous; a forgotten one only loses its protection against repetition.</summary>
    internal const int ReportersKept = 10_000;

    private const string Tally = """
        INSERT INTO decision_enforcement (decision, first_at, last_at, count, ledger_entry) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (decision) DO UPDATE SET first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at), count = count + excluded.count
        """;

    /// <summary>False when this report, or a later one of the reporter, was taken in before.</summary>
    internal static bool Take(SqliteSession session, string reporter, long number, DateTime now)
    {
        var last = session["SELECT number FROM enforcement_reporter WHERE name = $1"].Number(reporter);
        if (last >= number) return false;
        if (last is not null) session["UPDATE enforcement_reporter SET number = $2, seen_at = $3 WHERE name = $1"].Run(reporter, number, Columns.Ticks(now));
        else Enrol(session, reporter, number, now);
        return true;
    }

    /// <summary>False when there is no such decision of these tenants.</summary>
    /// <param name="ended">By how much what it has cut off grew; null where nothing is said of it, or it is a dry run.</param>
    internal static bool Add(SqliteSession session, LedgerWriter ledger, Enforcement enforcement, string actor, IReadOnlyList<string> tenants, out DecisionReach? ended)
    {
        ended = null;
        if (DecisionRows.Find(session, enforcement.DecisionId) is not { } entry) return false;
        if (tenants.Count > 0 && !tenants.Contains(entry.Decision.TenantId)) return false;

        // A clock ahead of ours must not put an enforcement into the future.
        var lastAt = enforcement.Tally.LastAt < ledger.RecordedAt ? enforcement.Tally.LastAt : ledger.RecordedAt;
        var firstAt = enforcement.Tally.FirstAt < lastAt ? enforcement.Tally.FirstAt : lastAt;
        var first = entry.Enforced is null && !entry.Decision.Simulated ? ledger.Append(new FirstEnforcement(entry.Decision.Id, actor, firstAt)) : (long?)null;
        session[Tally].Run(entry.Decision.Id, Columns.Ticks(firstAt), Columns.Ticks(lastAt), enforcement.Tally.Count, first);
        var grown = enforcement.Ended is { } marks ? ReachRows.Add(session, entry.Decision.Id, marks) : null;
        ended = entry.Decision.Simulated ? null : grown;
        return true;
    }

    private static void Enrol(SqliteSession session, string reporter, long number, DateTime now)
    {
        session["INSERT INTO enforcement_reporter (name, number, seen_at) VALUES ($1, $2, $3)"].Run(reporter, number, Columns.Ticks(now));
        session["DELETE FROM enforcement_reporter WHERE name IN (SELECT name FROM enforcement_reporter ORDER BY seen_at DESC LIMIT -1 OFFSET $1)"].Run(ReportersKept);
    }
}
