using System.Text.Json.Serialization;

namespace AnomalyDetect.Core.Playbooks;

/// <summary>What enforcement is asked for.</summary>
[JsonConverter(typeof(WordOf<DecisionType>))]
public enum DecisionType : byte
{
    /// <summary>So many requests in so long, of a principal, partner or address.</summary>
    RateLimit,

    /// <summary>A challenge only a person passes, of a principal, partner or address.</summary>
    Captcha,

    /// <summary>Nothing from an address reaches the tenant.</summary>
    BlockIp,

    /// <summary>A session is over; of a principal, every session begun before the decision.</summary>
    RevokeSession,

    /// <summary>A session's (or a principal's) authentication before the decision counts no more.</summary>
    ForceReauth,

    /// <summary>A principal has to authenticate anew, and more strongly.</summary>
    StepUp,

    /// <summary>A partner's tokens are refused.</summary>
    SuspendPartnerToken,

    /// <summary>
    /// A token is void; of a principal or a tenant, every token issued and every session begun before the decision took effect, refresh tokens among them. Who signs in
    /// again goes on.
    /// </summary>
    RevokeToken,
}

/// <summary>What kind of thing a decision is aimed at.</summary>
[JsonConverter(typeof(WordOf<DecisionScope>))]
public enum DecisionScope : byte
{
    /// <summary>Who proved to be them.</summary>
    Principal,

    /// <summary>On whose delegation.</summary>
    Partner,

    /// <summary>From where: an IPv4 address or an IPv6 /64.</summary>
    Address,

    /// <summary>In which session.</summary>
    Session,

    /// <summary>One token, by its <c>jti</c>.</summary>
    Token,

    /// <summary>Everybody of the tenant; the value is the tenant's own id.</summary>
    Tenant,
}

/// <summary>A decision's parameters; which apply depends on the type.</summary>
/// <param name="Limit">Of a rate limit: requests allowed.</param>
/// <param name="Per">Of a rate limit: per how long, in whole seconds.</param>
public sealed record DecisionParameters(int? Limit = null, int? Per = null);

/// <summary>An enforcement with a type, a scope, a value and an expiry: the contract's decision line. Times are event times (UTC).</summary>
public sealed record Decision
{
    /// <summary>
    /// Hash of alert id, type, scope, value and how often it was renewed; of what a person asked for, of that and when: 32 hex digits. Also the idempotency key at an
    /// enforcer.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>The alert that called for it; null where a person asked for it without one.</summary>
    public string? AlertId { get; init; }

    /// <summary>In which tenant it holds, and in no other.</summary>
    public required string TenantId { get; init; }

    /// <summary>What is to be done.</summary>
    public required DecisionType Type { get; init; }

    /// <summary>What kind of thing <see cref="Value"/> names.</summary>
    public required DecisionScope Scope { get; init; }

    /// <summary>A principal, partner, session, token or tenant id; or an IPv4 address or IPv6 /64 as <c>address/64</c>.</summary>
    public required string Value { get; init; }

    /// <summary>Empty where the type takes none.</summary>
    public required DecisionParameters Parameters { get; init; }

    /// <summary>Of the event it was decided on.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>From then on it holds no more, whether anyone says so or not.</summary>
    public required DateTime ExpiresAt { get; init; }

    /// <summary>Decided and recorded, never enforced (dry run).</summary>
    public required bool Simulated { get; init; }

    /// <summary>Name of the playbook's rule; null where a person asked for it, or it was decided before rules were recorded.</summary>
    public string? Rule { get; init; }
}
