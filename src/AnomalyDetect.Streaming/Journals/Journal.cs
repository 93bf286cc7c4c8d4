using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Streaming.Journals;

/// <summary>
/// The durable log of what came in over HTTP: one directory, one process, one writer, many lanes reading behind it.
/// </summary>
/// <remarks>
/// A completed <see cref="AppendAsync(ReadOnlyMemory{byte}, string, bool, CancellationToken)"/> MUST mean that the records are on disk and will reach every
/// lane; a failed one that the caller may send them again (what reached the disk all the same is a duplicate by event id). Readers never see a record before it
/// is on disk. Opening MUST cut a torn tail and MUST refuse a log damaged before its tail. Segments a lane still needs MUST never be removed.
/// </remarks>
public sealed class Journal : IAsyncDisposable
{
    private const int RecordBytes = 256 << 10;
    private readonly JournalOptions _options;
    private readonly ILogger _logger;
    private readonly FileStream _lock;
    private readonly JournalWriter _writer;
    private readonly Channel<JournalAppend> _queue;
    private readonly TimeProvider _time;
    private readonly ITimer? _heartbeat;
    private readonly Task _writing;
    private readonly Lock _segmentsLock = new();
    private readonly List<JournalSegment> _segments;
    private TaskCompletionSource _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _queuedBytes;
    private long _released;
    private long _head;
    private volatile bool _closed;

    private Journal(JournalOptions options, TimeProvider time, ILogger logger, FileStream held, Func<string, IJournalFile> files)
    {
        (_options, _time, _logger, _lock) = (options, time, logger, held);
        _segments = JournalSegment.List(options.Directory);
        if (_segments.Count > 0) Recovered = JournalRecovery.Of(_segments[^1]);
        if (Recovered.CutBytes > 0)
            logger.LogWarning(
                "Journal {Directory}: cut {Bytes} bytes of a torn tail at {Position}; they had not been acknowledged", options.Directory, Recovered.CutBytes, Recovered.Head);
        _writer = new JournalWriter(options, time, files, _segments.LastOrDefault(), Recovered);
        if (_segments.Count == 0) _segments.Add(_writer.Segment);
        _head = Recovered.Head;
        _released = _segments[0].Base;
        _queue = Channel.CreateBounded<JournalAppend>(new BoundedChannelOptions(options.MaxQueued) { SingleReader = true });
        if (options.Heartbeat > TimeSpan.Zero) _heartbeat = time.CreateTimer(_ => Beat(), null, options.Heartbeat, options.Heartbeat);
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>What opening found.</summary>
    public JournalRecovery Recovered { get; }

    /// <summary>The position behind the last record on disk.</summary>
    public long Head => Volatile.Read(ref _head);

    /// <summary>The position of the oldest record kept.</summary>
    public long Base
    {
        get { lock (_segmentsLock) return _segments[0].Base; }
    }

    /// <summary>Bytes between the head and the slowest lane's checkpoint.</summary>
    public long Behind => Head - Volatile.Read(ref _released);

    /// <summary>Bytes kept on disk.</summary>
    public long Bytes => Head - Base;

    /// <exception cref="IOException">Another process has the directory, or it cannot be used.</exception>
    /// <exception cref="JournalCorruptException">The log is damaged before its tail.</exception>
    public static Journal Open(JournalOptions options, TimeProvider time, ILogger logger) => Open(options, time, logger, path => new JournalFile(path));

    internal static Journal Open(JournalOptions options, TimeProvider time, ILogger logger, Func<string, IJournalFile> files)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(options.Directory);
        else Directory.CreateDirectory(options.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var held = Hold(options.Directory);
        try
        {
            return new Journal(options, time, logger, held, files);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Appends NDJSON, cut at line ends into records of about 256 KiB. Completes with the position behind it once it is on disk.</summary>
    /// <param name="ndjson">Not to be changed before the task completes.</param>
    /// <param name="format">The format that reads it, as <see cref="Formats.IEventFormat.Name"/>.</param>
    /// <exception cref="JournalBehindException">Try again later (HTTP 429).</exception>
    /// <exception cref="JournalUnavailableException">The disk does not take it (HTTP 503); nothing was acknowledged.</exception>
    public Task<long> AppendAsync(ReadOnlyMemory<byte> ndjson, string format, bool trustInternal, CancellationToken cancellation = default) =>
        AppendAsync(JournalAppend.Cut(ndjson, RecordBytes), format, trustInternal, cancellation);

    /// <inheritdoc cref="AppendAsync(ReadOnlyMemory{byte}, string, bool, CancellationToken)"/>
    /// <param name="records">Whole records, each at most 64 MiB.</param>
    public Task<long> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> records, string format, bool trustInternal, CancellationToken cancellation = default)
    {
        if (format.Length is 0 or > 255) throw new ArgumentException($"'{format}' is no format name", nameof(format));
        if (records.Any(r => r.Length > JournalRecord.MaxLength - 255)) throw new ArgumentException("a record is larger than 64 MiB", nameof(records));
        ThrowIfClosed();
        if (records.Count == 0) return Task.FromResult(Head);
        if (Behind > _options.MaxBehindBytes)
            throw new JournalBehindException($"the lanes are {Behind} bytes behind; the limit is {_options.MaxBehindBytes}", _options.RetryAfter);
        var append = new JournalAppend(records, format, trustInternal ? JournalFlags.TrustInternal : JournalFlags.None);
        if (Interlocked.Add(ref _queuedBytes, append.Size) <= _options.MaxQueuedBytes && _queue.Writer.TryWrite(append))
            return append.Stored.Task.WaitAsync(cancellation);
        Interlocked.Add(ref _queuedBytes, -append.Size);
        ThrowIfClosed();
        throw new JournalBehindException("too many appends wait for the disk", _options.RetryAfter);
    }

    /// <summary>Every lane's checkpoint is at or beyond <paramref name="position"/>: what lies before is kept for its time only.</summary>
    public void Release(long position)
    {
        if (position <= Volatile.Read(ref _released)) return;
        Volatile.Write(ref _released, position);
        Trim();
    }

    /// <summary>Completes when there are records beyond <paramref name="position"/>.</summary>
    internal Task GrownBeyond(long position)
    {
        var grown = Volatile.Read(ref _grown).Task;
        return Head > position ? Task.CompletedTask : grown;
    }

    /// <summary>The segment that holds <paramref name="position"/>, and where the next one starts.</summary>
    internal (JournalSegment Segment, long End) SegmentOf(long position)
    {
        lock (_segmentsLock)
        {
            var i = _segments.FindLastIndex(s => s.Base <= position);
            if (i < 0) throw new InvalidOperationException($"the journal no longer has position {position}; its oldest record is at {_segments[0].Base}");
            return (_segments[i], i + 1 < _segments.Count ? _segments[i + 1].Base : long.MaxValue);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_closed) return;
        _closed = true;
        if (_heartbeat is not null) await _heartbeat.DisposeAsync().ConfigureAwait(false);
        _queue.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
        _writer.Dispose();
        await _lock.DisposeAsync().ConfigureAwait(false);
    }

    private static FileStream Hold(string directory)
    {
        try
        {
            return new FileStream(Path.Combine(directory, "journal.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new IOException($"cannot lock the journal directory {directory}: another process uses it ({e.Message})", e);
        }
    }

    private async Task WriteAsync()
    {
        var group = new List<JournalAppend>();
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            group.Clear();
            for (var bytes = 0L; bytes < JournalWriter.GroupBytes && _queue.Reader.TryRead(out var append); bytes += append.Size)
            {
                group.Add(append);
                Interlocked.Add(ref _queuedBytes, -append.Size);
            }

            WriteGroup(group);
        }
    }

    /// <summary>Many appends, one write, one sync. Whatever goes wrong, every append is answered.</summary>
    private void WriteGroup(List<JournalAppend> group)
    {
        try
        {
            if (_writer.RollIfFull() is { } rolled)
            {
                lock (_segmentsLock) _segments.Add(rolled);
                Trim();
            }

            Volatile.Write(ref _head, _writer.Write(group));
        }
        catch (Exception e)
        {
            _logger.LogError(e, "Journal {Directory} cannot be written; {Count} appends were refused", _options.Directory, group.Count);
            foreach (var append in group)
                append.Stored.TrySetException(new JournalUnavailableException($"the journal cannot be written: {e.Message}", e));
            return;
        }

        foreach (var append in group) append.Stored.TrySetResult(Head);
        Interlocked.Exchange(ref _grown, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    private void Beat()
    {
        if (_time.GetUtcNow().UtcDateTime - _writer.ObservedAt < _options.Heartbeat) return;
        var beat = new JournalAppend([ReadOnlyMemory<byte>.Empty], "", JournalFlags.Heartbeat);
        _ = beat.Stored.Task.ContinueWith(t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        Interlocked.Add(ref _queuedBytes, beat.Size);
        if (!_queue.Writer.TryWrite(beat)) Interlocked.Add(ref _queuedBytes, -beat.Size);
    }

    /// <summary>A segment goes once every lane is past it and its time is over, or the journal is too large.</summary>
    private void Trim()
    {
        var oldest = _time.GetUtcNow().UtcDateTime - _options.Retention;
        lock (_segmentsLock)
        {
            while (_segments.Count > 1 && _segments[1] is var next && next.Base <= Volatile.Read(ref _released)
                && (next.ObservedBefore < oldest || Head - _segments[0].Base > _options.MaxBytes))
            {
                try
                {
                    File.Delete(_segments[0].Path);
                }
                catch (IOException e)
                {
                    _logger.LogWarning(e, "Journal segment {Segment} cannot be removed; trying again later", _segments[0].Name);
                    return;
                }

                _segments.RemoveAt(0);
            }
        }
    }

    private void ThrowIfClosed()
    {
        if (_closed) throw new JournalUnavailableException("the journal is closed");
    }
}
