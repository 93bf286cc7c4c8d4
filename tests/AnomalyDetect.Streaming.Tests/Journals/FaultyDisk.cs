using AnomalyDetect.Streaming.Journals;

namespace AnomalyDetect.Streaming.Tests.Journals;

/// <summary>Real files on a disk that can be told to fail, half-way through a write where asked.</summary>
internal sealed class FaultyDisk
{
    public bool Full { get; set; }

    public bool SyncFails { get; set; }

    public bool TruncateFails { get; set; }

    public int Syncs;

    public Action? OnSync { get; set; }

    public IJournalFile Open(string path) => new FaultyFile(this, new JournalFile(path));

    private sealed class FaultyFile(FaultyDisk disk, JournalFile file) : IJournalFile
    {
        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            if (!disk.Full)
            {
                file.Write(offset, bytes);
                return;
            }

            file.Write(offset, bytes[..(bytes.Length / 2)]);
            throw new IOException("No space left on device");
        }

        public void FlushToDisk()
        {
            if (disk.SyncFails) throw new IOException("Input/output error");
            disk.OnSync?.Invoke();
            file.FlushToDisk();
            Interlocked.Increment(ref disk.Syncs);
        }

        public void SetLength(long length)
        {
            if (disk.TruncateFails) throw new IOException("Input/output error");
            file.SetLength(length);
        }

        public void Dispose() => file.Dispose();
    }
}
