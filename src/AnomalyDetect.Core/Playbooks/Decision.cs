namespace AnomalyDetect.Core.Playbooks;

/// <summary>What enforcement is asked for.</summary>
public enum DecisionType : byte
{
    RateLimit, Captcha, BlockIp, RevokeSession, ForceReauth, StepUp, SuspendPartnerToken,
}

/// <summary>What kind of thing a decision is aimed at.</summary>
public enum DecisionScope : byte
{
    Principal, Partner, Address, Session,
}

/// <summary>A decision's parameters; which apply depends on the type.</summary>
/// <param name="Limit">Of a rate limit: requests allowed.</param>
/// <param name="Per">Of a rate limit: per how long, in whole seconds.</param>
public sealed record DecisionParameters(int? Limit = null, int? Per = null);

/// <summary>An enforcement with a type, a scope, a value and an expiry: the contract's decision line. Times are event times (UTC).</summary>
public sealed record Decision
{
    /// <summary>Hash of alert id, type, scope, value and how often it was renewed: 32 hex digits. Also the idempotency key at an enforcer.</summary>
    public required string Id { get; init; }

    public required string AlertId { get; init; }

    public required string TenantId { get; init; }

    public required DecisionType Type { get; init; }

    public required DecisionScope Scope { get; init; }

    /// <summary>A principal, partner or session id; or an IPv4 address or IPv6 /64 as <c>address/64</c>.</summary>
    public required string Value { get; init; }

    public required DecisionParameters Parameters { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime ExpiresAt { get; init; }

    /// <summary>Decided and recorded, never enforced (dry run).</summary>
    public required bool Simulated { get; init; }
}
