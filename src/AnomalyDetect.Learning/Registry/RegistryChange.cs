namespace AnomalyDetect.Learning.Registry;

/// <summary>One change of a registry, held against other threads and other processes. The hold goes with the process, however it ends.</summary>
internal sealed class RegistryChange : IDisposable
{
    private readonly Lock _threads;
    private readonly string _directory;
    private readonly FileStream _held;

    private RegistryChange(Lock threads, string directory, FileStream held) => (_threads, _directory, _held) = (threads, directory, held);

    /// <exception cref="ModelException">Another process is changing it, or its directory cannot be made.</exception>
    public static RegistryChange Begin(Lock threads, string directory)
    {
        threads.Enter();
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
            else Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return new RegistryChange(threads, directory, Hold(directory));
        }
        catch (Exception e)
        {
            threads.Exit();
            if (e is IOException or UnauthorizedAccessException) throw CannotWrite(directory, e);
            throw;
        }
    }

    /// <param name="stage">Writes everything where nobody looks.</param>
    /// <param name="record">Puts the call into the ledger.</param>
    /// <param name="commit">Puts what was staged in force.</param>
    /// <param name="discard">Removes what was staged.</param>
    /// <exception cref="ModelException">It cannot be written; nothing is in force that was not before.</exception>
    public void Make(Action stage, Action record, Action commit, Action discard)
    {
        try
        {
            stage();
            record();
            commit();
        }
        catch (Exception e)
        {
            try
            {
                discard();
            }
            catch (Exception left) when (left is IOException or UnauthorizedAccessException)
            {
                // nobody looks there, and the next change writes over it
            }

            if (e is IOException or UnauthorizedAccessException) throw CannotWrite(_directory, e);
            throw;
        }
    }

    public void Dispose()
    {
        _held.Dispose();
        _threads.Exit();
    }

    private static FileStream Hold(string directory)
    {
        try
        {
            return new FileStream(Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new ModelException($"Another process is changing the registry {directory}; try again when it is done.", e);
        }
    }

    private static ModelException CannotWrite(string directory, Exception e) =>
        new($"The registry {directory} cannot be written ({e.Message}); put that right and try again. What was in force stays in force.", e);
}
