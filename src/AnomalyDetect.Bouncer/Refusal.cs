using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Bouncer;

/// <summary>
/// Why a request was refused. It stands among the request's features, so that whoever writes telemetry of the answer can stamp it with
/// <see cref="DecisionId"/> (the event's <c>decision_id</c>): AnomalyDetect takes no denial of its own making as evidence.
/// </summary>
public sealed record Refusal
{
    /// <summary>401, 403, 429 or 503.</summary>
    public required int Status { get; init; }

    /// <summary>
    /// A stable snake_case word: <c>address_blocked</c>, <c>partner_suspended</c>, <c>session_revoked</c>, <c>token_revoked</c>, <c>reauthentication_required</c>, <c>step_up_required</c>,
    /// <c>rate_limited</c>, <c>captcha_required</c>, <c>captcha_failed</c>, <c>captcha_unavailable</c> or <c>decisions_unavailable</c>.
    /// </summary>
    public required string Code { get; init; }

    /// <summary>One sentence for whoever sent the request. Names nobody.</summary>
    public required string Detail { get; init; }

    /// <summary>Null where no decision refused it: the service is away and the bouncer fails closed.</summary>
    public string? DecisionId { get; init; }

    /// <summary>Null as <see cref="DecisionId"/>.</summary>
    public DecisionType? Type { get; init; }

    /// <summary>When to come again, where waiting helps.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The challenge of a 401 (RFC 6750, RFC 9470).</summary>
    public string? Challenge { get; init; }
}
