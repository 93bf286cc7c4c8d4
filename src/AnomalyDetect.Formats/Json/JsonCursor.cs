using System.Runtime.CompilerServices;

namespace AnomalyDetect.Formats.Json;

/// <summary>
/// Walks strict JSON (RFC 8259) in place: no copies, no garbage, no exceptions. A method that returns false has left its reason in <see cref="Fault"/> and
/// the place in <see cref="Position"/>. UTF-8 validity is the caller's to check, for a whole record at once.
/// </summary>
/// <param name="buffer">May reach beyond <paramref name="end"/>: vectors are loaded across it, and what they find there is not used.</param>
internal ref partial struct JsonCursor(ReadOnlySpan<byte> buffer, int start, int end)
{
    private readonly ReadOnlySpan<byte> _buffer = buffer;

    /// <summary>Absolute, in the buffer.</summary>
    public int Position = start;

    public readonly int End = end;

    public JsonFault Fault = JsonFault.None;

    /// <summary>The byte at <see cref="Position"/>, which is before <see cref="End"/>.</summary>
    public readonly byte Current => _buffer[Position];

    public readonly ReadOnlySpan<byte> Rest => _buffer[Position..End];

    public readonly ReadOnlySpan<byte> Raw(JsonString text) => _buffer.Slice(text.Start, text.Length);

    /// <summary>Skips white space; false at the end, which is no fault by itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool SkipWhiteSpace()
    {
        if ((uint)Position < (uint)End && _buffer[Position] > ' ') return true;
        return SkipWhiteSpaceSlowly();
    }

    private bool SkipWhiteSpaceSlowly()
    {
        while (Position < End && _buffer[Position] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') Position++;
        return Position < End;
    }

    /// <summary>Skips white space to a token, which must come.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool NextToken() => SkipWhiteSpace() || Fail(JsonFault.UnexpectedEnd);

    /// <summary>Skips white space, and then <paramref name="expected"/>, which must come.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Take(byte expected)
    {
        if (!NextToken()) return false;
        if (_buffer[Position] != expected) return Fail(JsonFault.UnexpectedByte);
        Position++;
        return true;
    }

    public bool Fail(JsonFault fault)
    {
        Fault = fault;
        return false;
    }

    /// <summary>From the opening quote to behind the closing one.</summary>
    public bool ReadString(out JsonString text)
    {
        var first = Position + 1;
        var i = JsonString.EndOfPlain(_buffer, first, End);
        if (i >= 0) return EndString(first, i, out text);
        i = first;
        while (i < End && _buffer[i] is not ((byte)'"' or (byte)'\\') and >= 0x20) i++;
        return EndString(first, i, out text);
    }

    private bool EndString(int first, int i, out JsonString text)
    {
        if (i < End && _buffer[i] == '"')
        {
            text = new JsonString(first, i - first, Escaped: false);
            Position = i + 1;
            return true;
        }

        return ReadEscaped(first, i, out text);
    }

    private bool ReadEscaped(int first, int i, out JsonString text)
    {
        text = default;
        while (i < End)
        {
            Position = i;
            switch (_buffer[i])
            {
                case (byte)'"':
                    text = new JsonString(first, i - first, Escaped: true);
                    Position = i + 1;
                    return true;
                case < 0x20:
                    return Fail(JsonFault.ControlCharacter);
                case (byte)'\\':
                    var length = EscapeLength(i);
                    if (length == 0) return false;
                    i += length;
                    break;
                default:
                    i++;
                    break;
            }
        }

        Position = End;
        return Fail(JsonFault.UnexpectedEnd);
    }

    /// <summary>Bytes of the escape at <paramref name="i"/>, a surrogate pair as one; 0 and a fault when it is none.</summary>
    private int EscapeLength(int i)
    {
        var rest = _buffer[i..End];
        if (rest.Length < 2) return Bad(JsonFault.UnexpectedEnd);
        if (rest[1] != 'u') return "\"\\/bfnrt"u8.Contains(rest[1]) ? 2 : Bad(JsonFault.BadEscape);
        var unit = JsonString.Hex4(rest[2..]);
        if (unit < 0) return Bad(JsonFault.BadEscape);
        if (!char.IsSurrogate((char)unit)) return 6;
        var paired = char.IsHighSurrogate((char)unit) && rest.Length >= 12 && rest[6] == '\\' && rest[7] == 'u'
            && JsonString.Hex4(rest[8..]) is var low && low >= 0 && char.IsLowSurrogate((char)low);
        return paired ? 12 : Bad(JsonFault.LoneSurrogate);
    }

    private int Bad(JsonFault fault)
    {
        Fault = fault;
        return 0;
    }
}
