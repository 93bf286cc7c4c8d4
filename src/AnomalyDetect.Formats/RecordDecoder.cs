using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Unicode;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Formats.Json;

namespace AnomalyDetect.Formats;

/// <summary>
/// Walks the events of one record: one object, arrays of objects, or objects on lines of their own (one may span lines). A bad event is rejected alone; where
/// its end cannot be told, the next line that does not look like its continuation is read again. What an object means is the format's.
/// </summary>
internal abstract class RecordDecoder(DecodeLimits limits, SymbolTable symbols) : IEventDecoder
{
    /// <summary>Bounds what hostile bytes can make of one record; the rest of it becomes one rejection.</summary>
    public const int RejectionsPerRecord = 1000;

    private DateTime _newest;
    private byte[] _unescaped = [];
    private (int Start, int End) _record;
    private bool? _recordIsUtf8; // null until somebody asks
    private bool _eventIsUtf8;
    private int _index;
    private int _rejected;
    private string? _reason;
    private string _detail = "";

    protected DecodeLimits Limits { get; } = limits;

    protected SymbolTable Symbols { get; } = symbols;

    /// <summary>The record being decoded.</summary>
    protected byte[] Buffer { get; private set; } = [];

    protected EventBatch Batch { get; private set; } = null!;

    /// <summary>A reason to reject the event being read is known already; the first one counts.</summary>
    protected bool IsRejected => _reason is not null;

    public void Decode(byte[] buffer, int offset, int length, in RecordOrigin origin, EventBatch batch)
    {
        (Buffer, Batch) = (buffer, batch);
        _index = _rejected = 0;
        if (origin.ObservedAt is { } observed && observed > batch.ObservedAt) batch.ObservedAt = observed;
        var end = offset + length;
        if (length > Limits.RecordBytes)
        {
            Reject(RejectionReasons.RecordTooLarge, Text($"The record is longer than {Limits.RecordBytes} bytes; send smaller records."));
            Report(offset, end, origin);
        }
        else
        {
            (_record, _recordIsUtf8) = ((offset, end), null);
            var json = new JsonCursor(buffer, offset, end);
            if (json.Rest.StartsWith("\uFEFF"u8)) json.Position += 3;
            while (json.SkipWhiteSpace() && !GaveUp(ref json, origin)) ReadTop(ref json, origin);
            if (_index == 0)
            {
                Reject(RejectionReasons.EmptyRecord, "The record holds no event.");
                Report(offset, end, origin);
            }
        }

        (Buffer, Batch) = ([], null!);
    }

    /// <summary>
    /// What is being read is valid UTF-8. Where it is not, the format leaves the event at <see cref="JsonFault.Unchecked"/>. Bytes that are seen to be ASCII need not ask: most
    /// records are, and a walk over each of them only to find that out is a tenth of decoding it.
    /// </summary>
    protected bool IsUtf8 => _eventIsUtf8 || (_recordIsUtf8 ??= Utf8.IsValid(Buffer.AsSpan(_record.Start, _record.End - _record.Start)));

    /// <summary>The format asks <see cref="IsUtf8"/> itself, of what it reads that may not be ASCII.</summary>
    protected virtual bool AsksForUtf8 => false;

    /// <summary>Reads the object at the cursor into <paramref name="e"/>. False when the JSON is broken; otherwise the cursor stands behind the object.</summary>
    protected abstract bool ReadObject(ref JsonCursor json, ref TelemetryEvent e, in RecordOrigin origin);

    /// <summary>Where the object at the cursor only wraps an array of events, steps to that array's bracket.</summary>
    protected virtual bool TryUnwrap(ref JsonCursor json) => false;

    /// <summary>Refuses the event being read. The first reason counts.</summary>
    protected void Reject(string reason, string detail)
    {
        if (_reason is not null) return;
        _reason = reason;
        _detail = detail;
    }

    protected static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>The bytes a string stands for. Valid until the next call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected ReadOnlySpan<byte> Bytes(JsonString text) => text.Escaped ? Unescaped(text) : Buffer.AsSpan(text.Start, text.Length);

    /// <summary>The same for the batch: of the buffer, or kept where there were escapes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected TextSlice Slice(JsonString text) => text.Escaped ? Batch.Keep(Unescaped(text)) : text.IsEmpty ? default : new TextSlice(Buffer, text.Start, text.Length);

    private ReadOnlySpan<byte> Unescaped(JsonString text)
    {
        var raw = Buffer.AsSpan(text.Start, text.Length);
        if (_unescaped.Length < raw.Length) _unescaped = new byte[Math.Max(256, raw.Length)];
        return _unescaped.AsSpan(0, JsonString.Unescape(raw, _unescaped));
    }

    private bool GaveUp(ref JsonCursor json, in RecordOrigin origin)
    {
        if (_rejected < RejectionsPerRecord) return false;
        Reject(RejectionReasons.TooManyRejections, Text($"More than {RejectionsPerRecord} events of the record were bad; the rest was not read."));
        Report(json.Position, json.End, origin);
        return true;
    }

    private void ReadTop(ref JsonCursor json, in RecordOrigin origin)
    {
        var start = json.Position;
        var wrapped = json.Current == '{' && TryUnwrap(ref json);
        if (wrapped || json.Current == '[')
        {
            if (ReadArray(ref json, origin, out start) && (!wrapped || CloseWrapper(ref json)) && EndsItsLine(ref json)) return;
            Malformed(ref json, start, origin);
            return;
        }

        // No event is accepted before its line has proved to hold nothing else.
        ref var e = ref Batch.Next();
        if (ReadElement(ref json, ref e, origin) && EndsItsLine(ref json)) Settle(ref e, start, json.Position, origin);
        else Malformed(ref json, start, origin);
    }

    /// <param name="read">Behind what was settled: everything up to here is accepted or rejected.</param>
    private bool ReadArray(ref JsonCursor json, in RecordOrigin origin, out int read)
    {
        read = json.Position++;
        if (!json.NextToken()) return false;
        if (json.Current == ']')
        {
            read = ++json.Position;
            return true;
        }

        while (true)
        {
            if (!json.NextToken()) return false;
            read = json.Position;
            if (_rejected >= RejectionsPerRecord) return json.Fail(JsonFault.UnexpectedByte);
            ref var e = ref Batch.Next();
            if (!ReadElement(ref json, ref e, origin)) return false;
            Settle(ref e, read, json.Position, origin);
            read = json.Position;
            if (!json.NextToken()) return false;
            if (json.Current == ']') break;
            if (!json.Take((byte)',')) return false;
        }

        read = ++json.Position;
        return true;
    }

    private bool CloseWrapper(ref JsonCursor json)
    {
        for (var first = false; ;)
        {
            if (!json.NextMember(ref first, out _, out var ended)) return false;
            if (ended) return true;
            if (!json.SkipValue(Limits.JsonDepth)) return false;
        }
    }

    private bool ReadElement(ref JsonCursor json, ref TelemetryEvent e, in RecordOrigin origin)
    {
        _eventIsUtf8 = false;
        var start = json.Position;
        if (AsksForUtf8 && json.Current == '{')
        {
            if (ReadObject(ref json, ref e, origin)) return true;
            if (json.Fault != JsonFault.Unchecked) return false;
            (json.Fault, json.Position, _reason) = (JsonFault.None, start, null);
            e = ref Batch.Next();
        }

        if (!IsUtf8)
        {
            if (!json.SkipValue(Limits.JsonDepth)) return false;
            _eventIsUtf8 = Utf8.IsValid(Buffer.AsSpan(start, json.Position - start));
            if (!_eventIsUtf8)
            {
                Reject(RejectionReasons.InvalidUtf8, "The event holds bytes that are not UTF-8.");
                return true;
            }

            json.Position = start;
        }

        if (json.Current == '{') return ReadObject(ref json, ref e, origin);
        if (!json.SkipValue(Limits.JsonDepth)) return false;
        Reject(RejectionReasons.NotAnObject, "An event is a JSON object.");
        return true;
    }

    private static bool EndsItsLine(ref JsonCursor json)
    {
        while (json.Position < json.End && json.Current is (byte)' ' or (byte)'\t' or (byte)'\r') json.Position++;
        return json.Position == json.End || json.Current == '\n' || json.Fail(JsonFault.UnexpectedByte);
    }

    /// <summary>One event was read as far as its JSON goes: it is accepted or rejected.</summary>
    private void Settle(ref TelemetryEvent e, int start, int end, in RecordOrigin origin)
    {
        if (_reason is null)
        {
            if (e.OccurredAt > _newest) _newest = e.OccurredAt;
            e.ObservedAt = origin.ObservedAt ?? _newest;
            e.Offset = origin.Offset;
            e.Index = _index++;
            e.MakeKey();
            if (e.ObservedAt > Batch.ObservedAt) Batch.ObservedAt = e.ObservedAt;
            Batch.Commit();
        }
        else
        {
            Report(start, end, origin);
        }
    }

    private void Malformed(ref JsonCursor json, int start, in RecordOrigin origin)
    {
        if (_rejected >= RejectionsPerRecord)
        {
            json.Position = start;
            GaveUp(ref json, origin);
            json.Position = json.End;
            return;
        }

        var place = Math.Min(json.Position, json.End) - start;
        _reason = json.Fault == JsonFault.TooDeep ? RejectionReasons.TooDeep : RejectionReasons.MalformedJson;
        _detail = Text($"At byte {place} of the event {JsonFaults.Describe(json.Fault)}; send one JSON object a line, or an array of them.");
        json.Fault = JsonFault.None;
        json.Position = NextLine(start, json.End);
        Report(start, json.Position, origin);
    }

    /// <summary>Behind the line of <paramref name="start"/> and those after it that look like the inside of an object written over several lines.</summary>
    private int NextLine(int start, int end)
    {
        for (var i = start; ;)
        {
            var newline = Buffer.AsSpan(i, end - i).IndexOf((byte)'\n');
            if (newline < 0) return end;
            i += newline + 1;
            if (i == end || !" \t\"}],"u8.Contains(Buffer[i])) return i;
        }
    }

    private void Report(int start, int end, in RecordOrigin origin)
    {
        var sample = Buffer.AsSpan(start, Math.Min(end - start, Rejection.SampleLimit)).ToArray();
        Batch.Rejections.Add(new Rejection(new RecordPosition(origin.Partition, origin.Offset, _index++), _reason!, _detail, sample));
        _rejected++;
        _reason = null;
    }
}
