using System.Buffers;
using AnomalyDetect.Storage.Files;

namespace AnomalyDetect.Streaming.Journals;

/// <summary>
/// Writes groups behind the last durable byte. A group that fails is taken back, so that its bytes never stand before acknowledged ones; while taking back
/// itself fails, every further group does. Used by one thread, but for <see cref="ObservedAt"/>.
/// </summary>
internal sealed class JournalWriter : IDisposable
{
    public const int GroupBytes = 4 << 20;
    private readonly JournalOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<string, IJournalFile> _files;
    private IJournalFile _file;
    private long _head;
    private long _observedTicks;
    private bool _tailUnknown;

    public JournalWriter(JournalOptions options, TimeProvider time, Func<string, IJournalFile> files, JournalSegment? last, JournalRecovery recovered)
    {
        (_options, _time, _files, _head, _observedTicks) = (options, time, files, recovered.Head, recovered.ObservedAt.Ticks);
        if (last is null)
        {
            (Segment, _file) = Create(0, DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc));
            return;
        }

        Segment = last;
        _file = files(last.Path);
        if (recovered.CutBytes > 0) Restore();
    }

    public JournalSegment Segment { get; private set; }

    /// <summary>Of the last record.</summary>
    public DateTime ObservedAt => new(Volatile.Read(ref _observedTicks), DateTimeKind.Utc);

    /// <summary>Starts a new segment where the current one is full, and returns it.</summary>
    public JournalSegment? RollIfFull()
    {
        if (_tailUnknown) Restore();
        if (_head - Segment.Base < _options.SegmentBytes) return null;
        var (segment, file) = Create(_head, ObservedAt);
        _file.Dispose();
        (Segment, _file) = (segment, file);
        return segment;
    }

    /// <summary>One write, one sync. Returns the new head.</summary>
    public long Write(List<JournalAppend> group)
    {
        if (_tailUnknown) Restore();
        var now = Math.Max(_time.GetUtcNow().UtcTicks, _observedTicks);
        var size = group.Sum(a => a.Size);
        var buffer = ArrayPool<byte>.Shared.Rent(checked((int)size));
        try
        {
            var at = 0;
            foreach (var append in group)
            {
                foreach (var record in append.Records)
                {
                    var length = JournalRecord.SizeOf(append.Format, record.Length);
                    JournalRecord.Write(
                        buffer.AsSpan(at, length), _head + at, (uint)at, new DateTime(now, DateTimeKind.Utc), append.Flags, append.Format, record.Span);
                    at += length;
                }
            }

            _tailUnknown = true;
            _file.Write(FileOffset(_head), buffer.AsSpan(0, at));
            _file.FlushToDisk();
            _tailUnknown = false;
            _head += at;
            Volatile.Write(ref _observedTicks, now);
            return _head;
        }
        catch
        {
            TryRestore();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose() => _file.Dispose();

    private long FileOffset(long position) => JournalSegment.HeaderSize + position - Segment.Base;

    private void Restore()
    {
        _file.SetLength(FileOffset(_head));
        _file.FlushToDisk();
        _tailUnknown = false;
    }

    private void TryRestore()
    {
        try
        {
            Restore();
        }
        catch (IOException)
        {
            // Stays unknown: the next group restores first, or fails too.
        }
    }

    private (JournalSegment Segment, IJournalFile File) Create(long position, DateTime observedBefore)
    {
        var path = JournalSegment.PathOf(_options.Directory, position);
        var file = _files(path);
        try
        {
            file.SetLength(0);
            file.Write(0, JournalSegment.Header(position, observedBefore));
            file.FlushToDisk();
            DurableDirectory.Flush(_options.Directory);
            return (new JournalSegment(path, position, observedBefore), file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
