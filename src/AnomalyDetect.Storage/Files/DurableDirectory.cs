using System.Runtime.InteropServices;

namespace AnomalyDetect.Storage.Files;

/// <summary>Makes new, renamed and removed names in a directory durable. Windows keeps its directory entries itself.</summary>
public static partial class DurableDirectory
{
    /// <exception cref="IOException">The directory cannot be opened or synced.</exception>
    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(directory, 0);
        if (descriptor < 0) throw new IOException($"cannot open directory {directory}: error {Marshal.GetLastPInvokeError()}");
        try
        {
            if (Sync(descriptor) != 0) throw new IOException($"cannot sync directory {directory}: error {Marshal.GetLastPInvokeError()}");
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
