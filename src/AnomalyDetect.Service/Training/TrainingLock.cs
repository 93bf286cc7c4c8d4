namespace AnomalyDetect.Service.Training;

/// <summary>One retraining job at a time in a data directory. Goes with the process, however it ends.</summary>
internal sealed class TrainingLock : IDisposable
{
    private readonly FileStream _held;

    private TrainingLock(FileStream held) => _held = held;

    /// <exception cref="UserException">Another job has it, or the directory cannot be written.</exception>
    public static TrainingLock Take(string dataDirectory)
    {
        try
        {
            return new TrainingLock(new FileStream(Path.Combine(dataDirectory, "train.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (DirectoryNotFoundException)
        {
            throw new UserException($"There is no data directory {Core.Printable.Of(Path.GetFullPath(dataDirectory))}; name the service's --data or --config.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new UserException($"The data directory {Core.Printable.Of(dataDirectory)} cannot be written; run the job as the service's user.", UserException.Failed);
        }
        catch (IOException)
        {
            throw new UserException("Another training is at work in this data directory; wait until it is done. Nothing was changed.", UserException.AlreadyRunning);
        }
    }

    public void Dispose() => _held.Dispose();
}
