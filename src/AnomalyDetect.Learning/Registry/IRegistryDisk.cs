using AnomalyDetect.Storage.Files;

namespace AnomalyDetect.Learning.Registry;

/// <summary>The registry's hands on its directory: the seam at which tests make a disk fail.</summary>
internal interface IRegistryDisk
{
    /// <summary>Writes a file only its owner can read, over one that is there; on the medium when this returns.</summary>
    void Write(string path, ReadOnlySpan<byte> bytes);

    /// <summary>Gives a file, in place of one that is there, or a folder its final name: all at once, and durable where the file system can promise that.</summary>
    void Rename(string from, string to);
}

internal sealed class RegistryDisk : IRegistryDisk
{
    public void Write(string path, ReadOnlySpan<byte> bytes)
    {
        File.Delete(path); // the mode below is only given to new files
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }

    public void Rename(string from, string to)
    {
        if (Directory.Exists(from))
        {
            TryFlush(from);
            Directory.Move(from, to);
        }
        else
        {
            File.Move(from, to, overwrite: true);
        }

        TryFlush(Path.GetDirectoryName(to)!);
    }

    /// <summary>Not every file system syncs directories, and once the name is given there is no way back to report.</summary>
    private static void TryFlush(string directory)
    {
        try
        {
            DurableDirectory.Flush(directory);
        }
        catch (IOException)
        {
            // the name stands, though the next loss of power may take it back: the manifest or the version of before, whole
        }
    }
}
