using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Streaming.History;
using AnomalyDetect.Streaming.Tests.Journals;

namespace AnomalyDetect.Streaming.Tests.History;

[TestClass]
public sealed class HistoryTests
{
    [TestMethod]
    public void What_was_written_is_read_bit_for_bit_in_order_and_over_restarts()
    {
        using var rig = new HistoryRig();
        var written = new List<FeatureRow>();
        for (var run = 0; run < 3; run++)
        {
            using var log = rig.Open();
            for (var i = 0; i < 5; i++)
            {
                var block = HistoryRig.Block((run * 5) + i, (run * 5) + i + 1, lane: $"journal/{i % 2}");
                log.Append(block);
                written.AddRange(block.Rows);
            }
        }

        CollectionAssert.AreEqual(HistoryRig.Bits(written), HistoryRig.Bits(rig.Read()));
    }

    [TestMethod]
    public void A_block_too_large_for_one_is_cut_into_parts_and_read_whole()
    {
        using var rig = new HistoryRig();
        using var log = rig.Open();
        var rows = HistoryRig.Rows(HistoryRows.Most + 100, 1);
        log.Append(HistoryRig.Block(0, 10, rows));
        log.Append(HistoryRig.Block(10, 20));
        CollectionAssert.AreEqual(HistoryRig.Bits([.. rows, .. HistoryRig.Rows(20, 10)]), HistoryRig.Bits(rig.Read()));
    }

    [TestMethod]
    public void What_a_lane_repeats_after_a_crash_is_read_once_as_it_was_written_last()
    {
        using var rig = new HistoryRig();
        using var log = rig.Open();
        foreach (var (from, to) in new[] { (0, 10), (10, 20), (20, 30) }) log.Append(HistoryRig.Block(from, to));
        log.Append(HistoryRig.Block(10, 15, lane: "journal/1"));
        // The last checkpoint that was saved stood at 10.
        log.Append(HistoryRig.Block(10, 30, HistoryRig.Rows(7, 99)));
        log.Append(HistoryRig.Block(30, 40));
        CollectionAssert.AreEqual(
            HistoryRig.Bits([.. HistoryRig.Rows(20, 0), .. HistoryRig.Rows(20, 10), .. HistoryRig.Rows(7, 99), .. HistoryRig.Rows(20, 30)]), HistoryRig.Bits(rig.Read()));
    }

    [TestMethod]
    public void Positions_that_begin_anew_with_another_store_repeat_nothing()
    {
        using var rig = new HistoryRig();
        using var log = rig.Open();
        log.Epoch = 1;
        log.Append(HistoryRig.Block(0, 10, HistoryRig.Rows(20, 1)));
        log.Epoch = 2;
        log.Append(HistoryRig.Block(0, 10, HistoryRig.Rows(20, 2)));
        Assert.HasCount(40, rig.Read());
    }

    [TestMethod]
    public void A_tail_torn_anywhere_costs_its_own_block_only()
    {
        using var rig = new HistoryRig();
        long first;
        using (var log = rig.Open())
        {
            log.Append(HistoryRig.Block(0, 10));
            first = log.Bytes;
            log.Append(HistoryRig.Block(10, 20));
        }

        var torn = File.ReadAllBytes(rig.Files()[0]);
        for (var length = (int)first; length < torn.Length; length += 37)
        {
            File.WriteAllBytes(rig.Files()[0], torn[..length]);
            Assert.HasCount(20, rig.Read(out var problems), $"cut at {length}");
            Assert.HasCount(length == first ? 0 : 1, problems);
            using var log = rig.Open();
            log.Append(HistoryRig.Block(20, 30));
            Assert.HasCount(40, rig.Read());
            File.Delete(rig.Files()[1]);
        }
    }

    [TestMethod]
    public void A_damaged_block_and_a_file_without_a_header_are_left_out_and_it_is_said()
    {
        using var rig = new HistoryRig();
        using (var log = rig.Open())
            for (var i = 0; i < 3; i++) log.Append(HistoryRig.Block(10 * i, 10 * (i + 1)));
        using (var log = rig.Open()) log.Append(HistoryRig.Block(30, 40));
        var bytes = File.ReadAllBytes(rig.Files()[0]);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(rig.Files()[0], bytes);
        Assert.HasCount(40, rig.Read(out var problems), "the first block of the first file, and the second file");
        StringAssert.Contains(problems.Single(), "is damaged or not whole");

        bytes[3] ^= 1;
        File.WriteAllBytes(rig.Files()[0], bytes);
        Assert.HasCount(20, rig.Read(out problems));
        StringAssert.Contains(problems.Single(), "has no header that can be read");
        using (var log = rig.Open()) log.Append(HistoryRig.Block(40, 50));
        Assert.HasCount(40, rig.Read(out _));
    }

    [TestMethod]
    public void Windows_of_another_length_are_left_out_and_it_is_said()
    {
        using var rig = new HistoryRig();
        using var log = rig.Open();
        log.Append(HistoryRig.Block(0, 10));
        log.Append(HistoryRig.Block(10, 20, minutes: 10));
        Assert.HasCount(20, rig.Read(out var problems));
        StringAssert.Contains(problems.Single(), "that are not of 5 minutes");
        Assert.HasCount(20, rig.Read(out _, minutes: 10));
    }

    [TestMethod]
    public void Old_files_go_after_their_time_and_the_oldest_when_there_is_too_much()
    {
        using var rig = new HistoryRig();
        using (var log = rig.Open(o => o with { Retention = TimeSpan.FromDays(3) }))
            for (var day = 0; day < 10; day++)
            {
                log.Append(HistoryRig.Block(day, day + 1));
                rig.Time.Advance(TimeSpan.FromDays(1));
            }

        Assert.HasCount(5 * 20, rig.Read(), "three days, the one they began on and the one that is not over");

        using (var log = rig.Open(o => o with { MaxBytes = 1 << 20 }))
        {
            for (var i = 10; i < 200; i++) log.Append(HistoryRig.Block(i, i + 1, HistoryRig.Rows(500, i)));
            Assert.IsLessThanOrEqualTo((1 << 20) + (1 << 18), log.Bytes);
            Assert.AreEqual(log.Bytes, rig.Files().Sum(f => new FileInfo(f).Length));
        }

        var rows = rig.Read();
        Assert.IsGreaterThan(500, rows.Count);
        CollectionAssert.AreEqual(HistoryRig.Bits(HistoryRig.Rows(500, 199)), HistoryRig.Bits(rows[^500..]), "the newest stay");
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void What_a_full_disk_does_not_take_is_dropped_and_counted_and_what_follows_is_kept(bool truncateFails)
    {
        using var rig = new HistoryRig();
        var disk = new FaultyDisk();
        using var log = rig.Open(files: disk.Open);
        log.Append(HistoryRig.Block(0, 10));
        (disk.Full, disk.TruncateFails) = (true, truncateFails);
        log.Append(HistoryRig.Block(10, 20));
        log.Append(HistoryRig.Block(20, 30));
        (disk.Full, disk.TruncateFails) = (false, false);
        log.Append(HistoryRig.Block(30, 40));
        CollectionAssert.AreEqual(HistoryRig.Bits([.. HistoryRig.Rows(20, 0), .. HistoryRig.Rows(20, 30)]), HistoryRig.Bits(rig.Read(out var problems)));
        Assert.HasCount(truncateFails ? 1 : 0, problems);
        using var text = new MemoryStream();
        rig.Registry.CollectAndExportAsTextAsync(text).Wait();
        var metrics = System.Text.Encoding.UTF8.GetString(text.ToArray());
        StringAssert.Contains(metrics, "anomalydetect_history_rows_total 40\n");
        StringAssert.Contains(metrics, "anomalydetect_history_dropped_rows_total 40\n");
    }

    [TestMethod]
    public void Only_the_owner_may_read_it()
    {
        if (OperatingSystem.IsWindows()) return; // file modes are POSIX's
        using var rig = new HistoryRig();
        using (var log = rig.Open()) log.Append(HistoryRig.Block(0, 10));
        Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(rig.Files()[0]));
        Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(rig.Directory));
    }

    [TestMethod]
    public void No_history_is_no_rows()
    {
        using var rig = new HistoryRig();
        Assert.IsEmpty(rig.Read());
    }
}
