using System.Text;
using AnomalyDetect.Streaming.Journals;
using AnomalyDetect.Streaming.Sources;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AnomalyDetect.Streaming.Tests.Journals;

[TestClass]
public sealed class JournalTests : JournalFixture
{
    [TestMethod]
    public async Task What_was_acknowledged_is_read_back_after_reopening()
    {
        await using (var journal = Open())
        {
            await journal.AppendAsync("one\n"u8.ToArray(), "native", trustInternal: false);
            Time.Advance(TimeSpan.FromSeconds(1));
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
    public async Task Segments_go_when_every_lane_is_past_them_and_theirTime_is_over()
    {
        await using var journal = Open(o => o with { SegmentBytes = 64, Retention = TimeSpan.FromDays(7) });
        for (var i = 0; i < 6; i++) await journal.AppendAsync(new byte[50], "native", false);
        var count = Segments().Length;
        journal.Release(journal.Head);
        Assert.HasCount(count, Segments());
        Time.Advance(TimeSpan.FromDays(8));
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
        await using var again = Journal.Open(new JournalOptions { Directory = Directory.Path, Heartbeat = TimeSpan.Zero }, earlier, NullLogger.Instance);
        await again.AppendAsync("two\n"u8.ToArray(), "native", false);
        CollectionAssert.AreEqual(new DateTime?[] { Start.UtcDateTime, Start.UtcDateTime }, Read(again).Select(r => r.Record.ObservedAt).ToArray());
    }

    [TestMethod]
    public async Task An_idle_journal_moves_its_clock_on_by_itself()
    {
        await using var journal = Open(o => o with { Heartbeat = TimeSpan.FromSeconds(5) });
        var before = await journal.AppendAsync("one\n"u8.ToArray(), "native", false);
        Time.Advance(TimeSpan.FromSeconds(5));
        await Wait.UntilAsync(() => journal.Head > before, "a heartbeat", seconds: 30);
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
}
