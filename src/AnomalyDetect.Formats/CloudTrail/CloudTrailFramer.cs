namespace AnomalyDetect.Formats.CloudTrail;

/// <summary>
/// Finds events in CloudTrail files without holding more than one: in <c>{"Records":[…]}</c> documents, bare arrays, on lines, or objects spread over lines.
/// Which it is shows at the first bytes of each document. It looks at braces and strings only; the decoder judges.
/// </summary>
internal sealed class CloudTrailFramer(DecodeLimits limits) : IRecordFramer
{
    private readonly ElementScanner _scanner = new();
    private bool _started;
    private Place _place;
    private bool _wrapped;
    private bool _inElement;
    private int _scanned;
    private bool _discarding;

    private enum Place
    {
        Top, Array, Tail,
    }

    public int Frame(ReadOnlySpan<byte> buffer, bool final, List<RecordSpan> records)
    {
        if (!ByteOrderMark.TrySkip(buffer, final, ref _started, out var done)) return 0;
        while (Step(buffer, ref done, final, records))
        {
        }

        return done;
    }

    /// <summary>False when it needs more bytes.</summary>
    private bool Step(ReadOnlySpan<byte> buffer, ref int done, bool final, List<RecordSpan> records)
    {
        if (_inElement) return ContinueElement(buffer, ref done, final, records);
        var blank = buffer[done..].IndexOfAnyExcept(_place == Place.Array ? " \t\r\n,"u8 : " \t\r\n"u8);
        done = blank < 0 ? buffer.Length : done + blank;
        if (blank < 0) return false;
        return _place switch
        {
            Place.Array => InArray(buffer[done], ref done),
            Place.Tail => Begin(ElementKind.Balanced, level: 1, discard: true),
            _ => AtTop(buffer[done..], ref done, final),
        };
    }

    private bool AtTop(ReadOnlySpan<byte> rest, ref int done, bool final)
    {
        if (rest[0] == '[')
        {
            done++;
            (_place, _wrapped) = (Place.Array, false);
            return true;
        }

        if (rest[0] != '{') return Begin(ElementKind.Line);
        var shape = DocumentShape.Of(rest[..Math.Min(rest.Length, limits.RecordBytes)], out var length);
        switch (shape)
        {
            case DocumentShape.Kind.Wrapper:
                done += length;
                (_place, _wrapped) = (Place.Array, true);
                return true;
            case DocumentShape.Kind.Undecided when !final && rest.Length < limits.RecordBytes:
                return false;
            default:
                return Begin(shape == DocumentShape.Kind.Spread ? ElementKind.Balanced : ElementKind.Line);
        }
    }

    private bool InArray(byte first, ref int done)
    {
        if (first != ']') return Begin(first is (byte)'{' or (byte)'[' ? ElementKind.Balanced : ElementKind.Loose);
        done++;
        _place = _wrapped ? Place.Tail : Place.Top;
        return true;
    }

    private bool Begin(ElementKind kind, int level = 0, bool discard = false)
    {
        _scanner.Begin(kind, level);
        _scanned = 0;
        _discarding = discard;
        return _inElement = true;
    }

    private bool ContinueElement(ReadOnlySpan<byte> buffer, ref int done, bool final, List<RecordSpan> records)
    {
        var rest = buffer[done..];
        var end = _scanner.FindEnd(rest, ref _scanned);
        var length = end < 0 ? rest.Length : end;
        if (!_discarding && length > limits.RecordBytes)
        {
            records.Add(new RecordSpan(done, limits.RecordBytes + 1));
            _discarding = true;
        }

        if (end < 0 && !final && !_discarding) return false;
        if (!_discarding) records.Add(new RecordSpan(done, rest[..length].TrimEnd(" \t\r\n"u8).Length));
        done += length;
        if (end < 0)
        {
            _scanned = 0;
            _inElement = !final;
            return false;
        }

        _inElement = false;
        if (_place == Place.Tail) _place = Place.Top;
        return true;
    }
}
