using System.Text;
using AnomalyDetect.Streaming.Journals;
using AnomalyDetect.Streaming.Sources;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AnomalyDetect.Streaming.Tests.Journals;

[TestClass]
public sealed class JournalTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private readonly TempDirectory _directory = new();
    private readonly FakeTimeProvider _time = new(Start);

    [TestCleanup]
    public void Cleanup() => _directory.Dispose();

    [TestMethod]
    public async Task What_was_acknowledged_is_read_back_after_reopening()
    {
        await using (var journal = Open())
        {
            await journal.AppendAsync("one\n"u8.ToArray(), "native", trustInternal: false);
            _time.Advance(TimeSpan.FromSeconds(1));
            await journal.AppendAsync("two\n"u8.ToArray(), "cloudtrail", trustInternal: true);
        }

        await using var again = Open();
        Assert.AreEqual(0, again.Recovered.CutBytes);
        var records = Read(again);
        CollectionAssert.AreEqual(new[] { "one\n", "two\n" }, records.Select(r => r.Text).ToArray());
        CollectionAssert.AreEqual(new[] { "native", "cloudtrail" }, records.Select(r => r.Record.Format).ToArray());
        CollectionAssert.AreEqual(new[] { false, true }, records.Select(r => r.Record.TrustInternal).ToArray());
        CollectionAssert.AreEqual(
            new DateTime?[] { Start.UtcDateTime, Start.UtcDateTime.AddSeconds(1) }, records.Select(r => r.Record.ObservedAt).ToArray());
    }

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
        await File.WriteAllBytesAsync(JournalSegment.PathOf(_directory.Path, head), new byte[7]);
        await using var again = Open();
        Assert.AreEqual(head, again.Head);
        await again.AppendAsync("two\n"u8.ToArray(), "native", false);
        Assert.HasCount(2, Read(again));
    }

    [TestMethod]
    public async Task Many_appends_share_a_sync()
    {
        var disk = new FaultyDisk();
        using var arrived = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        await using var journal = Open(disk: disk);
        disk.OnSync = () =>
        {
            arrived.Set();
            release.Wait(TimeSpan.FromSeconds(30));
        };
        var first = journal.AppendAsync("first\n"u8.ToArray(), "native", false);
        Assert.IsTrue(arrived.Wait(TimeSpan.FromSeconds(30)));
        var before = disk.Syncs;
        var others = Enumerable.Range(0, 500).Select(i => journal.AppendAsync(Encoding.ASCII.GetBytes($"{i}\n"), "native", false)).ToArray();
        Assert.IsFalse(first.IsCompleted, "acknowledged before it was on disk");
        release.Set();
        await first;
        await Task.WhenAll(others);
        Assert.AreEqual(2, disk.Syncs - before);
        Assert.HasCount(501, Read(journal));
    }

    [TestMethod]
    [DataRow(true, false)]
    [DataRow(false, true)]
    public async Task A_disk_that_fails_acknowledges_nothing_and_works_again_later(bool full, bool syncFails)
    {
        var disk = new FaultyDisk();
        await using (var journal = Open(disk: disk))
        {
            await journal.AppendAsync("before\n"u8.ToArray(), "native", false);
            var head = journal.Head;
            (disk.Full, disk.SyncFails, disk.TruncateFails) = (full, syncFails, true);
            for (var i = 0; i < 3; i++)
                await Assert.ThrowsExactlyAsync<JournalUnavailableException>(() => journal.AppendAsync("lost\n"u8.ToArray(), "native", false));
            Assert.AreEqual(head, journal.Head);
            (disk.Full, disk.SyncFails, disk.TruncateFails) = (false, false, false);
            await journal.AppendAsync("after\n"u8.ToArray(), "native", false);
            CollectionAssert.AreEqual(new[] { "before\n", "after\n" }, Read(journal).Select(r => r.Text).ToArray());
        }

        await using var again = Open();
        CollectionAssert.AreEqual(new[] { "before\n", "after\n" }, Read(again).Select(r => r.Text).ToArray());
    }

    [TestMethod]
    public async Task Concurrent_appends_all_get_in_whole_and_once()
    {
        await using (var journal = Open(o => o with { SegmentBytes = 10_000 }))
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, 2000), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, cancellation) =>
            {
                var position = await journal.AppendAsync(Encoding.ASCII.GetBytes($"record {i}\n"), "native", false, cancellation);
                Assert.IsLessThanOrEqualTo(journal.Head, position);
            });
        }

        await using var again = Open();
        CollectionAssert.AreEquivalent(Enumerable.Range(0, 2000).Select(i => $"record {i}\n").ToArray(), Read(again).Select(r => r.Text).ToArray());
    }

    [TestMethod]
    public async Task Segments_go_when_every_lane_is_past_them_and_their_time_is_over()
    {
        await using var journal = Open(o => o with { SegmentBytes = 64, Retention = TimeSpan.FromDays(7) });
        for (var i = 0; i < 6; i++) await journal.AppendAsync(new byte[50], "native", false);
        var count = Segments().Length;
        journal.Release(journal.Head);
        Assert.HasCount(count, Segments());
        _time.Advance(TimeSpan.FromDays(8));
        await journal.AppendAsync(new byte[50], "native", false);
        journal.Release(journal.Head);
        Assert.IsLessThan(count, Segments().Length);
        Assert.HasCount(1, Read(journal));
    }

    [TestMethod]
    public async Task A_journal_too_large_drops_what_was_read_and_never_what_was_not()
    {
        await using var journal = Open(o => o with { SegmentBytes = 64, MaxBytes = 200 });
        for (var i = 0; i < 10; i++) await journal.AppendAsync(new byte[50], "native", false);
        Assert.HasCount(10, Read(journal));
        journal.Release(journal.Head);
        await journal.AppendAsync(new byte[50], "native", false);
        Assert.IsLessThanOrEqualTo(300, journal.Bytes);
    }

    [TestMethod]
    public async Task A_journal_too_far_behind_refuses_and_says_when_to_come_back()
    {
        await using var journal = Open(o => o with { MaxBehindBytes = 100 });
        while (journal.Behind <= 100) await journal.AppendAsync(new byte[50], "native", false);
        var e = await Assert.ThrowsExactlyAsync<JournalBehindException>(() => journal.AppendAsync(new byte[1], "native", false));
        Assert.AreEqual(TimeSpan.FromSeconds(5), e.RetryAfter);
        journal.Release(journal.Head);
        await journal.AppendAsync(new byte[1], "native", false);
    }

    [TestMethod]
    public async Task The_directory_belongs_to_one_process()
    {
        await using var journal = Open();
        var e = Assert.ThrowsExactly<IOException>(() => Open());
        StringAssert.Contains(e.Message, "another process");
    }

    [TestMethod]
    public async Task Observed_at_never_runs_back()
    {
        await using (var journal = Open()) await journal.AppendAsync("one\n"u8.ToArray(), "native", false);
        var earlier = new FakeTimeProvider(Start.AddHours(-1));
        await using var again = Journal.Open(new JournalOptions { Directory = _directory.Path, Heartbeat = TimeSpan.Zero }, earlier, NullLogger.Instance);
        await again.AppendAsync("two\n"u8.ToArray(), "native", false);
        CollectionAssert.AreEqual(new DateTime?[] { Start.UtcDateTime, Start.UtcDateTime }, Read(again).Select(r => r.Record.ObservedAt).ToArray());
    }

    [TestMethod]
    public async Task An_idle_journal_moves_its_clock_on_by_itself()
    {
        await using var journal = Open(o => o with { Heartbeat = TimeSpan.FromSeconds(5) });
        var before = await journal.AppendAsync("one\n"u8.ToArray(), "native", false);
        _time.Advance(TimeSpan.FromSeconds(5));
        await Eventually.IsAsync(() => journal.Head > before, "a heartbeat");
        using var reader = new JournalReader(journal, 0, []);
        var batch = new RawBatch(null, 1024);
        Assert.IsTrue(reader.TryRead(batch));
        Assert.HasCount(1, batch.Records);
        Assert.AreEqual(Start.UtcDateTime.AddSeconds(5), batch.ObservedAt);
        Assert.AreEqual(journal.Head, batch.NextOffset);
    }

    [TestMethod]
    public async Task A_body_larger_than_a_record_is_cut_at_line_ends()
    {
        var lines = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"line {i} {new string('x', i % 90)}\n"));
        await using var journal = Open();
        await journal.AppendAsync(Encoding.ASCII.GetBytes(lines), "native", false);
        var records = Read(journal);
        Assert.IsGreaterThan(2, records.Count);
        Assert.IsTrue(records.All(r => r.Record.Length <= 256 << 10 && r.Text.EndsWith('\n')));
        Assert.AreEqual(lines, string.Concat(records.Select(r => r.Text)));
    }

    [TestMethod]
    public async Task A_record_larger_than_a_batch_is_read_whole()
    {
        await using var journal = Open();
        var large = new byte[3 << 20];
        Random.Shared.NextBytes(large);
        await journal.AppendAsync(["small\n"u8.ToArray(), large, "end\n"u8.ToArray()], "native", false);
        var records = Read(journal);
        Assert.HasCount(3, records);
        CollectionAssert.AreEqual(large, records[1].Bytes);
    }

    [TestMethod]
    public async Task No_batch_reaches_across_a_cut()
    {
        await using var journal = Open();
        var ends = new List<long>();
        for (var i = 0; i < 20; i++) ends.Add(await journal.AppendAsync("x\n"u8.ToArray(), "native", false));
        using var reader = new JournalReader(journal, 0, [ends[3], ends[3], ends[11], 0]);
        var stops = new List<long>();
        for (var batch = new RawBatch(null, 1024); reader.TryRead(batch); batch = new RawBatch(null, 1024)) stops.Add(batch.NextOffset);
        CollectionAssert.AreEqual(new[] { ends[3], ends[11], ends[^1] }, stops);
    }

    [TestMethod]
    public async Task Only_the_owner_may_read_the_files()
    {
        if (OperatingSystem.IsWindows()) return;
        await using var journal = Open();
        await journal.AppendAsync("x\n"u8.ToArray(), "native", false);
        Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Segments().Single()));
    }

    private Journal Open(Func<JournalOptions, JournalOptions>? with = null, FaultyDisk? disk = null)
    {
        var options = new JournalOptions { Directory = _directory.Path, Heartbeat = TimeSpan.Zero };
        options = with?.Invoke(options) ?? options;
        return disk is null ? Journal.Open(options, _time, NullLogger.Instance) : Journal.Open(options, _time, NullLogger.Instance, disk.Open);
    }

    private string[] Segments() => [.. Directory.GetFiles(_directory.Path, "*.journal").Order(StringComparer.Ordinal)];

    private static List<(RawRecord Record, byte[] Bytes, string Text)> Read(Journal journal)
    {
        var records = new List<(RawRecord, byte[], string)>();
        using var reader = new JournalReader(journal, journal.Base, []);
        for (var batch = new RawBatch(null, 1024); reader.TryRead(batch); batch = new RawBatch(null, 1024))
        {
            foreach (var record in batch.Records)
            {
                var bytes = batch.Buffer.AsSpan(record.Start, record.Length).ToArray();
                records.Add((record, bytes, Encoding.Latin1.GetString(bytes)));
            }
        }

        return records;
    }
}
