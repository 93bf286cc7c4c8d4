using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Streaming.Journals;

namespace AnomalyDetect.Streaming.History;

/// <summary>Rows put aside on disk, to be read as often as training needs them: so that memory does not grow with what is learned from. Goes with its directory.</summary>
/// <param name="directory">One of its own; made when it is not there, and removed.</param>
public sealed class FeatureSpool(string directory) : IDisposable
{
    private const int BlockRows = 16_384;
    private readonly List<FeatureRow> _waiting = new(BlockRows);
    private IJournalFile? _file;
    private HistorySnapshot? _snapshot;
    private long _length;
    private long _rows;
    private int _windowMinutes = 5;

    /// <param name="windowMinutes">Of the windows to come.</param>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Begin(int windowMinutes)
    {
        Directory.CreateDirectory(directory);
        (_windowMinutes, _length) = (windowMinutes, HistorySegment.HeaderSize);
        _file = new JournalFile(HistorySegment.PathOf(directory, 1));
        _file.Write(0, HistorySegment.Header(1, DateTime.UnixEpoch));
    }

    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Add(IReadOnlyList<FeatureRow> rows)
    {
        foreach (var row in rows)
        {
            _waiting.Add(row);
            if (_waiting.Count == BlockRows) Write();
        }
    }

    /// <summary>What was added is in the directory for whoever reads it; more may be added.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Flush()
    {
        if (_waiting.Count > 0) Write();
    }

    /// <summary>All that was added, in its order.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public HistorySnapshot Complete()
    {
        Flush();
        _file!.Dispose();
        return _snapshot ??= HistorySnapshot.Open(directory, _windowMinutes);
    }

    public void Dispose()
    {
        _file?.Dispose();
        _snapshot?.Dispose();
        if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
    }

    private void Write()
    {
        var block = new HistoryBlock("", _rows, _rows + _waiting.Count, _windowMinutes, _waiting);
        var bytes = HistoryBlockHeader.Write(block, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_waiting), 0, 0, _length);
        _file!.Write(_length, bytes);
        (_length, _rows) = (_length + bytes.Length, _rows + _waiting.Count);
        _waiting.Clear();
    }
}
