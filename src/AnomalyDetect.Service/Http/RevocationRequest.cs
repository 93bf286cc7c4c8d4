using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Service.Http;

/// <summary>What a person wants to be over.</summary>
/// <param name="Scope">
/// <c>session</c>: one session. <c>token</c>: one token. <c>principal</c> and <c>tenant</c>: all sessions begun and tokens issued, refresh tokens among them, before it takes effect.
/// </param>
/// <param name="Value">The session's id, the token's <c>jti</c> or the principal's id; of a tenant nothing.</param>
/// <param name="ExpiresAt">Up to 30 days ahead, and later than the last of the tokens would run out by itself; null: in 30 days.</param>
/// <param name="AlertId">The alert it is for; null: none.</param>
public sealed record RevocationRequest(string? TenantId, DecisionScope? Scope, string? Value, DateTimeOffset? ExpiresAt, string? AlertId, string? Reason)
{
    private const int LongestValue = 1024;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>What is wrong beside a missing reason, in one sentence; null when it can be asked.</summary>
    internal string? Problem(DateTimeOffset now)
    {
        if (TenantId is null || !KeyRules.IsTenant(TenantId)) return "Name the tenant in tenant_id.";
        if (Scope is not (DecisionScope.Session or DecisionScope.Token or DecisionScope.Principal or DecisionScope.Tenant)) return "The scope must be session, token, principal or tenant.";
        if (Scope == DecisionScope.Tenant ? Value is not null : Value is not { Length: > 0 and <= LongestValue })
            return $"Give the session's, token's or principal's id as value, in at most {LongestValue} characters, and for a tenant none.";
        return ExpiresAt <= now || ExpiresAt > now + Longest ? "The expires_at must be to come, and within 30 days." : null;
    }

    /// <summary>Null when all is well, or one sentence.</summary>
    internal string? AlertProblem(IQueries queries) =>
        AlertId is { } id && queries.Alert(id)?.TenantId != TenantId ? "There is no such alert of the tenant." : null;

    /// <param name="enforcement">In a tenant that is in dry run, what a person asks for is one too.</param>
    internal Decision ToDecision(EnforcementOptions enforcement, string actor, DateTimeOffset now)
    {
        var (scope, value) = (Scope!.Value, Value ?? TenantId!);
        var type = scope == DecisionScope.Session ? DecisionType.RevokeSession : DecisionType.RevokeToken;
        var name = string.Create(CultureInfo.InvariantCulture, $"{actor}\n{TenantId}\n{Names.Of(type)}\n{Names.Of(scope)}\n{value}\n{now.UtcTicks}");
        return new Decision
        {
            Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16)),
            AlertId = AlertId,
            TenantId = TenantId!,
            Type = type,
            Scope = scope,
            Value = value,
            Parameters = new DecisionParameters(),
            CreatedAt = now.UtcDateTime,
            ExpiresAt = ExpiresAt?.UtcDateTime ?? (now + Longest).UtcDateTime,
            Simulated = !enforcement.Enforces(TenantId!, type),
        };
    }
}

/// <param name="State"><c>active</c>, <c>held</c> (somebody else has to approve it), <c>simulated</c> (the tenant is in dry run) or <c>refused</c>.</param>
/// <param name="Reason">In one sentence.</param>
public sealed record RevocationAnswer(string Id, DecisionState State, string Reason);
