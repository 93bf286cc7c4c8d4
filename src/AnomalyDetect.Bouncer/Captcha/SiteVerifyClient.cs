using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using AnomalyDetect.Bouncer.Feed;
using Microsoft.Extensions.Options;

namespace AnomalyDetect.Bouncer.Captcha;

/// <summary>
/// <c>siteverify</c> as Turnstile, hCaptcha and reCAPTCHA speak it: a form with secret and response, a JSON object with <c>success</c>. A token is good once, which
/// the provider sees to.
/// </summary>
internal sealed class SiteVerifyClient(IOptions<BouncerOptions> options, OutboundHttp http, TimeProvider time) : ICaptchaVerifier
{
    private const int MaxAnswer = 64 << 10;

    private readonly CaptchaOptions _options = options.Value.Captcha;

    public static Uri UrlOf(CaptchaProvider provider) => new(provider switch
    {
        CaptchaProvider.Turnstile => "https://challenges.cloudflare.com/turnstile/v0/siteverify",
        CaptchaProvider.HCaptcha => "https://api.hcaptcha.com/siteverify",
        _ => "https://www.google.com/recaptcha/api/siteverify",
    });

    public async Task<CaptchaOutcome> VerifyAsync(string token, IPAddress? address, CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _options.VerifyUrl ?? UrlOf(_options.Provider)) { Content = Form(token, address) };
            using var timeout = new CancellationTokenSource(_options.Timeout, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
            var (status, body) = await http.SendAsync(request, MaxAnswer, both.Token);
            // A token so made up that the provider balks at the call itself is no outage, or making one up would open the door.
            if (status is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError and not HttpStatusCode.TooManyRequests) return CaptchaOutcome.Failed;
            return status == HttpStatusCode.OK && JsonSerializer.Deserialize(body.Span, SiteVerifyJson.Default.SiteVerifyAnswer) is { } answer
                ? Judge(answer)
                : CaptchaOutcome.Unavailable;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException or JsonException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return CaptchaOutcome.Unavailable;
        }
    }

    private FormUrlEncodedContent Form(string token, IPAddress? address)
    {
        var fields = new Dictionary<string, string> { ["secret"] = _options.Secret, ["response"] = token };
        if (_options.SendAddress && address is not null) fields["remoteip"] = address.IsIPv4MappedToIPv6 ? address.MapToIPv4().ToString() : address.ToString();
        // A token solved on another site of the same account is refused.
        if (_options.Provider == CaptchaProvider.HCaptcha) fields["sitekey"] = _options.SiteKey;
        return new FormUrlEncodedContent(fields);
    }

    private CaptchaOutcome Judge(SiteVerifyAnswer answer)
    {
        // A wrong secret is our fault and not the client's.
        if (!answer.Success) return answer.ErrorCodes?.Any(IsOurs) == true ? CaptchaOutcome.Unavailable : CaptchaOutcome.Failed;
        if (_options.Hostnames.Count > 0 && !_options.Hostnames.Contains(answer.Hostname ?? "", StringComparer.OrdinalIgnoreCase)) return CaptchaOutcome.Failed;
        if (_options.Action is { } action && !string.Equals(action, answer.Action, StringComparison.Ordinal)) return CaptchaOutcome.Failed;
        // hCaptcha's score says how suspicious, reCAPTCHA's how human.
        return _options.Provider == CaptchaProvider.ReCaptcha && answer.Score < _options.MinimumScore ? CaptchaOutcome.Failed : CaptchaOutcome.Passed;
    }

    private static bool IsOurs(string? code) => code is "missing-input-secret" or "invalid-input-secret" or "sitekey-secret-mismatch" or "internal-error";
}

internal sealed record SiteVerifyAnswer(
    [property: JsonPropertyName("success")] bool Success,
    [property: JsonPropertyName("hostname")] string? Hostname,
    [property: JsonPropertyName("score")] double? Score,
    [property: JsonPropertyName("action")] string? Action,
    [property: JsonPropertyName("error-codes")] IReadOnlyList<string?>? ErrorCodes);

[JsonSerializable(typeof(SiteVerifyAnswer))]
internal sealed partial class SiteVerifyJson : JsonSerializerContext;
