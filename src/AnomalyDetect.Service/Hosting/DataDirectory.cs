using AnomalyDetect.Core;

namespace AnomalyDetect.Service.Hosting;

/// <summary>
/// The directory with the store, the journal and the first key, held by one process at a time. Everything in it is readable by its owner only. The lock goes
/// with the process, however it ends.
/// </summary>
public sealed class DataDirectory : IDisposable
{
    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream held) => (Path, _lock) = (path, held);

    public string Path { get; }

    public string AdminKeyFile => System.IO.Path.Combine(Path, "admin.key");

    /// <exception cref="UserException">Another process has it, or it cannot be used.</exception>
    public static DataDirectory Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
            else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"The data directory {Printable.Of(path)} cannot be made; check the path and its permissions, or set data_directory.", UserException.Failed);
        }

        try
        {
            return new DataDirectory(path, new FileStream(LockFile(path), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException)
        {
            throw new UserException($"The data directory {Printable.Of(path)} cannot be written; give this user access to it, or set data_directory.", UserException.Failed);
        }
        catch (IOException)
        {
            throw new UserException($"The data directory {Printable.Of(path)} is in use by another anomalydetect; stop that one, or set another data_directory.", UserException.Failed);
        }
    }

    /// <summary>Whether a service has the directory now.</summary>
    public static bool IsInUse(string path)
    {
        if (!File.Exists(LockFile(path))) return false;
        try
        {
            using var held = new FileStream(LockFile(path), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Where the service that has the directory listens; null when none says so.</summary>
    public static string? AddressIn(string path)
    {
        try
        {
            return File.ReadAllText(AddressFile(path)).Trim();
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void PublishAddress(string url) => File.WriteAllText(AddressFile(Path), url + "\n");

    /// <summary>Writes a key to a file only its owner can read, replacing one that is there.</summary>
    public void WriteAdminKey(string key)
    {
        File.Delete(AdminKeyFile);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new StreamWriter(AdminKeyFile, options);
        file.WriteLine(key);
    }

    public void Dispose()
    {
        File.Delete(AddressFile(Path));
        _lock.Dispose();
    }

    private static string LockFile(string path) => System.IO.Path.Combine(path, "lock");

    private static string AddressFile(string path) => System.IO.Path.Combine(path, "address");
}
