namespace AnomalyDetect.Service;

/// <summary>Something the person at the command line can put right: its message is one sentence that says what to do, and is shown without a trace.</summary>
public sealed class UserException(string message, int exitCode = UserException.WrongUsage) : Exception(message)
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

    public int ExitCode { get; } = exitCode;
}
