using System.Globalization;
using System.Text.Json.Serialization;
using AnomalyDetect.Bouncer.Captcha;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace AnomalyDetect.Bouncer.Answers;

/// <summary>Writes refusals: status and headers always, and problem+json (RFC 9457) unless the application writes its own answer.</summary>
internal sealed class RefusalWriter(IOptions<BouncerOptions> options)
{
    private readonly BouncerOptions _options = options.Value;

    public Task WriteAsync(HttpContext context, Refusal refusal)
    {
        var response = context.Response;
        response.StatusCode = refusal.Status;
        response.Headers.CacheControl = "no-store";
        if (refusal.DecisionId is { } id) response.Headers[BouncerHeaders.Decision] = id;
        if (refusal.Challenge is { } challenge) response.Headers.WWWAuthenticate = challenge;
        if (refusal.RetryAfter is { } wait) response.Headers.RetryAfter = Seconds(wait).ToString(CultureInfo.InvariantCulture);
        context.Features.Set(refusal);
        if (_options.Answer is { } answer) return answer(context, refusal);
        return response.WriteAsJsonAsync(ProblemOf(refusal), ProblemJson.Default.RefusalProblem, "application/problem+json", context.RequestAborted);
    }

    private RefusalProblem ProblemOf(Refusal refusal)
    {
        var captcha = refusal.Code is "captcha_required" or "captcha_failed" && _options.Captcha.Provider != CaptchaProvider.None
            ? new CaptchaChallenge(WordOf(_options.Captcha.Provider), _options.Captcha.SiteKey, _options.Captcha.TokenHeader)
            : null;
        return new RefusalProblem(
            "about:blank", ReasonPhrases.GetReasonPhrase(refusal.Status), refusal.Status, refusal.Code, refusal.Detail, refusal.DecisionId,
            refusal.RetryAfter is { } wait ? Seconds(wait) : null, captcha);
    }

    /// <summary>Rounded up: who comes back when told to is let through.</summary>
    private static long Seconds(TimeSpan wait) => Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));

    private static string WordOf(CaptchaProvider provider) => provider switch
    {
        CaptchaProvider.Turnstile => "turnstile",
        CaptchaProvider.HCaptcha => "hcaptcha",
        _ => "recaptcha",
    };
}

/// <summary>The body of a refusal.</summary>
internal sealed record RefusalProblem(string Type, string Title, int Status, string Code, string Detail, string? DecisionId, long? RetryAfter, CaptchaChallenge? Captcha);

/// <summary>What a client needs to pose the challenge and to bring the solution along.</summary>
internal sealed record CaptchaChallenge(string Provider, string SiteKey, string Header);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RefusalProblem))]
internal sealed partial class ProblemJson : JsonSerializerContext;
