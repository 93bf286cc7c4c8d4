using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Multivariate;
using Microsoft.Win32.SafeHandles;

namespace AnomalyDetect.Streaming.History;

/// <summary>
/// The history as it was when this was opened: it may be read several times and gives the same rows, whatever the service that writes it goes on to do. Each window
/// is there once: of what a lane wrote twice around a crash the later counts. Memory does not grow with the rows.
/// </summary>
public sealed class HistorySnapshot : IDisposable
{
    private readonly record struct Place(int File, long Offset, HistoryBlockHeader Header);

    private const int Symbols = 1 << 18;
    private readonly List<SafeFileHandle> _files = [];
    private readonly List<string> _problems = [];
    private readonly List<Place> _blocks = [];
    private readonly int _windowMinutes;

    private HistorySnapshot(int windowMinutes) => _windowMinutes = windowMinutes;

    /// <summary>What could not be used, in sentences.</summary>
    public IReadOnlyList<string> Problems => _problems;

    public long Rows => _blocks.Sum(b => (long)b.Header.Rows);

    /// <summary>Start of the oldest window, ticks (UTC); <see cref="long.MaxValue"/> without any.</summary>
    public long Oldest => _blocks.Count == 0 ? long.MaxValue : _blocks.Min(b => b.Header.Oldest);

    /// <summary>Start of the newest window; 0 without any.</summary>
    public long Newest => _blocks.Count == 0 ? 0 : _blocks.Max(b => b.Header.Newest);

    /// <param name="directory">May be missing: then there are no rows.</param>
    /// <param name="windowMinutes">Windows of another length are left out, and it is said.</param>
    /// <exception cref="IOException">A file is there and cannot be read.</exception>
    public static HistorySnapshot Open(string directory, int windowMinutes = 5)
    {
        var snapshot = new HistorySnapshot(windowMinutes);
        try
        {
            foreach (var path in HistorySegment.PathsIn(directory)) snapshot.Add(path);
            snapshot.LeaveOutRepeated();
            return snapshot;
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }
    }

    /// <summary>In the order of writing, which is each tenant's order of time.</summary>
    public IEnumerable<FeatureRow> Read()
    {
        var symbols = new SymbolTable(Symbols);
        var bytes = Array.Empty<byte>();
        foreach (var block in _blocks)
        {
            var header = block.Header;
            if (bytes.Length < header.Packed) bytes = new byte[header.Packed];
            if (!HistorySegment.TryFill(_files[block.File], bytes.AsSpan(0, header.Packed), block.Offset + header.Body))
                throw new InvalidDataException("a file of the history became shorter while it was read");
            foreach (var row in HistoryRows.Decode(bytes.AsSpan(0, header.Packed), header.Unpacked, header.Rows, symbols)) yield return row;
        }
    }

    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
    }

    private void Add(string path)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (FileNotFoundException)
        {
            return; // its time was over just now
        }

        _files.Add(handle);
        var length = RandomAccess.GetLength(handle);
        var name = Path.GetFileName(path);
        if (HistorySegment.Read(handle, path) is not { } segment)
        {
            if (length > 0) _problems.Add($"History file {name} has no header that can be read, and is left out.");
            return;
        }

        if (segment.Schema != Features.Schema)
        {
            _problems.Add($"History file {name} holds features of schema {segment.Schema}, and this program computes schema {Features.Schema}: it is left out.");
            return;
        }

        var other = 0L;
        var whole = HistorySegment.Walk(handle, length, (offset, header) =>
        {
            if (header.WindowMinutes == _windowMinutes) _blocks.Add(new Place(_files.Count - 1, offset, header));
            else other += header.Rows;
        });
        if (other > 0) _problems.Add($"History file {name} holds {other:N0} windows that are not of {_windowMinutes} minutes: they are left out.");
        if (whole < length) _problems.Add($"History file {name} is damaged or not whole from byte {whole} of {length} on: what follows in it is left out.");
    }

    /// <summary>A restarted lane begins at its checkpoint: what it had written from there on before, it writes again.</summary>
    private void LeaveOutRepeated()
    {
        var lanes = new Dictionary<(long Epoch, string Lane), Stack<int>>();
        var repeated = new HashSet<int>();
        for (var i = 0; i < _blocks.Count; i++)
        {
            var header = _blocks[i].Header;
            if (!lanes.TryGetValue((header.Epoch, header.Lane), out var before)) lanes.Add((header.Epoch, header.Lane), before = new Stack<int>());
            if (header.Part == 0)
                while (before.TryPeek(out var last) && _blocks[last].Header.From >= header.From) repeated.Add(before.Pop());
            before.Push(i);
        }

        if (repeated.Count == 0) return;
        var kept = _blocks.Where((_, i) => !repeated.Contains(i)).ToList();
        _blocks.Clear();
        _blocks.AddRange(kept);
    }
}
