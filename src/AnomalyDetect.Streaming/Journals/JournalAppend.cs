namespace AnomalyDetect.Streaming.Journals;

/// <summary>One producer's records on their way to the disk: acknowledged together.</summary>
internal sealed class JournalAppend(IReadOnlyList<ReadOnlyMemory<byte>> records, string format, JournalFlags flags)
{
    public IReadOnlyList<ReadOnlyMemory<byte>> Records { get; } = records;

    public string Format { get; } = format;

    public JournalFlags Flags { get; } = flags;

    /// <summary>Bytes on disk.</summary>
    public long Size { get; } = records.Sum(r => (long)JournalRecord.SizeOf(format, r.Length));

    public TaskCompletionSource<long> Stored { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Cuts NDJSON at line ends into records of at most <paramref name="most"/> bytes; a longer line is a record of its own.</summary>
    public static List<ReadOnlyMemory<byte>> Cut(ReadOnlyMemory<byte> ndjson, int most)
    {
        var records = new List<ReadOnlyMemory<byte>>();
        while (ndjson.Length > most)
        {
            var end = ndjson.Span[..most].LastIndexOf((byte)'\n');
            if (end < 0) end = ndjson.Span.IndexOf((byte)'\n');
            if (end < 0) break;
            records.Add(ndjson[..(end + 1)]);
            ndjson = ndjson[(end + 1)..];
        }

        if (ndjson.Length > 0) records.Add(ndjson);
        return records;
    }
}
