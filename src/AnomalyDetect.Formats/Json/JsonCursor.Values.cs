namespace AnomalyDetect.Formats.Json;

internal ref partial struct JsonCursor
{
    /// <summary>Nesting the cursor itself can follow.</summary>
    private const int DeepestNesting = 256;

    /// <summary>Skips one number, checking its grammar.</summary>
    /// <param name="plain">It is digits with an optional minus: no fraction, no exponent.</param>
    public bool SkipNumber(out ReadOnlySpan<byte> text, out bool plain)
    {
        var first = Position;
        text = default;
        plain = true;
        var i = Position;
        if (i < End && _buffer[i] == '-') i++;
        if (i < End && _buffer[i] == '0') i++;
        else if (!SkipDigits(ref i)) return false;

        if (i < End && _buffer[i] == '.')
        {
            plain = false;
            i++;
            if (!SkipDigits(ref i)) return false;
        }

        if (i < End && _buffer[i] is (byte)'e' or (byte)'E')
        {
            plain = false;
            i++;
            if (i < End && _buffer[i] is (byte)'+' or (byte)'-') i++;
            if (!SkipDigits(ref i)) return false;
        }

        // "01", "1x", "1.2.3": nothing of a number or word may stick to it.
        if (i < End && _buffer[i] is not ((byte)',' or (byte)'}' or (byte)']' or <= (byte)' '))
        {
            Position = i;
            return Fail(JsonFault.BadNumber);
        }

        text = _buffer[first..i];
        Position = i;
        return true;
    }

    private bool SkipDigits(ref int i)
    {
        var first = i;
        while (i < End && _buffer[i] is >= (byte)'0' and <= (byte)'9') i++;
        if (i > first) return true;
        Position = i;
        return Fail(i < End ? JsonFault.BadNumber : JsonFault.UnexpectedEnd);
    }

    /// <summary>Skips <c>true</c>, <c>false</c> or <c>null</c>.</summary>
    public bool SkipWord(ReadOnlySpan<byte> word)
    {
        if (!Rest.StartsWith(word)) return Fail(Rest.Length < word.Length ? JsonFault.UnexpectedEnd : JsonFault.UnexpectedByte);
        Position += word.Length;
        return true;
    }

    /// <summary>A string, number or word; the white space before it is skipped already.</summary>
    private bool SkipScalar() => Current switch
    {
        (byte)'"' => ReadString(out _),
        (byte)'t' => SkipWord("true"u8),
        (byte)'f' => SkipWord("false"u8),
        (byte)'n' => SkipWord("null"u8),
        (byte)'-' or (>= (byte)'0' and <= (byte)'9') => SkipNumber(out _, out _),
        _ => Fail(JsonFault.UnexpectedByte),
    };

    /// <summary>Skips one whole value, checking it.</summary>
    /// <param name="depth">Levels of objects and arrays it may have; 0 lets only scalars pass.</param>
    public bool SkipValue(int depth)
    {
        if (Current is not ((byte)'{' or (byte)'[')) return SkipScalar();
        Span<ulong> objects = stackalloc ulong[DeepestNesting / 64]; // one bit a level: an object, not an array
        objects.Clear();
        depth = Math.Min(depth, DeepestNesting);
        var level = 0;
        while (true)
        {
            var opened = false;
            if (Current is (byte)'{' or (byte)'[')
            {
                if (level == depth) return Fail(JsonFault.TooDeep);
                var bit = 1UL << (level & 63);
                if (Current == '{') objects[level >> 6] |= bit;
                else objects[level >> 6] &= ~bit;
                level++;
                Position++;
                opened = true;
            }
            else if (!SkipScalar())
            {
                return false;
            }

            // Closes what ends here, then steps to the next value.
            while (true)
            {
                if (!NextToken()) return false;
                var inObject = (objects[(level - 1) >> 6] >> ((level - 1) & 63) & 1) != 0;
                if (Current == (inObject ? '}' : ']'))
                {
                    Position++;
                    opened = false;
                    if (--level == 0) return true;
                    continue;
                }

                if (!opened && !Take((byte)',')) return false;
                if (!NextToken()) return false;
                if (inObject && !SkipKey()) return false;
                break;
            }
        }
    }

    private bool SkipKey() =>
        (Current == '"' || Fail(JsonFault.UnexpectedByte)) && ReadString(out _) && Take((byte)':') && NextToken();

    /// <summary>
    /// Steps to the next member of the object the cursor stands in, reading its key, and stands at its value. At the end of the object
    /// <paramref name="ended"/> is true and the cursor stands behind it.
    /// </summary>
    /// <param name="first">True before the first member; the cursor stands behind the brace. Set to false.</param>
    public bool NextMember(ref bool first, out JsonString key, out bool ended)
    {
        key = default;
        ended = false;
        if (!NextToken()) return false;
        if (Current == '}')
        {
            Position++;
            return ended = true;
        }

        if (!first && !(Take((byte)',') && NextToken())) return false;
        first = false;
        if (Current != '"') return Fail(JsonFault.UnexpectedByte);
        return ReadString(out key) && Take((byte)':') && NextToken();
    }
}
