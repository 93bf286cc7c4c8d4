namespace AnomalyDetect.Formats.CloudTrail;

/// <summary>What a document that begins with a brace is, as its first bytes tell.</summary>
internal static class DocumentShape
{
    public enum Kind
    {
        Undecided, Wrapper, Line, Spread,
    }

    private static ReadOnlySpan<byte> Records => "\"Records\""u8;

    /// <param name="length">Of a wrapper: up to behind its array's bracket.</param>
    public static Kind Of(ReadOnlySpan<byte> document, out int length)
    {
        length = 0;
        var i = Skip(document, 1);
        if (i == document.Length) return Kind.Undecided;

        // A newline right after the brace is how printers spread an object over lines.
        var other = document[..i].Contains((byte)'\n') ? Kind.Spread : Kind.Line;
        var rest = document[i..];
        if (!rest.StartsWith(Records)) return Records.StartsWith(rest) ? Kind.Undecided : other;
        foreach (var expected in ":["u8)
        {
            i = Skip(document, i + (expected == ':' ? Records.Length : 1));
            if (i == document.Length) return Kind.Undecided;
            if (document[i] != expected) return other;
        }

        length = i + 1;
        return Kind.Wrapper;
    }

    private static int Skip(ReadOnlySpan<byte> text, int from)
    {
        var found = text[from..].IndexOfAnyExcept(" \t\r\n"u8);
        return found < 0 ? text.Length : from + found;
    }
}
