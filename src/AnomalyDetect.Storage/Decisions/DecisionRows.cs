using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Storage.Chain;
using AnomalyDetect.Storage.Database;
using Microsoft.Data.Sqlite;

namespace AnomalyDetect.Storage.Decisions;

/// <summary>Rows of decisions and their feed, within a transaction of whoever calls.</summary>
internal static class DecisionRows
{
    internal const string Selected = "feed_sequence, state, json, first_at, last_at, count";

    internal const string Joined = "decision LEFT JOIN decision_enforcement ON decision_enforcement.decision = decision.id";

    /// <summary>A dry run made before dry runs had a place in the feed has sequence 0.</summary>
    internal static DecisionEntry Map(SqliteDataReader row) => new(
        row.IsDBNull(0) ? 0 : row.GetInt64(0), (DecisionState)row.GetInt64(1), JsonSerializer.Deserialize(row.Bytes(2), CoreJson.Default.Decision)!,
        row.IsDBNull(3) ? null : new EnforcementTally(row.Time(3), row.Time(4), row.GetInt64(5)));

    /// <summary>False when a decision of this id is there already.</summary>
    internal static bool Add(SqliteSession session, LedgerWriter ledger, Decision decision)
    {
        if (session["SELECT 1 FROM decision WHERE id = $1"].Number(decision.Id) is not null) return false;
        var json = JsonSerializer.SerializeToUtf8Bytes(decision, CoreJson.Default.Decision);
        var entry = ledger.Append(LedgerKinds.Decision, decision.Id, json);
        var state = decision.Simulated ? DecisionState.Simulated : DecisionState.Active;
        session["INSERT INTO decision (entry, id, tenant_id, expires_at, state, feed_sequence, json) VALUES ($1, $2, $3, $4, $5, $6, $7)"].Run(
            entry, decision.Id, decision.TenantId, Columns.Ticks(decision.ExpiresAt), (long)state, NextFeedSequence(session), json);
        return true;
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
