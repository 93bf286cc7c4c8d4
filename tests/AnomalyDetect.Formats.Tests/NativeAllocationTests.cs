using System.Text;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Formats.Tests;

[TestClass]
[DoNotParallelize]
public class NativeAllocationTests
{
    [TestMethod]
    public void Reading_events_seen_before_makes_no_garbage()
    {
        const int Events = 2_000;
        var framer = new NativeFormat().CreateFramer(Reading.Limits);
        var decoder = new NativeFormat().CreateDecoder(Reading.Limits, new SymbolTable());
        var stream = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, Events).Select(i => Some.FullNative.Trim().Replace("\"ada\"", $"\"ada-{i % 97}\"", StringComparison.Ordinal) + "\n")));
        var batch = new EventBatch(Events);
        var records = new List<RecordSpan>(Events);

        void Pass()
        {
            batch.Clear();
            records.Clear();
            framer.Frame(stream, final: false, records);
            foreach (var record in records) decoder.Decode(stream, record.Offset, record.Length, new RecordOrigin(0, record.Offset, null, true, null), batch);
        }

        Pass();
        Pass();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Pass();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.AreEqual(Events, batch.Count);
        // The escaped user agents' scratch, 4 KiB at a time, is what may remain.
        Assert.IsLessThan(64L * Events, allocated, $"{allocated / (double)Events:F1} bytes an event");
    }

    [TestMethod]
    public void Without_escapes_nothing_at_all_is_allocated()
    {
        var decoder = new NativeFormat().CreateDecoder(Reading.Limits, new SymbolTable());
        var record = Encoding.UTF8.GetBytes(Some.FullNative.Replace("\\", "", StringComparison.Ordinal).Replace("\"quoted\"", "", StringComparison.Ordinal));
        var batch = new EventBatch();
        var origin = new RecordOrigin(0, 0, null, true, null);

        void Pass()
        {
            batch.Clear();
            for (var i = 0; i < 1000; i++) decoder.Decode(record, 0, record.Length, origin, batch);
        }

        Assert.AreEqual(0, Allocation.Of(Pass));
        Assert.AreEqual(1000, batch.Count);
    }
}
