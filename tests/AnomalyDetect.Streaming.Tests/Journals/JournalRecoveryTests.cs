using System.Text;
using AnomalyDetect.Streaming.Journals;
using AnomalyDetect.Streaming.Sources;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AnomalyDetect.Streaming.Tests.Journals;

[TestClass]
public sealed class JournalRecoveryTests : JournalFixture
{
    [TestMethod]
    public async Task A_tail_torn_at_any_byte_is_cut_and_the_rest_is_kept()
    {
        long kept, head;
        await using (var journal = Open())
        {
            kept = await journal.AppendAsync("kept\n"u8.ToArray(), "native", false);
            head = await journal.AppendAsync("torn\n"u8.ToArray(), "native", false);
        }

        var path = Segments().Single();
        var whole = await File.ReadAllBytesAsync(path);
        for (var cut = kept; cut < head; cut++)
        {
            await File.WriteAllBytesAsync(path, whole[..(int)(JournalSegment.HeaderSize + cut)]);
            await using (var journal = Open())
            {
                Assert.AreEqual(kept, journal.Head);
                Assert.AreEqual(cut - kept, journal.Recovered.CutBytes);
                await journal.AppendAsync("new\n"u8.ToArray(), "native", false);
                CollectionAssert.AreEqual(new[] { "kept\n", "new\n" }, Read(journal).Select(r => r.Text).ToArray());
            }
        }
    }

    [TestMethod]
    public async Task Any_flipped_bit_of_the_last_record_cuts_it_and_of_an_earlier_one_is_refused()
    {
        long first, head;
        await using (var journal = Open())
        {
            first = await journal.AppendAsync("first\n"u8.ToArray(), "native", false);
            head = await journal.AppendAsync("last\n"u8.ToArray(), "native", false);
        }

        var path = Segments().Single();
        var whole = await File.ReadAllBytesAsync(path);
        for (var at = 0; at < head; at++)
        {
            var bytes = whole.ToArray();
            bytes[JournalSegment.HeaderSize + at] ^= (byte)(1 << (at % 8));
            await File.WriteAllBytesAsync(path, bytes);
            if (at >= first)
            {
                await using var journal = Open();
                Assert.AreEqual(first, journal.Head, $"byte {at}");
            }
            else
            {
                var e = Assert.ThrowsExactly<JournalCorruptException>(() => Open(), $"byte {at}");
                Assert.AreEqual(Path.GetFileName(path), e.Segment);
                Assert.AreEqual(0, e.Position);
            }
        }
    }

    [TestMethod]
    public async Task A_hole_in_a_group_that_was_never_acknowledged_is_a_torn_tail()
    {
        var disk = new FaultyDisk();
        using var release = new ManualResetEventSlim();
        long kept;
        await using (var journal = Open(disk: disk))
        {
            kept = await journal.AppendAsync("kept\n"u8.ToArray(), "native", false);
            await journal.AppendAsync(["a\n"u8.ToArray(), "b\n"u8.ToArray(), "c\n"u8.ToArray()], "native", false);
        }

        // The first page of the group never reached the disk, the later ones did.
        var path = Segments().Single();
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[JournalSegment.HeaderSize + (int)kept] ^= 0xff;
        await File.WriteAllBytesAsync(path, bytes);
        await using var again = Open();
        Assert.AreEqual(kept, again.Head);
    }

    [TestMethod]
    public async Task Bytes_that_change_behind_its_back_are_refused_on_reading()
    {
        await using var journal = Open();
        await journal.AppendAsync("one\n"u8.ToArray(), "native", false);
        var second = journal.Head;
        await journal.AppendAsync("two\n"u8.ToArray(), "native", false);
        await using (var file = new FileStream(Segments().Single(), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Position = file.Length - 2;
            file.WriteByte((byte)'X');
        }

        var e = Assert.ThrowsExactly<JournalCorruptException>(() => Read(journal));
        Assert.AreEqual(second, e.Position);
    }

    [TestMethod]
    public async Task Missing_records_between_two_segments_are_refused()
    {
        await using (var journal = Open(o => o with { SegmentBytes = 64 }))
            for (var i = 0; i < 8; i++) await journal.AppendAsync(new byte[40], "native", false);
        var segments = Segments();
        Assert.IsGreaterThan(2, segments.Length);
        await using (var file = new FileStream(segments[0], FileMode.Open)) file.SetLength(file.Length - 1);
        var e = Assert.ThrowsExactly<JournalCorruptException>(() => Open());
        Assert.AreEqual(Path.GetFileName(segments[0]), e.Segment);
    }

    [TestMethod]
    public async Task A_segment_whose_header_never_reached_the_disk_is_forgotten()
    {
        long head;
        await using (var journal = Open()) head = await journal.AppendAsync("one\n"u8.ToArray(), "native", false);
        await File.WriteAllBytesAsync(JournalSegment.PathOf(Directory.Path, head), new byte[7]);
        await using var again = Open();
        Assert.AreEqual(head, again.Head);
        await again.AppendAsync("two\n"u8.ToArray(), "native", false);
        Assert.HasCount(2, Read(again));
    }
}
