namespace AnomalyDetect.Formats;

/// <summary>
/// Cuts a stream at newlines. A carriage return before the newline and a byte order mark at the start belong to no record, blank lines are skipped, and a last
/// line needs no newline.
/// </summary>
internal sealed class LineFramer(DecodeLimits limits) : IRecordFramer
{
    private bool _started;
    private bool _skipping;

    public int Frame(ReadOnlySpan<byte> buffer, bool final, List<RecordSpan> records)
    {
        if (!ByteOrderMark.TrySkip(buffer, final, ref _started, out var done)) return 0;

        while (done < buffer.Length)
        {
            var length = buffer[done..].IndexOf((byte)'\n');
            if (length < 0) return Unfinished(buffer, done, final, records);
            if (!_skipping) Add(buffer, done, length, records);
            _skipping = false;
            done += length + 1;
        }

        return done;
    }

    private int Unfinished(ReadOnlySpan<byte> buffer, int done, bool final, List<RecordSpan> records)
    {
        var length = buffer.Length - done;
        if (_skipping) return buffer.Length;

        if (length > limits.RecordBytes)
        {
            Add(buffer, done, length, records);
            _skipping = true;
            return buffer.Length;
        }

        if (!final) return done;
        Add(buffer, done, length, records);
        return buffer.Length;
    }

    private void Add(ReadOnlySpan<byte> buffer, int start, int length, List<RecordSpan> records)
    {
        if (length > limits.RecordBytes)
        {
            records.Add(new RecordSpan(start, limits.RecordBytes + 1));
            return;
        }

        var line = buffer.Slice(start, length);
        if (line.EndsWith("\r"u8)) line = line[..^1];
        if (!IsBlank(line)) records.Add(new RecordSpan(start, line.Length));
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.IsEmpty || (line[0] <= ' ' && !line.ContainsAnyExcept(" \t\r"u8));
}
