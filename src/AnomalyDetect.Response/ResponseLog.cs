using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Response;

/// <summary>What Response logs. Text from outside is escaped before it gets here; URLs, secrets and bodies never do.</summary>
internal static partial class ResponseLog
{
    [LoggerMessage(4001, LogLevel.Warning, "{Target} cannot be used: {Reason}")]
    public static partial void TargetUnavailable(ILogger logger, string target, string reason);

    [LoggerMessage(4002, LogLevel.Error, "{Target} is disabled and its deliveries go to the dead letter: {Reason}")]
    public static partial void TargetDisabled(ILogger logger, string target, string reason);

    [LoggerMessage(4003, LogLevel.Error, "{Worker}: the store failed ({Reason}); trying again in {Seconds} s")]
    public static partial void StoreFailed(ILogger logger, string worker, string reason, double seconds);

    [LoggerMessage(EventId = 4004, Message = "{Target}: delivery {Delivery} {Result}: {Text}")]
    public static partial void Settled(ILogger logger, LogLevel level, string target, string delivery, string result, string text);

    [LoggerMessage(4005, LogLevel.Information, "{Target} rewritten: {Written} decisions in force, {Removed} stale entries removed, {Unknown} unknown ones left to expire")]
    public static partial void Rewritten(ILogger logger, string target, int written, int removed, int unknown);

    [LoggerMessage(4006, LogLevel.Error, "{Target} is not configured any more: {Count} deliveries of it go to the dead letter")]
    public static partial void Orphaned(ILogger logger, string target, int count);

    [LoggerMessage(4007, LogLevel.Information, "{Target} connected")]
    public static partial void Connected(ILogger logger, string target);

    [LoggerMessage(4008, LogLevel.Warning, "{Target} lost its connection")]
    public static partial void Disconnected(ILogger logger, string target);

    [LoggerMessage(4010, LogLevel.Warning, "{Count} decisions wait for a person: 'anomalydetect decisions held' shows them and why; unanswered they are refused")]
    public static partial void Held(ILogger logger, int count);

    [LoggerMessage(4009, LogLevel.Information, "{Target} enabled again by {Actor}")]
    public static partial void Enabled(ILogger logger, string target, string actor);
}
