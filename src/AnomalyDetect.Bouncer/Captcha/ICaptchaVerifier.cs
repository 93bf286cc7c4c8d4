using System.Net;

namespace AnomalyDetect.Bouncer.Captcha;

/// <summary>What the provider made of a solved challenge.</summary>
public enum CaptchaOutcome
{
    /// <summary>A person solved it.</summary>
    Passed,

    /// <summary>It was not solved, is too old, or was used before.</summary>
    Failed,

    /// <summary>Nobody can say now. What then happens is <see cref="BouncerOptions.WhenAway"/>'s to decide.</summary>
    Unavailable,
}

/// <summary>Checks solved challenges. Register one of your own before <c>AddAnomalyDetectBouncer</c> to use another provider.</summary>
public interface ICaptchaVerifier
{
    /// <summary>MUST end within a few seconds and MUST NOT throw but for a cancelled request. Called side by side.</summary>
    /// <param name="token">From the client, unchecked, at most 8,192 characters.</param>
    /// <param name="address">The client's address.</param>
    /// <param name="cancellation">The request was given up.</param>
    Task<CaptchaOutcome> VerifyAsync(string token, IPAddress? address, CancellationToken cancellation);
}
