using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Guards;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Storage.Chain;
using AnomalyDetect.Storage.Database;
using AnomalyDetect.Storage.Deliveries;
using AnomalyDetect.Storage.Guards;

namespace AnomalyDetect.Storage.Decisions;

internal sealed class SqliteDecisionStore(SqliteDatabase database, IDeliveryRouter router, SqliteOutbox outbox, SqliteGuardStore guards, TimeProvider time) : IDecisionStore
{
    private DateTime Now => time.GetUtcNow().UtcDateTime;

    public IReadOnlyList<DecisionEntry> Feed(long afterSequence, string? tenantId, int most, bool simulated = false) =>
        [.. FeedRows(afterSequence, tenantId, most, simulated).Select(DecisionRows.Read)];

    public IReadOnlyList<DecisionFeedRow> FeedRows(long afterSequence, string? tenantId, int most, bool simulated = false) => database.Read(session =>
    {
        var rows = FeedQueries.Read(session, afterSequence, tenantId, most, simulated, Now);
        // What is not withdrawn yet is not handed out either: its tombstone follows.
        if (!rows.Exists(r => r.State == DecisionState.Active)) return rows;
        var (all, some) = (GuardRows.Halted(session) is not null, GuardRows.HaltedTenants(session).ConvertAll(h => h.TenantId));
        if (all || some.Count > 0) rows.RemoveAll(r => r.State == DecisionState.Active && (all || some.Contains(DecisionRows.Read(r).Decision.TenantId)));
        return rows;
    });

    public long FeedHead => database.Read(DecisionRows.FeedHead);

    public DecisionEntry? Find(string id) => database.Read(session => DecisionRows.Find(session, id));

    public IReadOnlyList<DecisionEntry> Active(DateTime now) => database.Read(session =>
        session[$"SELECT {DecisionRows.Selected} FROM {DecisionRows.Joined} WHERE state = 0 AND expires_at > $1 ORDER BY feed_sequence"].List(DecisionRows.Map, Columns.Ticks(now)));

    public IReadOnlyList<DecisionEntry> Against(string tenantId, string value, DateTime now) => database.Read(session =>
        session[$"SELECT {DecisionRows.Selected} FROM {DecisionRows.Joined} WHERE state = 0 AND tenant_id = $1 AND value = $2 AND expires_at > $3 ORDER BY feed_sequence"]
            .List(DecisionRows.Map, tenantId, value, Columns.Ticks(now)));

    public int Expire(DateTime now, int most)
    {
        var expired = database.Write(session =>
        {
            most = Math.Max(0, most);
            var ids = session["SELECT id FROM decision WHERE state = 0 AND expires_at <= $1 ORDER BY expires_at, entry LIMIT $2"].List(row => row.GetString(0), Columns.Ticks(now), most);
            var ledger = new LedgerWriter(session, Now);
            foreach (var id in ids) DecisionRows.End(session, ledger, id, DecisionState.Expired, "expired", actor: null, reason: null);
            var unanswered = session["SELECT id FROM decision WHERE state = 4 AND waits_until <= $1 ORDER BY waits_until, entry LIMIT $2"]
                .List(row => row.GetString(0), Columns.Ticks(now), most - ids.Count);
            foreach (var id in unanswered) DecisionRows.Refuse(session, ledger, id, DecisionRows.Guards, "nobody approved it in time");
            return ids.Count + unanswered.Count;
        });
        if (expired > 0) outbox.RaiseChanged();
        return expired;
    }

    public bool Undo(string id, string actor, string reason) => Undo(actor, reason, session => DecisionRows.Find(session, id) is { State: DecisionState.Active } entry ? [entry.Decision] : []) == 1;

    public int Undo(DecisionFilter filter, string actor, string reason, int most) => Undo(actor, reason, session =>
    {
        var sql = $"SELECT {DecisionRows.Selected} FROM {DecisionRows.Joined} WHERE state = 0 AND ($1 IS NULL OR rule = $1) AND ($2 IS NULL OR admitted_at >= $2)";
        var values = new List<object?> { filter.Rule, Columns.Ticks(filter.Since), Math.Max(0, most), filter.Tenants.Count == 0 ? null : JsonSerializer.Serialize(filter.Tenants, StorageJson.Default.IReadOnlyListString) };
        return session[sql + " AND ($4 IS NULL OR tenant_id IN (SELECT value FROM json_each($4))) ORDER BY feed_sequence LIMIT $3"].List(row => DecisionRows.Map(row).Decision, [.. values]);
    });

    public IReadOnlyList<HeldDecision> Held(string? tenantId, int most) => database.Read(session => session["""
        SELECT d.json, d.waits_until, (
            SELECT l.payload FROM decision_step s JOIN ledger l ON l.sequence = s.entry WHERE s.decision = d.id AND json_extract(CAST(l.payload AS TEXT), '$.step') = 'held'), d.requested_by
        FROM decision d WHERE d.state = 4 AND ($1 IS NULL OR d.tenant_id = $1) ORDER BY d.entry LIMIT $2
        """].List(
            row => new HeldDecision(
                JsonSerializer.Deserialize(row.Bytes(0), CoreJson.Default.Decision)!, JsonSerializer.Deserialize(row.Bytes(2), StorageJson.Default.StepTaken)!.Reason ?? "", row.Time(1), row.TextOrNull(3)),
            tenantId, Math.Max(0, most)));

    public Admission Request(Decision decision, string actor, string reason)
    {
        var admission = database.Write(session =>
        {
            var ledger = new LedgerWriter(session, Now);
            var judged = guards.JudgeRequest(session, decision, ledger.RecordedAt);
            var waitsUntil = ledger.RecordedAt + guards.Options.Approval.Timeout;
            DecisionRows.Add(session, ledger, decision, judged, waitsUntil, (actor, reason));
            if (judged.State == DecisionState.Active) DeliveryRows.Add(session, router.Route(decision), ledger.RecordedAt, outbox.Expectant);
            else if (judged.State == DecisionState.Held) HeldNotices.Add(session, ledger, router, guards.Options.Approval, new HeldDecision(decision, judged.Reason, waitsUntil, actor));
            return judged;
        });
        outbox.RaiseChanged();
        return admission;
    }

    public Admission? Approve(string id, string actor, string reason)
    {
        var admission = database.Write(session =>
        {
            if (DecisionRows.Find(session, id) is not { State: DecisionState.Held, Decision: var decision }) return null;
            if (session["SELECT 1 FROM decision WHERE id = $1 AND requested_by = $2"].Number(id, actor) is not null)
                return new Admission(DecisionState.Held, "who asked for it cannot approve it");
            var ledger = new LedgerWriter(session, Now);
            var judged = decision.ExpiresAt <= ledger.RecordedAt
                ? new Admission(DecisionState.Refused, "it had expired while it waited")
                : guards.Judge(session, decision, ledger.RecordedAt, approved: true);
            if (judged.State == DecisionState.Active)
            {
                DecisionRows.PutInForce(session, ledger, id, actor, reason);
                DeliveryRows.Add(session, router.Route(decision), ledger.RecordedAt, outbox.Expectant);
            }
            else
            {
                DecisionRows.Refuse(session, ledger, id, DecisionRows.Guards, $"{judged.Reason}; {actor} had approved it");
            }

            return judged;
        });
        if (admission is not null) outbox.RaiseChanged();
        return admission;
    }

    public bool Refuse(string id, string actor, string reason) => database.Write(session =>
    {
        if (DecisionRows.Find(session, id) is not { State: DecisionState.Held }) return false;
        DecisionRows.Refuse(session, new LedgerWriter(session, Now), id, actor, reason);
        return true;
    });

    public IReadOnlyList<DecisionStep> Life(string id) => database.Read(session => DecisionLife.Read(session, id));

    public EnforcementReceipt Report(EnforcementBatch batch, IReadOnlyList<string> tenants) => database.Write(session =>
    {
        var ledger = new LedgerWriter(session, Now);
        if (!EnforcementRows.Take(session, batch.Reporter, batch.Number, ledger.RecordedAt)) return new EnforcementReceipt(0, 0, Repeated: true);
        var (recorded, grown) = (0, new List<DecisionReach>());
        foreach (var enforcement in batch.Enforcements)
        {
            if (!EnforcementRows.Add(session, ledger, enforcement, batch.Actor, tenants, out var ended)) continue;
            recorded++;
            if (ended is not null) grown.Add(ended);
        }

        var all = grown.Count == 0 ? null : new DecisionReach(grown.Sum(g => g.Principals), grown.Sum(g => g.Sessions), grown.Sum(g => g.Tokens));
        return new EnforcementReceipt(recorded, batch.Enforcements.Count - recorded, Repeated: false, all);
    });

    /// <summary>By hand, so that nothing like it comes back at once.</summary>
    private int Undo(string actor, string reason, Func<SqliteSession, IReadOnlyList<Decision>> which)
    {
        var undone = database.Write(session =>
        {
            var decisions = which(session);
            if (decisions.Count == 0) return 0;
            var ledger = new LedgerWriter(session, Now);
            var withdrawal = new Withdrawal(session, ledger, router);
            foreach (var decision in decisions)
            {
                withdrawal.Undo(decision, actor, reason);
                GuardRows.CoolOff(session, decision, ledger.RecordedAt, guards.Options.CoolOff);
            }

            return decisions.Count;
        });
        if (undone > 0) outbox.RaiseChanged();
        return undone;
    }
}
