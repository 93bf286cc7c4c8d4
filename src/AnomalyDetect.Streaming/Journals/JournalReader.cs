using System.Text;
using AnomalyDetect.Streaming.Sources;
using Microsoft.Win32.SafeHandles;

namespace AnomalyDetect.Streaming.Journals;

/// <summary>Reads the durable part of the journal in batches. One thread.</summary>
/// <param name="position">Of the first record to read.</param>
/// <param name="cuts">Positions no batch reaches across.</param>
internal sealed class JournalReader(Journal journal, long position, IEnumerable<long> cuts) : IDisposable
{
    public const int BatchRecords = 512;
    public const int BatchBytes = 256 << 10;
    private readonly Queue<long> _cuts = new(cuts.Where(c => c > position).Distinct().Order());
    private SafeFileHandle? _handle;
    private JournalSegment? _segment;
    private long _segmentEnd = long.MinValue;
    private string _format = "";

    public long Position { get; private set; } = position;

    /// <summary>Fills the batch with what there is, up to the bounds; false when there is nothing yet. Never waits for a fuller batch.</summary>
    /// <exception cref="JournalCorruptException">A record's bytes have changed on disk.</exception>
    public bool TryRead(RawBatch batch)
    {
        var limit = Math.Min(journal.Head, NextCut());
        if (Position >= limit) return false;
        MoveTo(Position);
        limit = Math.Min(limit, _segmentEnd);
        var read = Fill(batch, (int)Math.Min(limit - Position, BatchBytes));
        for (var at = 0; at < read && batch.Records.Count < BatchRecords;)
        {
            if (JournalRecord.TryRead(batch.Buffer.AsSpan(at, read - at), Position, out var header))
            {
                Add(batch, at, header);
                at += header.Size;
                continue;
            }

            var size = JournalRecord.PeekSize(batch.Buffer.AsSpan(at, read - at));
            var cutOff = size == 0 || size > read - at;
            if (at > 0 && cutOff) break;
            if (!cutOff || size > limit - Position || read >= Math.Max(size, JournalRecord.HeaderSize)) throw Corrupt("its bytes have changed");
            read = Fill(batch, Math.Max(size, JournalRecord.HeaderSize));
        }

        batch.NextOffset = Position;
        return true;
    }

    public void Dispose() => _handle?.Dispose();

    private void Add(RawBatch batch, int at, in JournalRecordHeader header)
    {
        batch.ObservedAt = header.ObservedAt;
        if (!header.Flags.HasFlag(JournalFlags.Heartbeat))
        {
            var name = batch.Buffer.AsSpan(at + header.NameStart, header.NameLength);
            if (!Ascii.Equals(name, _format)) _format = Encoding.ASCII.GetString(name);
            batch.Records.Add(new RawRecord(
                Position, at + header.PayloadStart, header.PayloadLength, header.ObservedAt, header.Flags.HasFlag(JournalFlags.TrustInternal), _format));
        }

        Position += header.Size;
    }

    private long NextCut()
    {
        while (_cuts.TryPeek(out var cut) && cut <= Position) _cuts.Dequeue();
        return _cuts.TryPeek(out var next) ? next : long.MaxValue;
    }

    private void MoveTo(long target)
    {
        if (_segment is not null && target < _segmentEnd && _segmentEnd != long.MaxValue) return;
        var (segment, end) = journal.SegmentOf(target);
        _segmentEnd = end;
        if (segment == _segment) return;
        _handle?.Dispose();
        _handle = File.OpenHandle(segment.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        _segment = segment;
    }

    private int Fill(RawBatch batch, int bytes)
    {
        batch.EnsureCapacity(bytes);
        var read = 0;
        while (read < bytes)
        {
            var n = RandomAccess.Read(_handle!, batch.Buffer.AsSpan(read, bytes - read), JournalSegment.HeaderSize + Position - _segment!.Base + read);
            if (n == 0) throw Corrupt("the file is shorter than it was");
            read += n;
        }

        return read;
    }

    private JournalCorruptException Corrupt(string what) => new(_segment!.Name, Position, what);
}
