using System.Security.Cryptography;
using System.Text;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Response.Redis;

/// <summary>
/// The key scheme, which services that enforce rely on (version 1). <c>{p}</c> is the configured prefix; tenant ids hold no colon, and what may hold one comes last.
/// <list type="table">
/// <item><term><c>{p}sess:{tenant}:{first 12 hex of sha256(session id)}</c></term><description>the service's own sessions: JSON with <c>session_sha256</c>; deleted, never written</description></item>
/// <item><term><c>{p}deny:{tenant}:session:{sha256}</c></term><description><c>revoke_session</c>: the session is over</description></item>
/// <item><term><c>{p}deny:{tenant}:principal:{id}</c></term><description><c>revoke_session</c> of a principal: its sessions begun before <c>created_at</c> are over</description></item>
/// <item><term><c>{p}reauth:{tenant}:session:{sha256}</c>, <c>…:principal:{id}</c></term><description><c>force_reauth</c>: authentication older than <c>created_at</c> counts no more</description></item>
/// <item><term><c>{p}deny:{tenant}:token:{sha256 of the jti}</c></term><description><c>revoke_token</c>: the token is void</description></item>
/// <item><term><c>{p}notbefore:{tenant}</c>, <c>{p}notbefore:{tenant}:principal:{id}</c></term><description><c>revoke_token</c> of a tenant or principal: every token (refresh tokens
/// among them) issued and every session begun before <c>not_before</c> is void, so a token endpoint MUST NOT renew it</description></item>
/// <item><term><c>{p}deny:{tenant}:ip:{address}</c></term><description><c>block_ip</c>: an IPv4 address, or an IPv6 network as <c>…/64</c></description></item>
/// <item><term><c>{p}deny:{tenant}:partner:{id}</c></term><description><c>suspend_partner_token</c></description></item>
/// <item><term><c>{p}deny:index</c></term><description>sorted set of all keys above but the sessions, by expiry in ms since 1970: read it to get a full copy</description></item>
/// <item><term><c>{p}deny:version</c></term><description>counts changes. A change whose number is not the last one + 1 means some were missed: read the index again</description></item>
/// <item><term>channel <c>{p}deny:changes</c></term><description>JSON <c>{"version","op":"set"|"remove"|"session_deleted"|"resync","key","decision_id","type"}</c>: a hint only, pub/sub loses messages</description></item>
/// </list>
/// Values are JSON <c>{"decision_id","type","created_at","expires_at"}</c> and live until the decision expires. Where <c>created_at</c> matters it is there as a number too:
/// <c>not_before</c>, in ms since 1970 (an <c>iat</c> times 1000 below it is too old); several decisions on such a key are one, the latest <c>not_before</c> for as long as the last
/// holds. No words in braces but the prefix's are hash tags.
/// </summary>
public sealed class RedisKeys(string prefix)
{
    public string Index => $"{prefix}deny:index";

    public string Version => $"{prefix}deny:version";

    public string Channel => $"{prefix}deny:changes";

    /// <summary>Null when the type is not carried out in Redis, or not at this scope.</summary>
    public string? Deny(Decision decision) => (decision.Type, decision.Scope) switch
    {
        (DecisionType.RevokeSession, DecisionScope.Session) => $"{prefix}deny:{decision.TenantId}:session:{Sha256(decision.Value)}",
        (DecisionType.RevokeSession, DecisionScope.Principal) => $"{prefix}deny:{decision.TenantId}:principal:{decision.Value}",
        (DecisionType.ForceReauth, DecisionScope.Session) => $"{prefix}reauth:{decision.TenantId}:session:{Sha256(decision.Value)}",
        (DecisionType.ForceReauth, DecisionScope.Principal) => $"{prefix}reauth:{decision.TenantId}:principal:{decision.Value}",
        (DecisionType.RevokeToken, DecisionScope.Token) => $"{prefix}deny:{decision.TenantId}:token:{Sha256(decision.Value)}",
        (DecisionType.RevokeToken, DecisionScope.Principal) => $"{prefix}notbefore:{decision.TenantId}:principal:{decision.Value}",
        (DecisionType.RevokeToken, DecisionScope.Tenant) => $"{prefix}notbefore:{decision.TenantId}",
        (DecisionType.BlockIp, DecisionScope.Address) => $"{prefix}deny:{decision.TenantId}:ip:{decision.Value}",
        (DecisionType.SuspendPartnerToken, DecisionScope.Partner) => $"{prefix}deny:{decision.TenantId}:partner:{decision.Value}",
        _ => null,
    };

    /// <summary>The service's own key of the session; null where the decision is not about one session.</summary>
    public string? Session(Decision decision) =>
        decision.Scope == DecisionScope.Session ? $"{prefix}sess:{decision.TenantId}:{Sha256(decision.Value)[..12]}" : null;

    /// <summary>64 lower-case hex digits over the UTF-8 text.</summary>
    public static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
