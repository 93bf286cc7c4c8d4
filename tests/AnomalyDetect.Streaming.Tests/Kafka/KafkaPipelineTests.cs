using System.Collections.Concurrent;
using System.Text;
using AnomalyDetect.Streaming.Sources;

namespace AnomalyDetect.Streaming.Tests.Kafka;

[TestClass]
public sealed class KafkaPipelineTests
{
    [TestMethod]
    public async Task Everything_on_the_topic_is_stored_and_the_group_knows_it()
    {
        using var rig = new KafkaRig();
        rig.Produce(1, 2000);
        var store = await rig.RunToEndAsync(new MemoryLaneStore());
        Assert.IsNotEmpty(store.Alerts);
        CollectionAssert.AreEqual(rig.Ends().Select(e => e.End).ToArray(), rig.Committed().ToArray());
        Assert.IsTrue(store.Lanes().All(l => l.Checkpoint!.NextOffset == l.OutcomeOffset));
        var bad = Traffic.Of(1, 2000, 12).Count(l => l.Line.Length < 20);
        Assert.HasCount(bad, store.Rejections);
    }

    [TestMethod]
    public async Task A_restart_goes_on_from_the_stores_checkpoint_and_not_from_the_groups_offsets()
    {
        using var rig = new KafkaRig();
        rig.Produce(2, 2000);
        var moments = new ConcurrentQueue<MemoryLaneStore>();
        var undisturbed = await rig.RunToEndAsync(new MemoryLaneStore { Changed = s => moments.Enqueue(s.Copy()) });
        var early = moments.Where(m => m.Lanes().Count == 4).ToArray();
        foreach (var moment in new Random(3).GetItems(early, 3))
        {
            var resumed = await rig.RunToEndAsync(moment);
            CollectionAssert.AreEquivalent(undisturbed.Written, resumed.Written);
            CollectionAssert.AreEquivalent(undisturbed.Rejections.ToArray(), resumed.Rejections.ToArray());
        }
    }

    [TestMethod]
    [DataRow("cooperative-sticky")]
    [DataRow("range")]
    public async Task Partitions_given_up_are_drained_and_taken_over_where_they_were_left(string strategy)
    {
        using var rig = new KafkaRig();
        rig.Kafka = rig.Kafka with { Settings = new Dictionary<string, string>(rig.Kafka.Settings) { ["partition.assignment.strategy"] = strategy } };
        rig.Produce(4, 1500);
        // One store for both: what a revoked partition left behind is all the next owner has.
        var store = new MemoryLaneStore();
        await using var first = rig.Start(store);
        await rig.EverythingStoredAsync(store, first);
        await using var second = rig.Start(store);
        rig.Produce(5, 1500);
        await Wait.UntilAsync(() => second.Trouble is null, "the second member gets partitions", seconds: 30);
        await rig.EverythingStoredAsync(store, first, second);
        await first.StopAsync();
        rig.Produce(6, 1500);
        await rig.EverythingStoredAsync(store, second);
        await second.StopAsync();

        using var alone = new KafkaRig();
        foreach (var seed in new[] { 4, 5, 6 }) alone.Produce(seed, 1500);
        var undisturbed = await alone.RunToEndAsync(new MemoryLaneStore());
        CollectionAssert.AreEquivalent(undisturbed.Written, store.Written);
    }

    [TestMethod]
    public async Task A_partition_the_group_knows_and_the_store_does_not_is_refused()
    {
        using var rig = new KafkaRig();
        rig.Produce(7, 300);
        await rig.RunToEndAsync(new MemoryLaneStore());
        var stranger = new MemoryLaneStore();
        await using var pipeline = rig.Start(stranger);
        var e = await Assert.ThrowsExactlyAsync<KafkaSourceException>(() => pipeline.Completion.WaitAsync(TimeSpan.FromSeconds(120)));
        StringAssert.Contains(e.Message, "no checkpoint");
        StringAssert.Contains(pipeline.Trouble, "no checkpoint");
        Assert.IsEmpty(stranger.Written);
    }

    [TestMethod]
    public async Task A_member_with_another_store_is_refused_what_the_first_was_given_back()
    {
        using var rig = new KafkaRig();
        rig.Produce(8, 500);
        var store = new MemoryLaneStore();
        await using var first = rig.Start(store);
        await rig.EverythingStoredAsync(store, first);
        await using (var second = rig.Start(new MemoryLaneStore()))
            await Assert.ThrowsExactlyAsync<KafkaSourceException>(() => second.Completion.WaitAsync(TimeSpan.FromSeconds(120)));
        rig.Produce(9, 500);
        await rig.EverythingStoredAsync(store, first);
        Assert.IsNull(first.Trouble);
    }

    [TestMethod]
    public async Task A_full_stream_pauses_its_partitions_stays_in_the_group_and_resumes()
    {
        using var rig = new KafkaRig();
        const int Records = 150_000;
        var value = "{"u8.ToArray();
        rig.Produce(Enumerable.Range(0, Records).Select(i => ((string?)$"t{i % 64}", value, (DateTime?)null)));
        using var room = new ManualResetEventSlim();
        var store = new MemoryLaneStore();
        await using var pipeline = rig.Start(store);
        await Wait.UntilAsync(() => store.Lanes().Count == 4, "all partitions are assigned", seconds: 30);
        store.BeforeCommit = () => room.Wait(TimeSpan.FromSeconds(60));
        await Wait.UntilAsync(() => pipeline.Pauses > 0, "a pause", seconds: 30);
        Assert.IsLessThan(Records, store.Rejections.Count);
        room.Set();
        await rig.EverythingStoredAsync(store, pipeline);
        Assert.HasCount(Records, store.Rejections);
    }

    [TestMethod]
    public async Task A_broker_that_is_away_is_waited_for()
    {
        using var rig = new KafkaRig();
        rig.Produce(10, 300);
        rig.Cluster.Down();
        var store = new MemoryLaneStore();
        await using var pipeline = rig.Start(store);
        await Wait.UntilAsync(() => pipeline.Trouble?.Contains("away", StringComparison.Ordinal) == true, "the trouble to show", seconds: 30);
        Assert.IsFalse(pipeline.Completion.IsCompleted);
        rig.Cluster.Up();
        await Wait.UntilAsync(() => pipeline.Trouble is null, "the trouble to pass", seconds: 30);
        await rig.EverythingStoredAsync(store, pipeline);

        rig.Cluster.Down();
        await Wait.UntilAsync(() => pipeline.Trouble is not null, "the trouble to show again", seconds: 30);
        rig.Cluster.Up();
        await Wait.UntilAsync(() => pipeline.Trouble is null, "the trouble to pass again", seconds: 30);
        rig.Produce(11, 300);
        await rig.EverythingStoredAsync(store, pipeline);
    }

    [TestMethod]
    public async Task A_value_may_hold_an_object_an_array_or_lines_all_of_its_keys_tenant()
    {
        using var rig = new KafkaRig(partitions: 1);
        var random = new Random(1);
        byte[] Of(string tenant, string id) => Traffic.Line(Traffic.Event(random, Traffic.Start, tenant, id));
        string Text(string id) => Encoding.UTF8.GetString(Of("acme", id)).TrimEnd();
        rig.Produce(
        [
            ("acme", Of("acme", "a"), Traffic.Start),
            ("acme", Encoding.UTF8.GetBytes($"[{Text("b")},{Text("c")}]"), Traffic.Start),
            ("acme", [.. Of("acme", "d"), .. Of("acme", "e"), .. Of("acme", "f")], Traffic.Start),
            ("acme", Of("globex", "g"), Traffic.Start),
            (null, Of("acme", "h"), Traffic.Start),
            ("acme", "not json"u8.ToArray(), Traffic.Start),
        ]);
        var store = await rig.RunToEndAsync(new MemoryLaneStore());
        CollectionAssert.AreEquivalent(new long[] { 3, 4, 5 }, store.Rejections.Select(r => r.Offset).ToArray());
        var metrics = await MetricsOf(rig);
        StringAssert.Contains(metrics, "anomalydetect_events_total 6");
        StringAssert.Contains(metrics, "anomalydetect_rejections_total{reason=\"tenant_mismatch\"} 1");
        StringAssert.Contains(metrics, "anomalydetect_rejections_total{reason=\"missing_key\"} 1");
    }

    [TestMethod]
    public async Task Records_lost_to_retention_end_the_run_unless_it_was_told_to_go_on()
    {
        using var rig = new KafkaRig(partitions: 1);
        rig.Produce(12, 300);
        var store = await rig.RunToEndAsync(new MemoryLaneStore());
        var end = rig.Ends()[0].End;
        rig.Produce(13, 300);
        rig.Cluster.DeleteRecords(KafkaRig.Topic, 0, end + 100);
        await using (var pipeline = rig.Start(store))
        {
            var e = await Assert.ThrowsExactlyAsync<KafkaSourceException>(() => pipeline.Completion.WaitAsync(TimeSpan.FromSeconds(120)));
            StringAssert.Contains(e.Message, "no longer has");
        }

        rig.Kafka = rig.Kafka with { SkipLostRecords = true };
        await rig.RunToEndAsync(store);
    }

    [TestMethod]
    public async Task A_topic_shorter_than_the_store_says_is_refused()
    {
        var store = new MemoryLaneStore();
        using (var rig = new KafkaRig(partitions: 1))
        {
            rig.Produce(14, 300);
            await rig.RunToEndAsync(store);
        }

        using var anew = new KafkaRig(partitions: 1);
        await using var pipeline = anew.Start(store);
        var e = await Assert.ThrowsExactlyAsync<KafkaSourceException>(() => pipeline.Completion.WaitAsync(TimeSpan.FromSeconds(120)));
        StringAssert.Contains(e.Message, "made anew");
    }

    private static async Task<string> MetricsOf(KafkaRig rig)
    {
        using var stream = new MemoryStream();
        await rig.Registry.CollectAndExportAsTextAsync(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
