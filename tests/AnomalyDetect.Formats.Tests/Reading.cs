using System.Text;
using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Formats.Tests;

/// <summary>Reads records and streams in the tests' words.</summary>
internal static class Reading
{
    public static readonly DecodeLimits Limits = new();

    /// <summary>One record, as a Kafka value is.</summary>
    public static EventBatch Record(string text, string format = "native", DecodeLimits? limits = null, RecordOrigin origin = default, SymbolTable? symbols = null) =>
        Record(Encoding.UTF8.GetBytes(text), format, limits, origin, symbols);

    public static EventBatch Record(byte[] bytes, string format = "native", DecodeLimits? limits = null, RecordOrigin origin = default, SymbolTable? symbols = null) =>
        Record(bytes, bytes.Length, EventFormats.Find(format)!.CreateDecoder(limits ?? Limits, symbols ?? new SymbolTable(1024)), origin);

    /// <summary>By a decoder that may have read others before.</summary>
    /// <param name="length">Of the record; more may stand behind it in the buffer.</param>
    public static EventBatch Record(byte[] buffer, int length, IEventDecoder decoder, RecordOrigin origin = default)
    {
        var batch = new EventBatch();
        decoder.Decode(buffer, 0, length, origin, batch);
        return batch;
    }

    public static TelemetryEvent Event(string text, string format = "native", RecordOrigin origin = default)
    {
        var batch = Record(text, format, origin: origin);
        Assert.AreEqual("", string.Join("; ", batch.Rejections.Select(r => $"{r.Reason}: {r.Detail}")));
        Assert.AreEqual(1, batch.Count);
        return batch.Events[0];
    }

    public static Rejection Rejection(string text, string format = "native", DecodeLimits? limits = null, RecordOrigin origin = default)
    {
        var batch = Record(text, format, limits, origin);
        Assert.AreEqual(0, batch.Count, "accepted: " + text);
        Assert.HasCount(1, batch.Rejections);
        return batch.Rejections[0];
    }

    /// <summary>The records of a stream as a source finds them: a buffer that keeps what is not done with and gets <paramref name="cuts"/> bytes more each time.</summary>
    public static List<byte[]> Frame(IEventFormat format, byte[] stream, DecodeLimits limits, IEnumerable<int> cuts)
    {
        var framer = format.CreateFramer(limits);
        var found = new List<byte[]>();
        var spans = new List<RecordSpan>();
        int start = 0, end = 0;
        foreach (var cut in cuts.Append(int.MaxValue))
        {
            end = (int)Math.Min(stream.Length, end + (long)cut);
            Give(final: false);
            if (end == stream.Length) break;
        }

        Give(final: true);
        Assert.AreEqual(stream.Length, start, "bytes left over at the end");
        return found;

        void Give(bool final)
        {
            spans.Clear();
            var given = stream.AsSpan(start, end - start);
            var done = framer.Frame(given, final, spans);
            Assert.IsTrue(done >= 0 && done <= given.Length, "done with bytes that were not given");
            Assert.IsTrue(done > 0 || given.Length <= limits.RecordBytes, "no progress with a full buffer");
            var previous = 0;
            foreach (var span in spans)
            {
                Assert.IsTrue(span.Offset >= previous && span.Length > 0 && span.Offset + span.Length <= given.Length, "records in order, inside the buffer");
                previous = span.Offset + span.Length;
                found.Add(given.Slice(span.Offset, span.Length).ToArray());
            }

            start += done;
        }
    }

    public static List<string> Frame(string format, string stream, DecodeLimits? limits = null) =>
        Frame(EventFormats.Find(format)!, Encoding.UTF8.GetBytes(stream), limits ?? Limits, []).ConvertAll(Encoding.UTF8.GetString);
}
