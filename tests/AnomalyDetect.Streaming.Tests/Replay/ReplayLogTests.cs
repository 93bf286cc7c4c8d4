using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Formats;
using AnomalyDetect.Streaming.History;
using AnomalyDetect.Streaming.Journals;
using AnomalyDetect.Streaming.Replay;
using AnomalyDetect.Streaming.Sources;
using AnomalyDetect.Streaming.Tests.History;
using AnomalyDetect.Streaming.Tests.Kafka;
using AnomalyDetect.Streaming.Tests.Pipelines;
using Microsoft.Extensions.Logging.Abstractions;

namespace AnomalyDetect.Streaming.Tests.Replay;

/// <summary>Journals and topics replayed without a store, as training does.</summary>
[TestClass]
public sealed class ReplayLogTests
{
    private static async Task<(ReplaySummary Summary, List<FeatureRow> Rows)> ReplayAsync(ReplayLog log)
    {
        var rows = new List<FeatureRow>();
        var summary = await FileReplay.RunAsync(
            new ReplayOptions { Files = [], Log = log, Format = EventFormats.Find("native")!, Engine = SomeTelemetry.Options(), Features = rows.AddRange, Lanes = 1 }, NullLogger.Instance);
        return (summary, rows);
    }

    [TestMethod]
    public async Task A_journal_being_written_gives_all_it_holds_over_several_segments()
    {
        await using var rig = new JournalRig(o => o with { SegmentBytes = 64 << 10 });
        await rig.FillAsync(3, 4000);
        Assert.IsGreaterThan(3, Directory.GetFiles(rig.Directory, "*.journal").Length);
        var (summary, rows) = await ReplayAsync(new JournalLog(rig.Directory));
        var stored = await rig.RunToEndAsync(new MemoryLaneStore());
        Assert.AreEqual(Traffic.Of(3, 4000).Count, summary.Counters.Events + summary.Rejected);
        CollectionAssert.IsSubsetOf(stored.Alerts.Keys, summary.Alerts.Select(a => a.Id).ToList());
        Assert.IsGreaterThan(100, rows.Count);
    }

    [TestMethod]
    public async Task A_torn_tail_ends_it_and_damage_before_is_an_error()
    {
        await using var rig = new JournalRig(o => o with { SegmentBytes = 64 << 10 });
        await rig.FillAsync(3, 2000);
        await rig.Journal.DisposeAsync();
        var segments = Directory.GetFiles(rig.Directory, "*.journal").Order(StringComparer.Ordinal).ToArray();
        var whole = (await ReplayAsync(new JournalLog(rig.Directory))).Summary.Counters.Events;
        await File.AppendAllTextAsync(segments[^1], "torn");
        Assert.AreEqual(whole, (await ReplayAsync(new JournalLog(rig.Directory))).Summary.Counters.Events);
        var bytes = await File.ReadAllBytesAsync(segments[0]);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(segments[0], bytes);
        await Assert.ThrowsAsync<JournalCorruptException>(() => ReplayAsync(new JournalLog(rig.Directory)));
    }

    [TestMethod]
    public async Task No_journal_is_no_events()
    {
        using var directory = new TempDirectory();
        Assert.AreEqual(0, (await ReplayAsync(new JournalLog(directory["none"]))).Summary.Counters.Events);
    }

    [TestMethod]
    public async Task A_topic_is_read_from_a_time_on_to_its_end_and_its_group_notices_nothing()
    {
        using var rig = new KafkaRig(partitions: 3);
        rig.Produce(5, 3000);
        var traffic = Traffic.Of(5, 3000, tenants: 12);
        var all = 0L;
        foreach (var log in KafkaLog.Of(rig.Kafka, Traffic.Start)) all += (await ReplayAsync(log)).Summary is var s ? s.Counters.Events + s.Rejected : 0;
        Assert.AreEqual(traffic.Count, all);
        var middle = traffic[traffic.Count / 2].At;
        var late = 0L;
        foreach (var log in KafkaLog.Of(rig.Kafka, middle)) late += (await ReplayAsync(log)).Summary is var s ? s.Counters.Events + s.Rejected : 0;
        Assert.IsTrue(late > traffic.Count / 4 && late < 3 * traffic.Count / 4, $"{late} of {traffic.Count}");
        Assert.IsEmpty(KafkaLog.Of(rig.Kafka, DateTime.UtcNow.AddYears(1)));
        Assert.IsTrue(rig.Committed().All(offset => offset == -1001), "nothing was committed");
        Assert.ThrowsExactly<KafkaSourceException>(() => KafkaLog.Of(rig.Kafka with { BootstrapServers = "127.0.0.1:1" }, middle, TimeSpan.FromMilliseconds(500)));
    }

    [TestMethod]
    public void Rows_put_aside_are_read_back_and_leave_nothing_behind()
    {
        using var directory = new TempDirectory();
        var rows = HistoryRig.Rows(40_000, 1);
        using (var spool = new FeatureSpool(directory["spool"]))
        {
            spool.Begin(5);
            foreach (var part in rows.Chunk(777)) spool.Add(part);
            CollectionAssert.AreEqual(HistoryRig.Bits(rows), HistoryRig.Bits(spool.Complete().Read()));
        }

        Assert.IsFalse(Directory.Exists(directory["spool"]));
    }
}
