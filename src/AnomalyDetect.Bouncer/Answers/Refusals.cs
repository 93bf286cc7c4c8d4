using System.Globalization;
using AnomalyDetect.Bouncer.Captcha;
using AnomalyDetect.Bouncer.Decisions;
using AnomalyDetect.Core.Playbooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace AnomalyDetect.Bouncer.Answers;

/// <summary>
/// Which refusal each decision deserves: 403 where nothing the client does helps, 401 where authenticating does (with what is asked for, RFC 9470), 429 where
/// waiting does.
/// </summary>
internal sealed class Refusals(IOptions<BouncerOptions> options, TimeProvider time)
{
    private static readonly TimeSpan AwayRetry = TimeSpan.FromSeconds(10);
    private readonly string _acrValues = string.Join(' ', options.Value.StepUpAcrValues);

    public static Refusal Away { get; } = new()
    {
        Status = StatusCodes.Status503ServiceUnavailable, Code = "decisions_unavailable", Detail = "It cannot be checked now whether this request may pass; try again later.", RetryAfter = AwayRetry,
    };

    /// <param name="retryAfter">Of a rate limit.</param>
    public Refusal Of(HeldDecision decision, TimeSpan retryAfter) => decision.Type switch
    {
        DecisionType.BlockIp => New(decision, 403, "address_blocked", "Requests from this address are blocked for now."),
        DecisionType.SuspendPartnerToken => New(decision, 403, "partner_suspended", "This partner's access is suspended for now."),
        DecisionType.RevokeSession => New(decision, 401, "session_revoked", "This session was ended; sign in again.") with
        {
            Challenge = "Bearer error=\"invalid_token\", error_description=\"The session was ended; sign in again\"",
        },
        DecisionType.RevokeToken => New(decision, 401, "token_revoked", "This token was revoked; sign in again.") with
        {
            Challenge = "Bearer error=\"invalid_token\", error_description=\"The token was revoked; sign in again\"",
        },
        DecisionType.ForceReauth => New(decision, 401, "reauthentication_required", "Sign in again to go on.") with
        {
            Challenge = StepUp("A more recent authentication is required", "", decision.CreatedAt),
        },
        DecisionType.StepUp => New(decision, 401, "step_up_required", "Confirm who you are to go on.") with
        {
            Challenge = StepUp("A different authentication level is required", _acrValues, decision.CreatedAt),
        },
        DecisionType.RateLimit => New(decision, 429, "rate_limited", "Too many requests; wait a little.") with { RetryAfter = retryAfter },
        _ => Captcha(decision, GateAnswer.Unsolved),
    };

    public Refusal Captcha(HeldDecision decision, GateAnswer answer) => answer switch
    {
        GateAnswer.Unavailable or GateAnswer.Busy => New(decision, 503, "captcha_unavailable", "The challenge cannot be checked now; try again later.") with { RetryAfter = AwayRetry },
        GateAnswer.Failed => New(decision, 403, "captcha_failed", "The challenge was not solved, or too long ago; solve a new one."),
        _ => New(decision, 403, "captcha_required", "Solve the challenge to go on."),
    };

    private static Refusal New(HeldDecision decision, int status, string code, string detail) =>
        new() { Status = status, Code = code, Detail = detail, DecisionId = decision.Id, Type = decision.Type };

    /// <summary><c>max_age</c> reaches back to the decision: an authentication after it satisfies, one before it does not.</summary>
    private string StepUp(string description, string acrValues, DateTime since)
    {
        var age = Math.Max(0, (long)(time.GetUtcNow().UtcDateTime - since).TotalSeconds);
        var acr = acrValues.Length > 0 ? $", acr_values=\"{acrValues}\"" : "";
        return string.Create(CultureInfo.InvariantCulture, $"Bearer error=\"insufficient_user_authentication\", error_description=\"{description}\"{acr}, max_age=\"{age}\"");
    }
}
