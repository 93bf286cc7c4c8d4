using System.Globalization;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Chain;
using AnomalyDetect.Storage.Database;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Storage.Deliveries;

internal sealed class SqliteOutbox(SqliteDatabase database, TimeProvider time, ILogger logger) : IOutbox
{
    /// <summary>An undo whose enforcement (kind 1) at the same target is still pending is not due.</summary>
    private const string NotBlocked =
        """
        (d.kind <> 2 OR NOT EXISTS (
            SELECT 1 FROM delivery e WHERE e.subject_id = d.subject_id AND e.target = d.target AND e.kind = 1 AND e.kind <> 0 AND e.state = 0))
        """;

    /// <summary>The plus keeps SQLite from sorting all that is due: it walks the queue in order and stops at the limit.</summary>
    private const string DueRows =
        $"""
        SELECT {DeliveryRows.Selected} FROM delivery d
        WHERE d.target = $1 AND d.state = 0 AND +d.due_at <= $2 AND {NotBlocked} ORDER BY d.sequence LIMIT $3
        """;

    public event Action? Changed;

    internal ExpectantTargets Expectant { get; } = new();

    public IReadOnlyList<Delivery> Due(string target, DateTime now, int most)
    {
        var due = database.Read(session => Select(session, target, now, most));
        if (due.TrueForAll(d => d.HandedOut)) return due.ConvertAll(d => d.Delivery);

        // On disk before the enforcer hears of it: an undo may call off only what surely was never sent.
        return database.Write(session =>
        {
            var again = Select(session, target, now, most);
            foreach (var (delivery, handedOut) in again)
            {
                if (!handedOut) session["UPDATE delivery SET handed_out = 1 WHERE sequence = $1"].Run(delivery.Sequence);
            }

            return again.ConvertAll(d => d.Delivery);
        });
    }

    public DateTime? NextDue(string target) => database.Read(session =>
    {
        using var rows = session[$"SELECT d.due_at FROM delivery d WHERE d.target = $1 AND d.state = 0 AND {NotBlocked} ORDER BY d.due_at LIMIT 1"].Rows(target);
        return rows.Read() ? rows.TimeOrNull(0) : null;
    });

    public IReadOnlySet<string> Waiting(string target, IReadOnlyCollection<string> subjects) => database.Read(session =>
    {
        // Looked up one by one while they are few; else the queue is walked once.
        const int Few = 100;
        if (subjects.Count > Few)
        {
            var all = session["SELECT subject_id FROM delivery WHERE target = $1 AND state = 0 AND kind = 1"].List(row => row.GetString(0), target).ToHashSet(StringComparer.Ordinal);
            all.IntersectWith(subjects);
            return all;
        }

        var waiting = new HashSet<string>(StringComparer.Ordinal);
        foreach (var subject in subjects)
            if (session["SELECT 1 FROM delivery WHERE subject_id = $1 AND target = $2 AND kind = 1 AND kind <> 0 AND state = 0"].Number(subject, target) is not null) waiting.Add(subject);
        return waiting;
    });

    public void Expect(string target, bool isAtRest) => Expectant.Set(target, isAtRest);

    public int Settle(IReadOnlyList<DeliverySettlement> settlements)
    {
        if (settlements.Count == 0) return 0;
        var (known, unblocked) = database.Write(session =>
        {
            var ledger = new LedgerWriter(session, time.GetUtcNow().UtcDateTime);
            var (known, unblocked) = (0, false);
            foreach (var settlement in settlements)
            {
                if (DeliveryRows.Find(session, settlement.Sequence) is not { } delivery) continue;
                known++;
                if (delivery.State == DeliveryState.Pending) unblocked |= Settle(session, ledger, delivery, settlement);
            }

            return (known, unblocked);
        });
        if (unblocked) RaiseChanged();
        return known;
    }

    public int Replay(string? target, string? id, string actor)
    {
        var replayed = database.Write(session =>
        {
            var now = time.GetUtcNow().UtcDateTime;
            var ledger = new LedgerWriter(session, now);
            // An enforcement whose decision has ended stays dead: it would outlive its undo.
            var dead = session[$"""
                SELECT {DeliveryRows.Selected} FROM delivery d WHERE d.state = 2 AND ($1 IS NULL OR d.target = $1) AND ($2 IS NULL OR d.id = $2)
                AND NOT (d.kind = 1 AND EXISTS (SELECT 1 FROM decision WHERE id = d.subject_id AND state <> 0)) ORDER BY d.sequence
                """].List(DeliveryRows.Map, target, id);
            foreach (var delivery in dead)
            {
                session["UPDATE delivery SET state = 0, attempts = 0, due_at = $2 WHERE sequence = $1"].Run(delivery.Sequence, Columns.Ticks(now));
                DeliveryRows.Record(session, ledger, DeliveryRows.Outcome(delivery, delivery.Attempts, "replayed", delivery.Result, actor), delivery.Kind);
            }

            return dead.Count;
        });
        if (replayed > 0) RaiseChanged();
        return replayed;
    }

    public IReadOnlyList<Delivery> List(DeliveryState? state, string? tenantId, long afterSequence, int most) => database.Read(session =>
    {
        // The state stands in the text (four texts at most), so that the indexes of pending and dead deliveries serve.
        var inState = state is { } s ? string.Create(CultureInfo.InvariantCulture, $"AND state = {(int)s}") : "";
        return session[$"""
            SELECT {DeliveryRows.Selected} FROM delivery
            WHERE sequence > $1 {inState} AND ($2 IS NULL OR tenant_id = $2) ORDER BY sequence LIMIT $3
            """].List(DeliveryRows.Map, afterSequence, tenantId, Math.Max(0, most));
    });

    public IReadOnlyList<(string Target, DeliveryState State, long Count)> Counts() => database.Read(session =>
        session["""
            SELECT target, 0, count(*) FROM delivery WHERE state = 0 GROUP BY target
            UNION ALL SELECT target, 2, count(*) FROM delivery WHERE state = 2 GROUP BY target ORDER BY 1, 2
            """].List(row => (row.GetString(0), (DeliveryState)row.GetInt64(1), row.GetInt64(2))));

    /// <summary>After a commit; a handler that throws harms nobody else.</summary>
    internal void RaiseChanged()
    {
        foreach (var handler in Delegate.EnumerateInvocationList(Changed))
        {
            try
            {
                handler();
            }
            catch (Exception e)
            {
                logger.LogError(e, "A handler of the outbox's change event failed; what was committed stands");
            }
        }
    }

    /// <summary>True when an undo waited for this.</summary>
    private static bool Settle(SqliteSession session, LedgerWriter ledger, Delivery delivery, DeliverySettlement settlement)
    {
        if (settlement.State == DeliveryState.Pending)
        {
            session["UPDATE delivery SET attempts = attempts + 1, due_at = $2, result = $3 WHERE sequence = $1"].Run(delivery.Sequence, Columns.Ticks(settlement.DueAt), settlement.Text);
            return false;
        }

        var (attempt, outcome) = settlement.State switch
        {
            DeliveryState.Delivered => (1, "delivered"),
            DeliveryState.Dead => (1, "dead"),
            _ => (0, "expired"),
        };
        DeliveryRows.Settle(session, ledger, delivery, settlement.State, delivery.Attempts + attempt, outcome, settlement.Text, settlement.Verified);
        return delivery.Kind == DeliveryKind.Enforce && session["SELECT 1 FROM delivery WHERE subject_id = $1 AND target = $2 AND kind = 2 AND kind <> 0 AND state = 0"]
            .Number(delivery.SubjectId, delivery.Target) is not null;
    }

    private static List<(Delivery Delivery, bool HandedOut)> Select(SqliteSession session, string target, DateTime now, int most) =>
        session[DueRows].List(row => (DeliveryRows.Map(row), row.GetInt64(3) != (long)DeliveryKind.Enforce || row.GetInt64(12) != 0), target, Columns.Ticks(now), Math.Max(0, most));
}
