using System.Runtime.InteropServices;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Streaming.Journals;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Streaming.History;

/// <summary>
/// Keeps the features of the windows lanes close, for models to be trained on: numbered files, appended to by one thread, bounded in age and size.
/// </summary>
/// <remarks>
/// A lane's block MUST be appended before a checkpoint at or beyond its <see cref="HistoryBlock.To"/> is saved. Then a restart, which repeats everything since the
/// checkpoint, makes again what was appended after it, and never what was before; <see cref="HistorySnapshot"/> takes the later of two, so each window is read
/// once. It is no record: what the disk does not take is dropped and counted, and lanes go on.
/// </remarks>
public sealed class HistoryLog : IDisposable
{
    private const long MostSegmentBytes = 16 << 20;
    private readonly HistoryOptions _options;
    private readonly HistoryMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Func<string, IJournalFile> _files;
    private readonly List<(string Path, DateTime Begun, long Bytes)> _segments = [];
    private IJournalFile? _file; // of the last segment
    private bool _failing;

    private HistoryLog(HistoryOptions options, HistoryMetrics metrics, TimeProvider time, ILogger logger, Func<string, IJournalFile> files)
    {
        (_options, _metrics, _time, _logger, _files) = (options, metrics, time, logger, files);
        var paths = HistorySegment.PathsIn(options.Directory);
        foreach (var path in paths) Recover(path, isNewest: path == paths[^1]);
        Trim();
        metrics.Kept(0, Bytes);
    }

    /// <summary>On disk.</summary>
    public long Bytes => _segments.Sum(s => s.Bytes);

    /// <summary>Names the store whose lanes' positions are meant: they begin anew with another.</summary>
    internal long Epoch { get; set; }

    private long SegmentBytes => Math.Min(MostSegmentBytes, _options.MaxBytes / 4);

    /// <summary>Cuts a torn tail.</summary>
    /// <exception cref="IOException">The directory cannot be used.</exception>
    public static HistoryLog Open(HistoryOptions options, HistoryMetrics metrics, TimeProvider time, ILogger logger) =>
        Open(options, metrics, time, logger, path => new JournalFile(path));

    internal static HistoryLog Open(HistoryOptions options, HistoryMetrics metrics, TimeProvider time, ILogger logger, Func<string, IJournalFile> files)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(options.Directory);
        else Directory.CreateDirectory(options.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new HistoryLog(options, metrics, time, logger, files);
    }

    /// <summary>On disk when it returns, or dropped and counted.</summary>
    internal void Append(HistoryBlock block)
    {
        try
        {
            if (_segments.Count == 0 || _file is null || _segments[^1].Bytes >= SegmentBytes || Now.Date != _segments[^1].Begun.Date) Begin();
            var rows = block.Rows is List<FeatureRow> list ? CollectionsMarshal.AsSpan(list) : [.. block.Rows];
            for (var (part, at) = (0, 0); at < rows.Length; at += HistoryRows.Most)
                Write(HistoryBlockHeader.Write(block, rows[at..Math.Min(rows.Length, at + HistoryRows.Most)], part++, Epoch, _segments[^1].Bytes));
            _file!.FlushToDisk();
            if (_failing) _logger.LogInformation("The history of features is kept again");
            _failing = false;
            _metrics.Kept(block.Rows.Count, Bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            CutBack();
            _metrics.Dropped(block.Rows.Count);
            if (!_failing) _logger.LogError(e, "The history of features cannot be written; training will lack what closes meanwhile");
            _failing = true;
        }
    }

    public void Dispose() => _file?.Dispose();

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    private void Write(byte[] bytes)
    {
        var last = _segments[^1];
        _file!.Write(last.Bytes, bytes);
        _segments[^1] = last with { Bytes = last.Bytes + bytes.Length };
    }

    /// <summary>Nothing may follow what was only half written; where even that cannot be taken away, another segment is begun.</summary>
    private void CutBack()
    {
        try
        {
            if (_segments.Count > 0) _file?.SetLength(_segments[^1].Bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private void Begin()
    {
        _file?.Dispose();
        _file = null;
        var number = _segments.Count == 0 ? 1 : HistorySegment.NumberOf(_segments[^1].Path)!.Value + 1;
        var (path, now) = (HistorySegment.PathOf(_options.Directory, number), Now);
        var file = _files(path);
        try
        {
            file.SetLength(0);
            file.Write(0, HistorySegment.Header(number, now));
        }
        catch
        {
            file.Dispose();
            throw;
        }

        _file = file;
        _segments.Add((path, now, HistorySegment.HeaderSize));
        Trim();
    }

    /// <summary>Takes a segment an earlier run left. Only the newest can have a torn tail, and nothing is appended to what was not begun by this run.</summary>
    private void Recover(string path, bool isNewest)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        var length = RandomAccess.GetLength(handle);
        if (HistorySegment.Read(handle, path) is not { } segment)
        {
            _logger.LogWarning("History file {File} has no header that can be read, and is left out", Path.GetFileName(path));
            _segments.Add((path, File.GetLastWriteTimeUtc(path), length));
            return;
        }

        _segments.Add((path, segment.Begun, length));
        if (!isNewest) return;
        var whole = HistorySegment.Walk(handle, length, static (_, _) => { });
        if (whole == length) return;
        _logger.LogWarning("History file {File}: cut {Bytes} bytes of a torn tail", segment.Name, length - whole);
        RandomAccess.SetLength(handle, whole);
        _segments[^1] = (path, segment.Begun, whole);
    }

    /// <summary>The oldest segments go when the next one was begun before the retention, or all are too large.</summary>
    private void Trim()
    {
        var oldest = Now - _options.Retention;
        while (_segments.Count > 1 && (_segments[1].Begun < oldest || Bytes > _options.MaxBytes))
        {
            try
            {
                File.Delete(_segments[0].Path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _logger.LogWarning(e, "History file {File} cannot be removed; trying again later", Path.GetFileName(_segments[0].Path));
                return;
            }

            _segments.RemoveAt(0);
        }
    }
}
