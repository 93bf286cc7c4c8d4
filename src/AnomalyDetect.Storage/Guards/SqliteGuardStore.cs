using System.Security.Cryptography;
using System.Text;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Guards;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Storage.Chain;
using AnomalyDetect.Storage.Database;
using AnomalyDetect.Storage.Decisions;
using AnomalyDetect.Storage.Deliveries;

namespace AnomalyDetect.Storage.Guards;

/// <summary>The protections are kept in memory too, for every decision asks; they are replaced whole after the transaction that changes them.</summary>
internal sealed class SqliteGuardStore : IGuardStore
{
    private readonly SqliteDatabase _database;
    private readonly IDeliveryRouter _router;
    private readonly SqliteOutbox _outbox;
    private readonly TimeProvider _time;
    private readonly HaltSwitch _halts;
    private readonly Lock _changing = new();
    private volatile ProtectedSet _protected;

    internal SqliteGuardStore(SqliteDatabase database, GuardOptions options, IDeliveryRouter router, SqliteOutbox outbox, TimeProvider time)
    {
        (_database, Options, _router, _outbox, _time) = (database, options, router, outbox, time);
        _halts = new HaltSwitch(database, router, outbox, time);
        _protected = new ProtectedSet(options.NeverTarget, database.Read(GuardRows.Protections));
    }

    public GuardOptions Options { get; }

    public IReadOnlyList<Protection> Protections => [.. _protected.Protections.Where(p => p.HoldsAt(Now))];

    public Halt? Halted => _database.Read(GuardRows.Halted);

    public IReadOnlyList<Halt> HaltedTenants => _database.Read(GuardRows.HaltedTenants);

    public Halt? HaltedIn(string tenantId) => _database.Read(session => GuardRows.HaltedIn(session, tenantId));

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    /// <summary>Within a transaction of whoever calls.</summary>
    internal Admission Judge(SqliteSession session, Decision decision, DateTime now, bool approved = false) => decision.Simulated
        ? AdmissionPolicy.Judge(Options, decision, new AdmissionFacts())
        : AdmissionPolicy.Judge(Options, decision, GuardRows.Facts(session, Options, _protected, decision, now), approved);

    /// <summary>As <see cref="Judge"/>, of what a person asks for.</summary>
    internal Admission JudgeRequest(SqliteSession session, Decision decision, DateTime now) => decision.Simulated
        ? AdmissionPolicy.Judge(Options, decision, new AdmissionFacts())
        : AdmissionPolicy.Judge(
            Options, decision, GuardRows.Facts(session, Options, _protected, decision, now) with { CoolsUntil = null },
            approved: decision.Scope != DecisionScope.Tenant || !Options.Approval.Tenants);

    public string? WhyProtected(Decision decision, DateTime now)
    {
        var set = _protected;
        var principal = set.AsksForPrincipalOf(decision) ? _database.Read(session => GuardRows.PrincipalOf(session, set, decision)) : null;
        return set.Why(decision, principal, now);
    }

    public ProtectionReceipt? Protect(string? tenantId, DecisionScope kind, string value, DateTime? expiresAt, string actor, string reason)
    {
        lock (_changing)
        {
            var now = Now;
            var protection = new Protection(IdOf(tenantId, kind, value), tenantId, kind, value, reason, actor, now, expiresAt);
            var held = _protected.Protections.Where(p => p.HoldsAt(now) && p.Id != protection.Id).ToList();
            if (held.Count >= IGuardStore.MostProtections) return null;
            var next = new ProtectedSet(Options.NeverTarget, [.. held, protection]);
            var before = _protected;
            ProtectionReceipt receipt;
            try
            {
                receipt = _database.Write(session =>
                {
                    // Decisions are judged under the same lock: none that comes after this transaction may be judged by what was protected before it.
                    _protected = next;
                    return Add(session, protection, next, now);
                });
            }
            catch
            {
                _protected = before;
                throw;
            }

            _outbox.RaiseChanged();
            return receipt;
        }
    }

    public bool Unprotect(string id, string actor, string reason)
    {
        lock (_changing)
        {
            var now = Now;
            var gone = _database.Write(session =>
            {
                if (session["DELETE FROM protection WHERE id = $1"].Run(id) == 0) return false;
                new LedgerWriter(session, now).Append(new OperatorCall(actor, "protection_remove", id, reason));
                return true;
            });
            if (gone) _protected = new ProtectedSet(Options.NeverTarget, _protected.Protections.Where(p => p.Id != id));
            return gone;
        }
    }

    public bool Halt(string actor, string reason, string? tenantId = null) => _halts.Halt(actor, reason, tenantId);

    public bool Resume(string actor, string reason, string? tenantId = null) => _halts.Resume(actor, reason, tenantId);

    public int Withdraw(int most) => _halts.Withdraw(most);

    private ProtectionReceipt Add(SqliteSession session, Protection protection, ProtectedSet next, DateTime now)
    {
        session["DELETE FROM protection WHERE expires_at <= $1"].Run(Columns.Ticks(now));
        session["INSERT OR REPLACE INTO protection (id, tenant_id, kind, value, reason, actor, added_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"].Run(
            protection.Id, protection.TenantId, Names.Of(protection.Kind), protection.Value, protection.Reason, protection.Actor, Columns.Ticks(now), Columns.Ticks(protection.ExpiresAt));
        var ledger = new LedgerWriter(session, now);
        var until = protection.ExpiresAt is { } end ? $" until {end:yyyy-MM-dd HH:mm:ss}Z" : "";
        ledger.Append(new OperatorCall(
            protection.Actor, "protection_add", protection.Id, $"{Names.Of(protection.Kind)} {protection.Value} in {protection.TenantId ?? "every tenant"}{until}: {protection.Reason}"));
        return Clear(session, ledger, next, protection, protection.Actor);
    }

    /// <summary>Ends what stands or waits against the newly protected.</summary>
    private ProtectionReceipt Clear(SqliteSession session, LedgerWriter ledger, ProtectedSet next, Protection protection, string actor)
    {
        var candidates = session[$"SELECT {DecisionRows.Selected} FROM {DecisionRows.Joined} WHERE state IN (0, 4) AND ($1 IS NULL OR tenant_id = $1)"].List(DecisionRows.Map, protection.TenantId);
        var hit = candidates.FindAll(e => next.Why(e.Decision, GuardRows.PrincipalOf(session, next, e.Decision), ledger.RecordedAt) is not null);
        foreach (var entry in hit) new Withdrawal(session, ledger, _router).End(entry, actor, $"{Names.Of(protection.Kind)} {protection.Value} is protected from now on: {protection.Reason}");
        var undone = hit.Count(e => e.State == DecisionState.Active);
        return new ProtectionReceipt(protection, undone, hit.Count - undone);
    }

    /// <summary>By what it protects, so that protecting it again replaces it.</summary>
    private static string IdOf(string? tenantId, DecisionScope kind, string value) =>
        "p" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{tenantId}\n{Names.Of(kind)}\n{value}")))[..12];
}
