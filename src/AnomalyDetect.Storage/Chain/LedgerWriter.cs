using System.Security.Cryptography;
using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Ledger;
using AnomalyDetect.Storage.Database;

namespace AnomalyDetect.Storage.Chain;

/// <summary>
/// Appends to the chain within one transaction, and only there: the head is read from the database, so that what another process appended is never forked.
/// </summary>
/// <param name="recordedAt">UTC, of every entry of the transaction.</param>
internal sealed class LedgerWriter(SqliteSession session, DateTime recordedAt)
{
    private const string Insert =
        "INSERT INTO ledger (sequence, format, recorded_at, kind, subject, payload_hash, payload, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

    private long _sequence = -1;
    private byte[] _hash = [];

    internal DateTime RecordedAt => recordedAt;

    /// <summary>Records bytes that are kept in a table of their own. Returns the entry's sequence.</summary>
    internal long Append(string kind, string subject, byte[] payload) => Append(kind, subject, payload, keep: false);

    internal long Append(DeliveryOutcome outcome) =>
        Append(LedgerKinds.Delivery, outcome.DeliveryId, JsonSerializer.SerializeToUtf8Bytes(outcome, StorageJson.Default.DeliveryOutcome), keep: true);

    internal long Append(DecisionEnd end) =>
        Append(LedgerKinds.DecisionEnd, end.DecisionId, JsonSerializer.SerializeToUtf8Bytes(end, StorageJson.Default.DecisionEnd), keep: true);

    internal long Append(AlertVerdict verdict) =>
        Append(LedgerKinds.Verdict, verdict.AlertId, JsonSerializer.SerializeToUtf8Bytes(verdict, CoreJson.Default.AlertVerdict), keep: true);

    /// <summary>A step of a decision that is stored already.</summary>
    internal long Append(StepTaken step)
    {
        var entry = Append(LedgerKinds.DecisionStep, step.DecisionId, JsonSerializer.SerializeToUtf8Bytes(step, StorageJson.Default.StepTaken), keep: true);
        IsStep(step.DecisionId, entry);
        return entry;
    }

    /// <summary>The entry belongs to the decision's life.</summary>
    internal void IsStep(string decisionId, long entry) => session["INSERT INTO decision_step (entry, decision) VALUES ($1, $2)"].Run(entry, decisionId);

    internal long Append(AlertAcknowledgement acknowledgement) => Append(
        LedgerKinds.Acknowledgement, acknowledgement.AlertId, JsonSerializer.SerializeToUtf8Bytes(acknowledgement, CoreJson.Default.AlertAcknowledgement), keep: true);

    internal long Append(Escalated escalated) =>
        Append(LedgerKinds.Escalation, escalated.AlertId, JsonSerializer.SerializeToUtf8Bytes(escalated, StorageJson.Default.Escalated), keep: true);

    internal long Append(PlaybookInForce playbook) =>
        Append(LedgerKinds.Playbook, playbook.Version, JsonSerializer.SerializeToUtf8Bytes(playbook, StorageJson.Default.PlaybookInForce), keep: true);

    internal long Append(ManualResolution resolution) =>
        Append(LedgerKinds.Resolution, resolution.AlertId, JsonSerializer.SerializeToUtf8Bytes(resolution, CoreJson.Default.ManualResolution), keep: true);

    internal long Append(GrantedException granted) =>
        Append(LedgerKinds.Exception, granted.Id, JsonSerializer.SerializeToUtf8Bytes(granted, CoreJson.Default.GrantedException), keep: true);

    internal long Append(FirstEnforcement first) =>
        Append(LedgerKinds.Enforcement, first.DecisionId, JsonSerializer.SerializeToUtf8Bytes(first, StorageJson.Default.FirstEnforcement), keep: true);

    internal void Append(OperatorCall call) =>
        Append(LedgerKinds.Operator, call.Subject, JsonSerializer.SerializeToUtf8Bytes(call, StorageJson.Default.OperatorCall), keep: true);

    private long Append(string kind, string subject, byte[] payload, bool keep)
    {
        if (_sequence < 0) (_sequence, _hash) = Head(session);
        var payloadHash = SHA256.HashData(payload);
        var sequence = _sequence + 1;
        var hash = LedgerChain.Hash(_hash, sequence, recordedAt, kind, subject, payloadHash);
        session[Insert].Run(sequence, LedgerChain.Version, recordedAt.Ticks, kind, subject, payloadHash, keep ? payload : null, hash);
        (_sequence, _hash) = (sequence, hash);
        return sequence;
    }

    internal static (long Sequence, byte[] Hash) Head(SqliteSession session)
    {
        using var rows = session["SELECT sequence, hash FROM ledger ORDER BY sequence DESC LIMIT 1"].Rows();
        return rows.Read() ? (rows.GetInt64(0), rows.Bytes(1)) : (0, LedgerChain.Genesis.ToArray());
    }
}
