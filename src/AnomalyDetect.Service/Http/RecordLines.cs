using System.Text.Json;

namespace AnomalyDetect.Service.Http;

/// <param name="Number">From 1: the line, or the element of an array.</param>
/// <param name="Problem">Set where an array breaks off: this and what follows cannot be read.</param>
public readonly record struct RecordLine(int Number, int Offset, int Length, string? Problem = null);

/// <summary>Cuts a body into its records: the lines of NDJSON, or the elements of one JSON array.</summary>
public static class RecordLines
{
    private static ReadOnlySpan<byte> Blank => " \t\r\n"u8;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    public static void Split(ReadOnlySpan<byte> body, int maxDepth, List<RecordLine> lines)
    {
        var start = body.StartsWith(ByteOrderMark) ? 3 : 0;
        var first = body[start..].IndexOfAnyExcept(Blank);
        if (first < 0) return;
        if (body[start + first] == (byte)'[') SplitArray(body, start + first, maxDepth, lines);
        else SplitLines(body, start, lines);
    }

    private static void SplitLines(ReadOnlySpan<byte> body, int at, List<RecordLine> lines)
    {
        for (var number = 1; at < body.Length; number++)
        {
            var length = body[at..].IndexOf((byte)'\n');
            if (length < 0) length = body.Length - at;
            var line = body.Slice(at, length);
            var from = line.IndexOfAnyExcept(Blank);
            if (from >= 0) lines.Add(new RecordLine(number, at + from, line.LastIndexOfAnyExcept(Blank) + 1 - from));
            at += length + 1;
        }
    }

    private static void SplitArray(ReadOnlySpan<byte> body, int at, int maxDepth, List<RecordLine> lines)
    {
        var json = new Utf8JsonReader(body[at..], new JsonReaderOptions { MaxDepth = maxDepth + 1 });
        var number = 0;
        try
        {
            json.Read();
            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                number++;
                var from = at + (int)json.TokenStartIndex;
                json.Skip();
                lines.Add(new RecordLine(number, from, at + (int)json.BytesConsumed - from));
                number = lines.Count;
            }

            if (json.Read()) throw new JsonException("there is more after the array's end");
        }
        catch (JsonException)
        {
            lines.Add(new RecordLine(lines.Count + 1, 0, 0, "The array breaks off or is malformed here; what follows was not read."));
        }
    }
}
