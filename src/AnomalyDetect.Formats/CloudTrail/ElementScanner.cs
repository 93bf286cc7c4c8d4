namespace AnomalyDetect.Formats.CloudTrail;

/// <summary>Where an element ends.</summary>
internal enum ElementKind
{
    /// <summary>Before the newline.</summary>
    Line,

    /// <summary>Behind the brace or bracket that closes the first.</summary>
    Balanced,

    /// <summary>Before the next comma, closing bracket or newline: something that is no event.</summary>
    Loose,
}

/// <summary>Finds an element's end over any number of calls, looking at each byte once.</summary>
internal sealed class ElementScanner
{
    private ElementKind _kind;
    private int _level;
    private bool _inString;
    private bool _escaped;

    public void Begin(ElementKind kind, int level)
    {
        (_kind, _level) = (kind, level);
        _inString = _escaped = false;
    }

    /// <param name="scanned">Bytes of <paramref name="rest"/> looked at in earlier calls; moved on.</param>
    /// <returns>The element's length, or -1 when its end has not come yet.</returns>
    public int FindEnd(ReadOnlySpan<byte> rest, ref int scanned)
    {
        if (_kind == ElementKind.Balanced) return FindBalanced(rest, ref scanned);
        // The first byte of a loose element belongs to it whatever it is, so that there is progress.
        var from = _kind == ElementKind.Loose ? Math.Max(scanned, _level == 0 ? 1 : 0) : scanned;
        _level = 1;
        var found = from >= rest.Length ? -1 : _kind == ElementKind.Loose ? rest[from..].IndexOfAny(",]\n"u8) : rest[from..].IndexOf((byte)'\n');
        scanned = rest.Length;
        return found < 0 ? -1 : from + found;
    }

    private int FindBalanced(ReadOnlySpan<byte> rest, ref int scanned)
    {
        var i = scanned;
        scanned = rest.Length;
        while (i < rest.Length)
        {
            if (_escaped)
            {
                _escaped = false;
                i++;
                continue;
            }

            var found = _inString ? rest[i..].IndexOfAny("\"\\\n"u8) : rest[i..].IndexOfAny("\"{}[]"u8);
            if (found < 0) return -1;
            i += found + 1;
            switch (rest[i - 1])
            {
                case (byte)'"':
                    _inString = !_inString;
                    break;
                case (byte)'\\':
                    _escaped = true;
                    break;
                case (byte)'\n':
                    _inString = false; // never inside a string in JSON: takes up the thread after a broken one
                    break;
                case (byte)'{' or (byte)'[':
                    _level++;
                    break;
                default:
                    if (--_level == 0) return i;
                    break;
            }
        }

        return -1;
    }
}
