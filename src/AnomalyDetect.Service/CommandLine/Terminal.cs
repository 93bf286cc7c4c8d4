namespace AnomalyDetect.Service.CommandLine;

/// <summary>Where a verb writes and whether a person is watching.</summary>
public sealed record Terminal(TextWriter Out, TextWriter Error, bool OutIsTerminal, bool ErrorIsTerminal)
{
    public static Terminal Standard() =>
        new(Console.Out, Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected);
}
