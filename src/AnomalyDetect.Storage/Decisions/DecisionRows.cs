using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Guards;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Storage.Chain;
using AnomalyDetect.Storage.Database;
using AnomalyDetect.Storage.Guards;
using Microsoft.Data.Sqlite;

namespace AnomalyDetect.Storage.Decisions;

/// <summary>Rows of decisions and their feed, within a transaction of whoever calls.</summary>
internal static class DecisionRows
{
    /// <summary>As the ledger names what no person did.</summary>
    internal const string Guards = "guards";

    internal const string Selected = "feed_sequence, state, json, first_at, last_at, count, admitted_at, principals, sessions, tokens";

    internal const string Joined = "decision LEFT JOIN decision_enforcement ON decision_enforcement.decision = decision.id";

    /// <summary>A decision with no place in the feed has sequence 0.</summary>
    internal static DecisionEntry Map(SqliteDataReader row) => Read(MapRow(row));

    internal static DecisionEntry Read(DecisionFeedRow row) =>
        new(row.Sequence, row.State, JsonSerializer.Deserialize(row.Json.Span, CoreJson.Default.Decision)!, row.Enforced, row.InForceSince);

    internal static DecisionFeedRow MapRow(SqliteDataReader row) => new(
        row.IsDBNull(0) ? 0 : row.GetInt64(0), (DecisionState)row.GetInt64(1), row.Bytes(2),
        row.IsDBNull(3) ? null : new EnforcementTally(row.Time(3), row.Time(4), row.GetInt64(5), row.IsDBNull(7) ? null : new DecisionReach(row.GetInt64(7), row.GetInt64(8), row.GetInt64(9))),
        row.TimeOrNull(6));

    internal static bool IsKnown(SqliteSession session, string id) => session["SELECT 1 FROM decision WHERE id = $1"].Number(id) is not null;

    /// <summary>Adds a decision that is not known yet, as the guards have it.</summary>
    /// <param name="waitsUntil">Of one that is held.</param>
    /// <param name="request">Who asked for it and why; null: the playbook did.</param>
    internal static void Add(SqliteSession session, LedgerWriter ledger, Decision decision, Admission admission, DateTime waitsUntil, (string Actor, string Reason)? request = null)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(decision, WrittenJson.Default.Decision);
        var entry = ledger.Append(LedgerKinds.Decision, decision.Id, json);
        var waits = admission.State == DecisionState.Held;
        session["""
            INSERT INTO decision (entry, id, tenant_id, expires_at, state, feed_sequence, json, type, scope, value, rule, waits_until, requested_by)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            """].Run(
            entry, decision.Id, decision.TenantId, Columns.Ticks(decision.ExpiresAt), (long)(decision.Simulated ? DecisionState.Simulated : DecisionState.Held),
            decision.Simulated ? NextFeedSequence(session) : null, json, Names.Of(decision.Type), Names.Of(decision.Scope), decision.Value, decision.Rule,
            waits ? Columns.Ticks(waitsUntil) : null, request?.Actor);
        if (request is var (actor, reason)) ledger.Append(new StepTaken(decision.Id, "requested", actor, reason));
        switch (admission.State)
        {
            case DecisionState.Active: PutInForce(session, ledger, decision.Id, Guards, admission.Reason); break;
            case DecisionState.Held: ledger.Append(new StepTaken(decision.Id, "held", Guards, admission.Reason)); break;
            case DecisionState.Refused: Refuse(session, ledger, decision.Id, Guards, admission.Reason); break;
        }
    }

    internal static void PutInForce(SqliteSession session, LedgerWriter ledger, string id, string actor, string reason)
    {
        var entry = ledger.Append(new StepTaken(id, "approved", actor, reason));
        session["UPDATE decision SET state = 0, feed_sequence = $2, admitted_at = $3, approved_entry = $4, waits_until = NULL WHERE id = $1"].Run(
            id, NextFeedSequence(session), Columns.Ticks(ledger.RecordedAt), entry);
        HeldNotices.CallOff(session, ledger, id);
    }

    /// <summary>Ends a decision that never took effect.</summary>
    internal static void Refuse(SqliteSession session, LedgerWriter ledger, string id, string actor, string reason)
    {
        var entry = ledger.Append(new DecisionEnd(id, "refused", actor, reason));
        session["UPDATE decision SET state = 5, end_entry = $2, waits_until = NULL WHERE id = $1"].Run(id, entry);
        HeldNotices.CallOff(session, ledger, id);
    }

    /// <summary>Makes a tombstone of a decision in force, with its ledger entry.</summary>
    internal static void End(SqliteSession session, LedgerWriter ledger, string id, DecisionState state, string outcome, string? actor, string? reason)
    {
        var entry = ledger.Append(new DecisionEnd(id, outcome, actor, reason));
        session["UPDATE decision SET state = $2, feed_sequence = $3, end_entry = $4 WHERE id = $1"].Run(id, (long)state, NextFeedSequence(session), entry);
    }

    internal static DecisionEntry? Find(SqliteSession session, string id) =>
        session[$"SELECT {Selected} FROM {Joined} WHERE id = $1"].First(Map, id);

    internal static long FeedHead(SqliteSession session) => session["SELECT value FROM counter WHERE name = 'feed'"].Number() ?? 0;

    private static long NextFeedSequence(SqliteSession session) =>
        session["UPDATE counter SET value = value + 1 WHERE name = 'feed' RETURNING value"].Number() ?? throw new InvalidOperationException("the feed's counter is gone");
}
