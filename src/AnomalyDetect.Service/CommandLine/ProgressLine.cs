using System.Diagnostics;

namespace AnomalyDetect.Service.CommandLine;

/// <summary>One line on a terminal that says how far a verb is, from its third second on; nothing when stderr is redirected.</summary>
public sealed class ProgressLine(Terminal terminal) : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private readonly long _start = Stopwatch.GetTimestamp();
    private TimeSpan _next = Quiet;
    private int _width;

    public void Show(Func<string> text)
    {
        if (!terminal.ErrorIsTerminal || Stopwatch.GetElapsedTime(_start) is var now && now < _next) return;
        _next = now + Interval;
        var line = text();
        terminal.Error.Write("\r" + line.PadRight(_width));
        _width = line.Length;
    }

    public void Dispose()
    {
        if (_width > 0) terminal.Error.Write("\r" + new string(' ', _width) + "\r");
    }
}
