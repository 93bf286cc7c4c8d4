namespace AnomalyDetect.Formats;

/// <summary>The bytes EF BB BF that Windows tools put before UTF-8 text.</summary>
internal static class ByteOrderMark
{
    private static ReadOnlySpan<byte> Mark => "\uFEFF"u8;

    /// <summary>At the start of a stream, once: how many bytes to skip. False when more bytes are needed to tell.</summary>
    public static bool TrySkip(ReadOnlySpan<byte> buffer, bool final, ref bool started, out int skipped)
    {
        skipped = 0;
        if (started) return true;
        if (buffer.Length < Mark.Length && !final && Mark.StartsWith(buffer)) return false;
        started = true;
        if (buffer.StartsWith(Mark)) skipped = Mark.Length;
        return true;
    }
}
