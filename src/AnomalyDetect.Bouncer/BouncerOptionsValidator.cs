using System.Net;
using AnomalyDetect.Bouncer.Captcha;
using AnomalyDetect.Bouncer.Decisions;
using Microsoft.Extensions.Options;

namespace AnomalyDetect.Bouncer;

/// <summary>Checks every option and reports every problem, each by its name. Never repeats a key or a secret.</summary>
public sealed class BouncerOptionsValidator : IValidateOptions<BouncerOptions>
{
    private const int LongestKey = 256;

    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, BouncerOptions options)
    {
        var errors = new List<string>();
        CheckService(options, errors);
        for (var i = 0; i < options.NeverRefuse.Count; i++)
            if (!AddressRange.TryParse(options.NeverRefuse[i], out _)) errors.Add($"{nameof(options.NeverRefuse)}[{i}]: is not an address or CIDR range");
        for (var i = 0; i < options.StepUpAcrValues.Count; i++)
            if (!IsQuotable(options.StepUpAcrValues[i])) errors.Add($"{nameof(options.StepUpAcrValues)}[{i}]: must be printable ASCII without spaces, quotes and backslashes");

        if (!Enum.IsDefined(options.WhenAway)) errors.Add($"{nameof(options.WhenAway)}: must be {AwayPolicy.FailOpen} or {AwayPolicy.FailClosed}");
        Between(options.PollWait, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), nameof(options.PollWait), errors);
        if (options.PollWait.Ticks % TimeSpan.TicksPerSecond != 0) errors.Add($"{nameof(options.PollWait)}: must be whole seconds");
        Between(options.AwayAfter, options.PollWait + TimeSpan.FromSeconds(10), TimeSpan.FromHours(1), nameof(options.AwayAfter), errors);
        Between(options.StartupWait, TimeSpan.Zero, TimeSpan.FromMinutes(1), nameof(options.StartupWait), errors);
        Between(options.ReportEvery, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), nameof(options.ReportEvery), errors);
        Between(options.Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), nameof(options.Timeout), errors);
        Between(options.RetryMax, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), nameof(options.RetryMax), errors);
        Between(options.ResyncEvery, TimeSpan.FromMinutes(1), TimeSpan.FromDays(1), nameof(options.ResyncEvery), errors);
        Between(options.ReportQueue, 100, 1_000_000, nameof(options.ReportQueue), errors);
        Between(options.MaxDecisions, 1_000, 2_000_000, nameof(options.MaxDecisions), errors);
        Between(options.PageSize, 1, 10_000, nameof(options.PageSize), errors);
        Between(options.MaxAnswerBytes, 64 << 10, 256 << 20, nameof(options.MaxAnswerBytes), errors);
        if (options.RateLimitShare is not (> 0 and <= 1)) errors.Add($"{nameof(options.RateLimitShare)}: must be above 0, and at most 1");
        CheckCaptcha(options.Captcha, errors);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors.Select(e => "AnomalyDetect bouncer: " + e));
    }

    private static void CheckService(BouncerOptions options, List<string> errors)
    {
        if (!IsHttp(options.Service)) errors.Add($"{nameof(options.Service)}: must be the absolute URL of the AnomalyDetect service, without user name, query and fragment");
        else if (!IsSafe(options.Service!) && !options.AllowPlainHttp)
            errors.Add($"{nameof(options.Service)}: would send the key in clear; use https, or set {nameof(options.AllowPlainHttp)}");
        if (options.ApiKey.Length is 0 or > LongestKey || !IsQuotable(options.ApiKey))
            errors.Add($"{nameof(options.ApiKey)}: must be a key of role enforcer, as 'anomalydetect keys add --role enforcer' prints it");
    }

    private static void CheckCaptcha(CaptchaOptions captcha, List<string> errors)
    {
        const string Path = nameof(BouncerOptions.Captcha) + ".";
        if (!Enum.IsDefined(captcha.Provider)) errors.Add($"{Path}{nameof(captcha.Provider)}: is no provider");
        if (captcha.Provider != CaptchaProvider.None)
        {
            if (string.IsNullOrWhiteSpace(captcha.Secret)) errors.Add($"{Path}{nameof(captcha.Secret)}: is needed to check solved challenges");
            if (string.IsNullOrWhiteSpace(captcha.SiteKey)) errors.Add($"{Path}{nameof(captcha.SiteKey)}: is needed to pose challenges");
        }

        if (captcha.VerifyUrl is { } url && (!IsHttp(url) || !IsSafe(url))) errors.Add($"{Path}{nameof(captcha.VerifyUrl)}: must be an absolute https URL");
        if (!IsHeaderName(captcha.TokenHeader)) errors.Add($"{Path}{nameof(captcha.TokenHeader)}: must be the name of a header");
        Between(captcha.PassFor, TimeSpan.FromSeconds(10), TimeSpan.FromDays(1), Path + nameof(captcha.PassFor), errors);
        Between(captcha.Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), Path + nameof(captcha.Timeout), errors);
        Between(captcha.Passes, 100, 1_000_000, Path + nameof(captcha.Passes), errors);
        Between(captcha.MaxInFlight, 1, 1_000, Path + nameof(captcha.MaxInFlight), errors);
        if (captcha.MinimumScore is not (>= 0 and <= 1)) errors.Add($"{Path}{nameof(captcha.MinimumScore)}: must be 0 to 1");
    }

    private static void Between<T>(T value, T least, T most, string path, List<string> errors)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0) errors.Add($"{path}: must be {least} to {most}, is {value}");
    }

    private static bool IsHttp(Uri? url) =>
        url is { IsAbsoluteUri: true, UserInfo: "", Query: "", Fragment: "" } && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp);

    private static bool IsSafe(Uri url) => url.Scheme == Uri.UriSchemeHttps || url.IsLoopback || (IPAddress.TryParse(url.Host, out var address) && IPAddress.IsLoopback(address));

    private static bool IsQuotable(string? text) => text is { Length: > 0 } && text.All(c => c is > ' ' and < '\x7f' and not ('"' or '\\'));

    private static bool IsHeaderName(string? text) => text is { Length: > 0 and <= 100 } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
