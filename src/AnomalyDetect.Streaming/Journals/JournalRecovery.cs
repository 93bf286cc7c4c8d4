namespace AnomalyDetect.Streaming.Journals;

/// <summary>What opening found at the end of the log.</summary>
/// <param name="Head">The position behind the last whole record.</param>
/// <param name="CutBytes">Bytes of a torn tail that were removed: never acknowledged to anyone.</param>
public readonly record struct JournalRecovery(long Head, DateTime ObservedAt, long CutBytes)
{
    /// <summary>Walks the last segment and tells a torn tail from damage.</summary>
    /// <exception cref="JournalCorruptException">A record is damaged although a later group was written, so it had been acknowledged.</exception>
    internal static JournalRecovery Of(JournalSegment segment)
    {
        var bytes = File.ReadAllBytes(segment.Path);
        var at = JournalSegment.HeaderSize;
        var observedAt = segment.ObservedBefore;
        while (JournalRecord.TryRead(bytes.AsSpan(at), PositionOf(segment, at), out var header))
        {
            at += header.Size;
            observedAt = header.ObservedAt;
        }

        for (var later = at + 1; later <= bytes.Length - JournalRecord.HeaderSize; later++)
        {
            if (!JournalRecord.TryRead(bytes.AsSpan(later), PositionOf(segment, later), out var header)) continue;
            if (later - header.GroupOffset > at)
                throw new JournalCorruptException(segment.Name, PositionOf(segment, at), $"a whole record of a later group follows at {PositionOf(segment, later)}");
        }

        return new JournalRecovery(PositionOf(segment, at), observedAt, bytes.Length - at);
    }

    private static long PositionOf(JournalSegment segment, int fileOffset) => segment.Base + fileOffset - JournalSegment.HeaderSize;
}
