namespace AnomalyDetect.Bouncer.Captcha;

/// <summary>Whose challenge it is.</summary>
public enum CaptchaProvider
{
    /// <summary>None of those known here.</summary>
    None,

    /// <summary>Cloudflare Turnstile.</summary>
    Turnstile,

    /// <summary>hCaptcha.</summary>
    HCaptcha,

    /// <summary>Google reCAPTCHA, v2 or v3.</summary>
    ReCaptcha,
}

/// <summary>How a challenge is posed and its answer checked.</summary>
public sealed class CaptchaOptions
{
    /// <summary>Default none: CAPTCHA decisions are not carried out, unless an <see cref="ICaptchaVerifier"/> is registered.</summary>
    public CaptchaProvider Provider { get; set; }

    /// <summary>The provider's secret. Required with a provider, never logged.</summary>
    public string Secret { get; set; } = "";

    /// <summary>The public site key, told to the client with the challenge. Required with a provider.</summary>
    public string SiteKey { get; set; } = "";

    /// <summary>The request header that brings a solved challenge; default <c>X-Captcha-Response</c>. A small posted form may bring it in the provider's own field.</summary>
    public string TokenHeader { get; set; } = "X-Captcha-Response";

    /// <summary>How long a solved challenge lets the same address through under the same decision; 10 s to 1 day, default 10 min.</summary>
    public TimeSpan PassFor { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Passes remembered; 100 to 1,000,000, default 10,000. Beyond it the oldest are forgotten and asked again.</summary>
    public int Passes { get; set; } = 10_000;

    /// <summary>Host names a challenge may have been solved on. Default any.</summary>
    public IList<string> Hostnames { get; } = [];

    /// <summary>Of reCAPTCHA v3, where an answer has a score: the least that passes; 0 to 1, default 0.5.</summary>
    public double MinimumScore { get; set; } = 0.5;

    /// <summary>Of Turnstile and reCAPTCHA v3: the action a challenge must have been solved for. Default any.</summary>
    public string? Action { get; set; }

    /// <summary>Tells the provider the client's address. Default true.</summary>
    public bool SendAddress { get; set; } = true;

    /// <summary>For one check; 1 s to 30 s, default 5 s. A provider that does not answer in time lets through or refuses as <see cref="BouncerOptions.WhenAway"/> says.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Checks under way at a time; 1 to 1,000, default 64. Beyond it the answer is 503, whatever the policy.</summary>
    public int MaxInFlight { get; set; } = 64;

    /// <summary>Where answers are checked; default the provider's own address. https unless it is loopback.</summary>
    public Uri? VerifyUrl { get; set; }
}
