using AnomalyDetect.Bouncer.Decisions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace AnomalyDetect.Bouncer.Captcha;

/// <summary>How a challenged request fares.</summary>
internal enum GateAnswer
{
    /// <summary>It brings no solved challenge.</summary>
    Unsolved,

    Passed,

    Failed,

    /// <summary>The provider cannot say.</summary>
    Unavailable,

    /// <summary>Too many checks are under way. Never let through, or whoever sends enough rubbish would be.</summary>
    Busy,
}

/// <summary>What a challenged request brings along, and whether that lets it through.</summary>
internal sealed class CaptchaGate(ICaptchaVerifier verifier, CaptchaPasses passes, IOptions<BouncerOptions> options) : IDisposable
{
    private const int MaxToken = 8192;
    private const int MaxForm = 64 << 10;

    private readonly CaptchaOptions _options = options.Value.Captcha;
    private readonly SemaphoreSlim _places = new(options.Value.Captcha.MaxInFlight);

    /// <summary>Nobody can solve a challenge that is not posed: refusing would make a block of it that nobody decided.</summary>
    public bool CanPose => _options.Provider != CaptchaProvider.None || verifier is not SiteVerifyClient;

    public async Task<GateAnswer> CheckAsync(HttpContext context, RequestSubject subject, List<HeldDecision> challenges)
    {
        if (await TokenAsync(context.Request) is not { Length: > 0 } token) return GateAnswer.Unsolved;
        if (token.Length > MaxToken) return GateAnswer.Failed;
        if (!await _places.WaitAsync(TimeSpan.Zero, context.RequestAborted)) return GateAnswer.Busy;
        try
        {
            var outcome = await verifier.VerifyAsync(token, subject.Address, context.RequestAborted);
            if (outcome == CaptchaOutcome.Passed) challenges.ForEach(c => passes.Grant(c, subject.Address));
            return outcome switch
            {
                CaptchaOutcome.Passed => GateAnswer.Passed,
                CaptchaOutcome.Failed => GateAnswer.Failed,
                _ => GateAnswer.Unavailable,
            };
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();

    /// <summary>The provider's own field in a posted form is read only where the form is small; what comes after finds the body as it was.</summary>
    private async Task<string?> TokenAsync(HttpRequest request)
    {
        if (request.Headers[_options.TokenHeader] is [{ Length: > 0 } header]) return header;
        if (FieldOf(_options.Provider) is not { } field || !HttpMethods.IsPost(request.Method) || !request.HasFormContentType || request.ContentLength is not <= MaxForm) return null;
        try
        {
            request.EnableBuffering();
            var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
            request.Body.Position = 0;
            return form[field] is [{ } token] ? token : null;
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException)
        {
            return null;
        }
    }

    private static string? FieldOf(CaptchaProvider provider) => provider switch
    {
        CaptchaProvider.Turnstile => "cf-turnstile-response",
        CaptchaProvider.HCaptcha => "h-captcha-response",
        CaptchaProvider.ReCaptcha => "g-recaptcha-response",
        _ => null,
    };
}
