using System.Collections.Concurrent;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Streaming.Pipelines;
using AnomalyDetect.Streaming.Tests.Kafka;

namespace AnomalyDetect.Streaming.Tests.Pipelines;

/// <summary>Options and models that change while events flow.</summary>
[TestClass]
public sealed class ReconfigureTests
{
    [TestMethod]
    public async Task Models_swapped_over_and_over_while_events_flow_lose_double_and_change_nothing_else()
    {
        await using var rig = new JournalRig();
        DetectionPipeline? pipeline = null;
        var (changes, swaps) = (0, 0);
        var store = new MemoryLaneStore();
        store.Changed = _ =>
        {
            if (Interlocked.Increment(ref changes) % 5 == 0) Volatile.Read(ref pipeline)?.Reconfigure(With(Model(++swaps % 4)));
        };
        await using (var running = rig.Start(store, engine: With(Model(0))))
        {
            Volatile.Write(ref pipeline, running);
            await rig.FillAsync(61, 4000);
            await rig.EverythingStoredAsync(running, store);
            await running.StopAsync();
        }

        var events = await EventsAsync(rig);
        var undisturbed = await rig.RunToEndAsync(new MemoryLaneStore(), engine: With(Model(0)));
        Assert.IsGreaterThan(3, swaps);
        CollectionAssert.AreEquivalent(undisturbed.Written, store.Written);
        CollectionAssert.AreEquivalent(undisturbed.Rejections.ToArray(), store.Rejections.ToArray());
        Assert.AreEqual(2 * events, await EventsAsync(rig), "every event went through a lane once");
    }

    [TestMethod]
    public async Task A_crash_at_any_moment_around_a_change_ends_as_the_change_without_a_crash()
    {
        await using var rig = new JournalRig();
        var strict = SomeTelemetry.Options();
        var signals = strict.Detection.Signals;
        var lenient = strict with
        {
            Detection = strict.Detection with { Signals = signals with { PolicyViolationBurst = signals.PolicyViolationBurst with { Enabled = false } } },
        };
        var moments = new ConcurrentQueue<MemoryLaneStore>();
        DetectionPipeline? pipeline = null;
        var changed = new MemoryLaneStore();
        changed.Changed = s =>
        {
            moments.Enqueue(s.Copy());
            if (s.Commits == 40) Volatile.Read(ref pipeline)!.Reconfigure(lenient);
        };
        await using (var running = rig.Start(changed, engine: strict))
        {
            Volatile.Write(ref pipeline, running);
            await rig.FillAsync(62, 3000);
            await rig.EverythingStoredAsync(running, changed);
            await running.StopAsync();
        }

        var version = VersionOf(lenient);
        Assert.IsTrue(changed.Lanes().All(l => l.Checkpoint!.EngineVersion == version), "every lane took it");
        var begun = moments.Where(m => m.Lanes() is { Count: 3 } && m.Lanes().All(l => l.Checkpoint is not null)).ToLookup(m => m.Lanes().All(l => l.Checkpoint!.EngineVersion == version));
        foreach (var crash in new Random(1).GetItems(begun[true].ToArray(), 8))
        {
            await rig.RunToEndAsync(crash, engine: lenient);
            CollectionAssert.AreEquivalent(changed.Written, crash.Written);
        }

        // Lanes that had not taken it yet take it where the crash left them, which may be a little earlier.
        foreach (var crash in new Random(2).GetItems(begun[false].ToArray(), 8))
        {
            var stored = crash.Written.ToArray();
            await rig.RunToEndAsync(crash, engine: lenient);
            CollectionAssert.AreEqual(stored, crash.Written.Take(stored.Length).ToArray());
            Assert.AreEqual(crash.Written.Count, crash.Written.Distinct().Count());
        }
    }

    [TestMethod]
    public async Task Lanes_without_events_take_a_change_too_and_going_back_is_a_change()
    {
        await using var rig = new JournalRig();
        await rig.FillAsync(63, 300);
        var store = new MemoryLaneStore();
        await using var pipeline = rig.Start(store, engine: With(Model(1)));
        await rig.EverythingStoredAsync(pipeline, store);
        foreach (var next in new[] { With(Model(2)), With(Model(1)) })
        {
            pipeline.Reconfigure(next);
            await Wait.UntilAsync(() => store.Lanes().All(l => l.Checkpoint!.EngineVersion == VersionOf(next)), "every lane takes it", seconds: 30);
            Assert.IsTrue(store.Lanes().All(l => l.Checkpoint!.NextOffset == l.OutcomeOffset));
        }
    }

    [TestMethod]
    public async Task Partitions_of_a_topic_take_a_change_between_their_batches()
    {
        using var rig = new KafkaRig();
        rig.Produce(65, 1500);
        var undisturbed = await rig.RunToEndAsync(new MemoryLaneStore());
        rig.Kafka = rig.Kafka with { GroupId = "another" };
        var store = new MemoryLaneStore();
        DetectionPipeline? pipeline = null;
        var swaps = 0;
        store.Changed = s =>
        {
            if (s.Commits % 4 == 0) Volatile.Read(ref pipeline)?.Reconfigure(With(Model(++swaps % 3)));
        };
        await using var running = rig.Start(store);
        Volatile.Write(ref pipeline, running);
        await rig.EverythingStoredAsync(store, running);
        store.Changed = null;
        running.Reconfigure(With(Model(7)));
        await Wait.UntilAsync(() => store.Lanes().All(l => l.Checkpoint!.EngineVersion == VersionOf(With(Model(7)))), "every partition takes it", seconds: 30);
        await running.StopAsync();
        CollectionAssert.AreEquivalent(undisturbed.Written, store.Written);
    }

    private static EngineOptions With(BehaviourModel model) => SomeTelemetry.Options() with { Model = model };

    private static BehaviourModel Model(int number) => SomeModel.Create() with { Training = SomeModel.Create().Training with { Seed = number } };

    private static string VersionOf(EngineOptions options) =>
        (options with { Detection = options.Detection with { AllowedLateness = TimeSpan.FromSeconds(60) } }).Version();

    private static async Task<long> EventsAsync(JournalRig rig)
    {
        using var stream = new MemoryStream();
        await rig.Registry.CollectAndExportAsTextAsync(stream);
        var line = System.Text.Encoding.UTF8.GetString(stream.ToArray()).Split('\n').Single(l => l.StartsWith("anomalydetect_events_total ", StringComparison.Ordinal));
        return long.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
