namespace AnomalyDetect.Streaming.Journals;

/// <summary>The lanes are too far behind, or too many appends wait for the disk: nothing was taken; try again after <see cref="RetryAfter"/>.</summary>
public sealed class JournalBehindException(string message, TimeSpan retryAfter) : Exception(message)
{
    public TimeSpan RetryAfter { get; } = retryAfter;
}

/// <summary>The disk did not take the append (full, I/O error, closed): nothing was acknowledged. The journal works again once the disk does.</summary>
public sealed class JournalUnavailableException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>Bytes that were once on disk have changed or are missing. Needs a person: restore the segment, or move it away and accept the loss.</summary>
public sealed class JournalCorruptException(string segment, long position, string what)
    : IOException($"journal segment {segment} is damaged at position {position}: {what}; restore the file from a backup, or move the journal away to start anew")
{
    public string Segment { get; } = segment;

    public long Position { get; } = position;
}
