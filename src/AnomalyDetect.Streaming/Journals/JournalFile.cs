using Microsoft.Win32.SafeHandles;

namespace AnomalyDetect.Streaming.Journals;

/// <summary>The writer's hands on one segment file: the seam at which tests make a disk fail.</summary>
internal interface IJournalFile : IDisposable
{
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Returns once everything written is on the medium.</summary>
    void FlushToDisk();

    void SetLength(long length);
}

internal sealed class JournalFile(string path) : IJournalFile
{
    private readonly SafeFileHandle _handle = Open(path);

    public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(_handle, bytes, offset);

    public void FlushToDisk() => RandomAccess.FlushToDisk(_handle);

    public void SetLength(long length) => RandomAccess.SetLength(_handle, length);

    public void Dispose() => _handle.Dispose();

    /// <summary>Only its owner may read telemetry.</summary>
    private static SafeFileHandle Open(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (new FileStream(path, options))
        {
        }

        return File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
    }
}
