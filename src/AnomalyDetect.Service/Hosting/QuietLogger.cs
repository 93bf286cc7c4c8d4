using AnomalyDetect.Service.Configuration;

namespace AnomalyDetect.Service.Hosting;

/// <summary>For work that seldom has anything to log: the logging itself, which takes as long to set up as the rest of the command line, is made for the first entry.</summary>
/// <param name="category">Of what is logged.</param>
internal sealed class QuietLogger(LoggingSection section, string category) : ILogger, IDisposable
{
    private readonly Lock _gate = new();
    private ILoggerFactory? _made;
    private ILogger? _logger;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && logLevel >= section.Level;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) Logger().Log(logLevel, eventId, state, exception, formatter);
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <summary>Ends when everything logged is written.</summary>
    public void Dispose()
    {
        lock (_gate) _made?.Dispose();
    }

    private ILogger Logger()
    {
        lock (_gate) return _logger ??= (_made = LoggerFactory.Create(logging => Logs.Configure(logging, section))).CreateLogger(category);
    }
}
