using System.Security.Cryptography;
using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Ledger;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Database;
using Microsoft.Data.Sqlite;

namespace AnomalyDetect.Storage.Chain;

/// <summary>
/// One walk of the chain over one unchanging state of the database, an entry at a time. An entry is bad when its hash does not follow, or when what it
/// records is gone or altered. After the last entry come the rows the chain leads to but that no entry could name bad: those written behind its back.
/// </summary>
internal sealed class LedgerWalk(SqliteSession session)
{
    private const string Entries = "SELECT sequence, format, recorded_at, kind, subject, payload_hash, payload, hash FROM ledger ORDER BY sequence";

    internal LedgerVerdict Verify(byte[]? knownHead, CancellationToken cancellation)
    {
        long sequence = 0;
        var head = LedgerChain.Genesis.ToArray();
        var found = knownHead is null || knownHead.AsSpan().SequenceEqual(head);
        using (var rows = session[Entries].Rows())
        {
            while (rows.Read())
            {
                cancellation.ThrowIfCancellationRequested();
                if (Check(rows, sequence, head) is { } reason) return Bad(sequence, head, sequence + 1, reason);
                sequence = rows.GetInt64(0);
                head = rows.Bytes(7);
                found |= knownHead.AsSpan().SequenceEqual(head);
            }
        }

        if (!found) return Bad(sequence, head, sequence + 1, "the known head is no entry's hash: the tail was cut off or the chain was written anew");
        foreach (var rule in UnrecordedRows.Rules)
        {
            if (rule.Find(session, sequence + 1) is var (entry, reason)) return Bad(sequence, head, entry, reason);
        }

        return new LedgerVerdict(sequence, Convert.ToHexStringLower(head), null, null);
    }

    private static LedgerVerdict Bad(long entries, byte[] head, long first, string reason) => new(entries, Convert.ToHexStringLower(head), first, reason);

    private string? Check(SqliteDataReader row, long previousSequence, byte[] previousHash)
    {
        var ticks = row.GetInt64(2);
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks) return "its time is not a time";
        var entry = new LedgerEntry(row.GetInt64(0), new DateTime(ticks, DateTimeKind.Utc), row.GetString(3), row.GetString(4), row.Bytes(5), row.Bytes(7));
        return LedgerChain.Check(previousSequence, previousHash, entry, row.GetInt64(1)) ?? entry.Kind switch
        {
            LedgerKinds.Alert => CheckAlert(entry),
            LedgerKinds.Decision => CheckDecision(entry),
            LedgerKinds.DecisionEnd => CheckPayload(entry, row.BytesOrNull(6), "payload") ?? CheckEnd(entry),
            LedgerKinds.DecisionStep => CheckPayload(entry, row.BytesOrNull(6), "payload") ?? CheckStep(entry),
            LedgerKinds.Acknowledgement => CheckPayload(entry, row.BytesOrNull(6), "acknowledgement") ?? CheckAcknowledgement(entry),
            LedgerKinds.Verdict => CheckPayload(entry, row.BytesOrNull(6), "verdict") ?? CheckVerdict(entry, row.Bytes(6)),
            LedgerKinds.Resolution => CheckPayload(entry, row.BytesOrNull(6), "resolution") ?? CheckResolution(entry),
            LedgerKinds.Enforcement => CheckPayload(entry, row.BytesOrNull(6), "payload") ?? CheckEnforcement(entry),
            _ => CheckPayload(entry, row.BytesOrNull(6), "payload"),
        };
    }

    private static string? CheckPayload(LedgerEntry entry, byte[]? payload, string name)
    {
        if (payload is null) return $"the {name} it records is gone";
        return SHA256.HashData(payload).AsSpan().SequenceEqual(entry.PayloadHash) ? null : $"the {name} it records was altered";
    }

    private string? CheckAlert(LedgerEntry entry)
    {
        using var rows = session["SELECT alert_id || '_' || revision, json FROM alert_revision WHERE entry = $1"].Rows(entry.Sequence);
        if (!rows.Read() || rows.GetString(0) != entry.SubjectId) return $"the alert revision {entry.SubjectId} it records is gone";
        return CheckPayload(entry, rows.Bytes(1), "alert revision");
    }

    private string? CheckDecision(LedgerEntry entry)
    {
        using var rows = session["SELECT id, json, tenant_id, expires_at, state, feed_sequence, type, scope, value, rule FROM decision WHERE entry = $1"].Rows(entry.Sequence);
        if (!rows.Read() || rows.GetString(0) != entry.SubjectId) return $"the decision {entry.SubjectId} it records is gone";
        var json = rows.Bytes(1);
        if (CheckPayload(entry, json, "decision") is { } reason) return reason;

        // The columns that the store searches by say the same as the recorded bytes.
        var decision = JsonSerializer.Deserialize(json, CoreJson.Default.Decision)!;
        var state = (DecisionState)rows.GetInt64(4);
        var inFeed = state is DecisionState.Active or DecisionState.Expired or DecisionState.Undone;
        return rows.GetString(2) == decision.TenantId && rows.GetInt64(3) == Columns.Ticks(decision.ExpiresAt) && (state == DecisionState.Simulated) == decision.Simulated
            && (state == DecisionState.Simulated || inFeed != rows.IsDBNull(5)) && rows.GetString(6) == Names.Of(decision.Type) && rows.GetString(7) == Names.Of(decision.Scope)
            && rows.GetString(8) == decision.Value && rows.TextOrNull(9) == decision.Rule
                ? null
                : "the decision's row says something else than the decision it records";
    }

    private string? CheckVerdict(LedgerEntry entry, byte[] payload)
    {
        var verdict = JsonSerializer.Deserialize(payload, CoreJson.Default.AlertVerdict)!.Verdict;
        var kept = session["SELECT 1 FROM verdict WHERE entry = $1 AND alert_id = $2 AND verdict = $3"].Number(entry.Sequence, entry.SubjectId, (long)verdict);
        return kept is null ? $"the verdict on {entry.SubjectId} that it records is gone, or another" : null;
    }

    private string? CheckEnd(LedgerEntry entry)
    {
        var ended = session["SELECT 1 FROM decision WHERE id = $1 AND end_entry = $2 AND state IN (2, 3, 5)"].Number(entry.SubjectId, entry.Sequence);
        return ended is null ? $"the decision {entry.SubjectId} is no longer marked as ended" : null;
    }

    private string? CheckStep(LedgerEntry entry) =>
        session["SELECT 1 FROM decision_step WHERE entry = $1 AND decision = $2"].Number(entry.Sequence, entry.SubjectId) is null
            ? $"the step of decision {entry.SubjectId} that it records is gone"
            : null;

    private string? CheckAcknowledgement(LedgerEntry entry) =>
        session["SELECT 1 FROM alert WHERE id = $2 AND acknowledged_entry = $1"].Number(entry.Sequence, entry.SubjectId) is null
            ? $"the alert {entry.SubjectId} is no longer marked as acknowledged"
            : null;

    private string? CheckResolution(LedgerEntry entry)
    {
        var kept = session["SELECT 1 FROM manual_resolution WHERE entry = $1 AND alert_id = $2"].Number(entry.Sequence, entry.SubjectId);
        return kept is null ? $"the resolution of {entry.SubjectId} that it records is gone" : null;
    }

    private string? CheckEnforcement(LedgerEntry entry)
    {
        var kept = session["SELECT 1 FROM decision_enforcement WHERE decision = $1 AND ledger_entry = $2 AND count > 0"].Number(entry.SubjectId, entry.Sequence);
        return kept is null ? $"the decision {entry.SubjectId} is no longer marked as enforced" : null;
    }
}
