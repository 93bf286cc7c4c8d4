using AnomalyDetect.Service.Configuration;
using Microsoft.Extensions.Logging.Console;

namespace AnomalyDetect.Service.Hosting;

/// <summary>Logs go to stderr, as text or one JSON object a line; what the framework says below a warning is left out.</summary>
public static class Logs
{
    public static void Configure(ILoggingBuilder logging, LoggingSection section)
    {
        logging.SetMinimumLevel(section.Level).AddFilter("Microsoft", LogLevel.Warning).AddFilter("Akka", LogLevel.Warning);
        if (section.Format == LogFormat.Json)
            logging.AddJsonConsole(o => (o.UseUtcTimestamp, o.TimestampFormat) = (true, "yyyy-MM-ddTHH:mm:ss.fffZ"));
        else
            logging.AddSimpleConsole(o => (o.SingleLine, o.UseUtcTimestamp, o.TimestampFormat, o.ColorBehavior) = (true, true, "yyyy-MM-ddTHH:mm:ss.fffZ ", LoggerColorBehavior.Disabled));
        logging.Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
