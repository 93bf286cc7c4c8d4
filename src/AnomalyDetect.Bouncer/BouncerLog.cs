using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Bouncer;

/// <summary>What the bouncer logs. No text of a request or of the service's answers gets here, and neither does the key.</summary>
internal static partial class BouncerLog
{
    [LoggerMessage(1, LogLevel.Warning, "The AnomalyDetect service cannot be followed: {Reason}; trying again")]
    public static partial void Trouble(ILogger logger, string reason);

    [LoggerMessage(2, LogLevel.Error, "The AnomalyDetect service is away ({Reason}): {Policy}")]
    public static partial void Away(ILogger logger, string reason, string policy);

    [LoggerMessage(3, LogLevel.Information, "The AnomalyDetect service is followed again")]
    public static partial void Back(ILogger logger);

    [LoggerMessage(4, LogLevel.Warning, "What was enforced cannot be reported: {Reason}; trying again")]
    public static partial void NotReported(ILogger logger, string reason);

    [LoggerMessage(5, LogLevel.Error, "A report of what was enforced was thrown away: {Reason}")]
    public static partial void ReportDropped(ILogger logger, string reason);

    [LoggerMessage(6, LogLevel.Warning, "A captcha decision is in force and no captcha provider is configured: such decisions are not carried out")]
    public static partial void NoCaptcha(ILogger logger);

    [LoggerMessage(7, LogLevel.Error, "More than {Most} decisions are in force: those beyond are not enforced; raise MaxDecisions")]
    public static partial void Full(ILogger logger, int most);
}
