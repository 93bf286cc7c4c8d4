namespace AnomalyDetect.Storage.Database;

/// <summary>Creates the database file readable by its owner only. SQLite gives its -wal and -shm files the mode of the file they belong to.</summary>
internal static class StoreFile
{
    internal static void Create(string path)
    {
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder && !Directory.Exists(folder)) CreateFolder(folder);
            if (File.Exists(path)) return;
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.ReadWrite };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var file = new FileStream(path, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(
                StoreProblem.CannotOpen, $"The store '{path}' cannot be created: name a folder this account may write and a disk with room. ({e.Message})", e);
        }
    }

    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
