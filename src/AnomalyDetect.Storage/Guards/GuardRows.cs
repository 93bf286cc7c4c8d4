using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Guards;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Storage.Database;
using Microsoft.Data.Sqlite;

namespace AnomalyDetect.Storage.Guards;

/// <summary>What guards go by, within a transaction of whoever calls.</summary>
internal static class GuardRows
{
    internal static Halt? Halted(SqliteSession session) => session["SELECT since, actor, reason, NULL FROM halt"].First(MapHalt);

    /// <summary>Of single tenants.</summary>
    internal static List<Halt> HaltedTenants(SqliteSession session) => session["SELECT since, actor, reason, tenant_id FROM tenant_halt ORDER BY tenant_id"].List(MapHalt);

    /// <summary>The halt of all, or the tenant's own.</summary>
    internal static Halt? HaltedIn(SqliteSession session, string tenantId) =>
        Halted(session) ?? session["SELECT since, actor, reason, tenant_id FROM tenant_halt WHERE tenant_id = $1"].First(MapHalt, tenantId);

    internal static List<Protection> Protections(SqliteSession session) =>
        session["SELECT id, tenant_id, kind, value, reason, actor, added_at, expires_at FROM protection ORDER BY added_at, id"].List(Map);

    /// <summary>None like the decision takes effect for a while; what has run out is forgotten.</summary>
    internal static void CoolOff(SqliteSession session, Decision decision, DateTime now, TimeSpan length)
    {
        session["DELETE FROM cool_off WHERE until <= $1"].Run(Columns.Ticks(now));
        if (length <= TimeSpan.Zero) return;
        session["""
            INSERT INTO cool_off (tenant_id, type, scope, value, until) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (tenant_id, type, scope, value) DO UPDATE SET until = max(until, excluded.until)
            """].Run(decision.TenantId, Names.Of(decision.Type), Names.Of(decision.Scope), decision.Value, Columns.Ticks(now + length));
    }

    internal static AdmissionFacts Facts(SqliteSession session, GuardOptions options, ProtectedSet protections, Decision decision, DateTime now)
    {
        var cools = session["SELECT until FROM cool_off WHERE tenant_id = $1 AND type = $2 AND scope = $3 AND value = $4 AND until > $5"]
            .Number(decision.TenantId, Names.Of(decision.Type), Names.Of(decision.Scope), decision.Value, Columns.Ticks(now));
        var since = Columns.Ticks(now - options.BlastRadius.Window);
        var others = decision.Scope == DecisionScope.Tenant
            ? session["SELECT count(DISTINCT value) FROM decision WHERE scope = 'tenant' AND admitted_at > $1 AND value <> $2"].Number(since, decision.Value)
            : session["SELECT count(DISTINCT value) FROM decision WHERE tenant_id = $1 AND scope = $2 AND admitted_at > $3 AND value <> $4"]
                .Number(decision.TenantId, Names.Of(decision.Scope), since, decision.Value);
        return new AdmissionFacts(
            HaltedIn(session, decision.TenantId)?.Why, protections.Why(decision, PrincipalOf(session, protections, decision), now), cools is { } until ? new DateTime(until, DateTimeKind.Utc) : null,
            (int)(others ?? 0), (int?)session["SELECT principals FROM tenant_size WHERE tenant_id = $1"].Number(decision.TenantId), protections.Within(decision, now));
    }

    /// <summary>Whose session or token the decision is about, as far as its alert says.</summary>
    internal static string? PrincipalOf(SqliteSession session, ProtectedSet protections, Decision decision)
    {
        if (!protections.AsksForPrincipalOf(decision)) return null;
        return session["SELECT r.json FROM alert a JOIN alert_revision r ON r.entry = a.entry WHERE a.id = $1"]
            .First(row => JsonSerializer.Deserialize(row.Bytes(0), CoreJson.Default.Alert)!, decision.AlertId)?.PrincipalId;
    }

    private static Halt MapHalt(SqliteDataReader row) => new(row.Time(0), row.GetString(1), row.GetString(2), row.TextOrNull(3));

    private static Protection Map(SqliteDataReader row) => new(
        row.GetString(0), row.TextOrNull(1), Names.TryParse<DecisionScope>(row.GetString(2), out var kind) ? kind : throw new InvalidDataException("a protection of an unknown kind"),
        row.GetString(3), row.GetString(4), row.GetString(5), row.Time(6), row.TimeOrNull(7));
}
