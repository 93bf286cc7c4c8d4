namespace AnomalyDetect.Service;

/// <summary>Something the person at the command line can put right: its message is one sentence that says what to do, and is shown without a trace.</summary>
public sealed class UserException(string message, int exitCode = UserException.WrongUsage) : Exception(message)
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

    /// <summary>Of the retraining job: the new model is worse where it matters, and was not promoted.</summary>
    public const int Refused = 3;

    /// <summary>Of the retraining job: there is not enough to learn from yet.</summary>
    public const int TooLittle = 4;

    /// <summary>Of the retraining job: another one is at it.</summary>
    public const int AlreadyRunning = 5;

    public int ExitCode { get; } = exitCode;
}
