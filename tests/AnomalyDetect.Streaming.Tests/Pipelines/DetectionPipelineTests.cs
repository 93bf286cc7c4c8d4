using System.Collections.Concurrent;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Streaming.Journals;
using AnomalyDetect.Streaming.Pipelines;
using CsCheck;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AnomalyDetect.Streaming.Tests.Pipelines;

[TestClass]
public sealed class DetectionPipelineTests
{
    [TestMethod]
    public async Task Lane_count_and_hosts_change_nothing()
    {
        await using var rig = new JournalRig();
        await rig.FillAsync(1, 3000);
        var plain = await rig.RunToEndAsync(new MemoryLaneStore(), o => o with { Lanes = 1, Hosts = 1 });
        Assert.IsGreaterThan(3, plain.Alerts.Count);
        foreach (var (lanes, hosts) in new[] { (2, 1), (2, 2), (7, 2), (5, 4) })
        {
            var other = await rig.RunToEndAsync(new MemoryLaneStore(), o => o with { Lanes = lanes, Hosts = hosts });
            CollectionAssert.AreEquivalent(plain.Written, other.Written, $"{lanes} lanes on {hosts} hosts");
            Assert.HasCount(plain.Rejections.Count, other.Rejections);
        }
    }

    [TestMethod]
    public async Task A_restart_from_any_moment_equals_an_undisturbed_run()
    {
        await Gen.Int[0, 1_000_000].SampleAsync(async seed =>
        {
            await using var rig = new JournalRig();
            await rig.FillAsync(seed, 1200);
            var moments = new ConcurrentQueue<MemoryLaneStore>();
            var store = new MemoryLaneStore { Changed = s => moments.Enqueue(s.Copy()) };
            var undisturbed = await rig.RunToEndAsync(store, o => o with { CheckpointInterval = TimeSpan.FromMilliseconds(1) });
            var all = moments.ToArray();
            var random = new Random(seed);
            foreach (var moment in random.GetItems(all, 6))
            {
                var resumed = await rig.RunToEndAsync(moment);
                CollectionAssert.AreEquivalent(undisturbed.Written, resumed.Written);
                CollectionAssert.AreEquivalent(undisturbed.Rejections.ToArray(), resumed.Rejections.ToArray());
            }
        }, iter: 5, threads: 1);
    }

    [TestMethod]
    public async Task Changed_options_take_effect_at_the_outcome_position_and_not_before()
    {
        await using var rig = new JournalRig();
        await rig.FillAsync(42, 2500);
        var strict = SomeTelemetry.Options();
        var lenient = strict with { Detection = strict.Detection with { Signals = Without(strict.Detection.Signals) } };
        var moments = new ConcurrentQueue<MemoryLaneStore>();
        var full = await rig.RunToEndAsync(new MemoryLaneStore { Changed = s => moments.Enqueue(s.Copy()) }, engine: strict);
        var compared = 0;
        var midway = moments.Where(m => m.Lanes() is { Count: 3 } lanes && lanes.All(l => l.OutcomeOffset < rig.Journal.Head)).ToArray();
        foreach (var moment in new Random(1).GetItems(midway, 8))
        {
            // What the first run had stored stays; a crash in the middle of the second changes nothing about it either.
            var changing = new ConcurrentQueue<MemoryLaneStore>();
            var before = moment.Written.ToArray();
            var changed = moment.Copy();
            changed.Changed = s => changing.Enqueue(s.Copy());
            await rig.RunToEndAsync(changed, engine: lenient);
            CollectionAssert.AreEqual(before, changed.Written.Take(before.Length).ToArray());
            foreach (var crash in new Random(2).GetItems(changing.ToArray(), 3))
            {
                await rig.RunToEndAsync(crash, engine: lenient);
                CollectionAssert.AreEquivalent(changed.Written, crash.Written);
                compared++;
            }

            Assert.IsTrue(changed.Lanes().All(l => l.Checkpoint!.EngineVersion == EngineVersionOf(lenient)));
        }

        Assert.AreEqual(24, compared);
        Assert.IsGreaterThan(0, full.Written.Count);

        static SignalOptions Without(SignalOptions s) => s with
        {
            PolicyViolationBurst = s.PolicyViolationBurst with { Enabled = false },
            InvalidClaimInjection = s.InvalidClaimInjection with { Threshold = 4 },
        };

        static string EngineVersionOf(EngineOptions options) =>
            (options with { Detection = options.Detection with { AllowedLateness = TimeSpan.FromSeconds(60) } }).Version();
    }

    [TestMethod]
    public async Task A_graceful_stop_leaves_a_checkpoint_at_everything_it_read_and_a_restart_repeats_nothing()
    {
        await using var rig = new JournalRig();
        await rig.FillAsync(9, 1500);
        var store = await rig.RunToEndAsync(new MemoryLaneStore(), o => o with { CheckpointInterval = TimeSpan.FromMinutes(10) });
        Assert.IsTrue(store.Lanes().All(l => l.Checkpoint!.NextOffset == rig.Journal.Head));
        Assert.AreEqual(0, rig.Journal.Behind);
        var written = store.Written.Count;
        await using var again = rig.Start(store);
        await again.StopAsync();
        Assert.HasCount(written, store.Written);
    }

    [TestMethod]
    public async Task Stopping_in_the_middle_loses_nothing()
    {
        await using var rig = new JournalRig();
        await rig.FillAsync(13, 3000);
        var undisturbed = await rig.RunToEndAsync(new MemoryLaneStore());
        var store = new MemoryLaneStore();
        for (var run = 0; run < 20; run++)
        {
            await using var pipeline = rig.Start(store);
            await Task.Yield();
            await pipeline.StopAsync();
            await pipeline.Completion;
            Assert.IsTrue(store.Lanes().All(l => l.OutcomeOffset == l.Checkpoint!.NextOffset));
        }

        await rig.RunToEndAsync(store);
        CollectionAssert.AreEquivalent(undisturbed.Written, store.Written);
    }

    [TestMethod]
    public async Task A_store_that_fails_for_a_while_is_waited_for_and_nothing_is_lost_or_doubled()
    {
        await using var rig = new JournalRig();
        await rig.FillAsync(21, 1500);
        var undisturbed = await rig.RunToEndAsync(new MemoryLaneStore());
        var store = new MemoryLaneStore();
        var fails = false;
        await using var pipeline = rig.Start(store);
        await Wait.UntilAsync(() => store.Commits > 3, "commits", seconds: 30);
        store.BeforeCommit = () =>
        {
            if (Volatile.Read(ref fails)) throw new IOException("disk full");
        };
        fails = true;
        await rig.Journal.AppendAsync("{\"id\":\n"u8.ToArray(), "native", false);
        await Wait.UntilAsync(() => pipeline.Trouble == "disk full", "the trouble to show", seconds: 30);
        Volatile.Write(ref fails, false);
        await rig.EverythingStoredAsync(pipeline, store);
        Assert.IsNull(pipeline.Trouble);
        await pipeline.StopAsync();
        CollectionAssert.AreEquivalent(undisturbed.Written, store.Written);
        Assert.HasCount(undisturbed.Rejections.Count + 1, store.Rejections);
    }

    [TestMethod]
    public async Task A_failure_that_does_not_pass_ends_the_run_with_its_message()
    {
        await using var rig = new JournalRig();
        await rig.FillAsync(22, 200);
        var store = new MemoryLaneStore();
        await using var pipeline = rig.Start(store);
        store.BeforeCommit = () => throw new InvalidOperationException("the store is damaged");
        await rig.Journal.AppendAsync("{\"id\":\n"u8.ToArray(), "native", false);
        var e = await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => pipeline.Completion.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.AreEqual("the store is damaged", e.Message);
        Assert.AreEqual("the store is damaged", pipeline.Trouble);
    }

    [TestMethod]
    public async Task Damage_in_the_journal_ends_the_run_where_it_is()
    {
        await using var rig = new JournalRig();
        await rig.FillAsync(23, 200);
        var path = Directory.GetFiles(rig.Directory, "*.journal").Single();
        await using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Position = file.Length / 2;
            await file.WriteAsync("XXXX"u8.ToArray());
        }

        await using var pipeline = rig.Start(new MemoryLaneStore());
        await Assert.ThrowsExactlyAsync<JournalCorruptException>(() => pipeline.Completion.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [TestMethod]
    public async Task An_append_is_in_the_store_without_waiting_for_more()
    {
        await using var rig = new JournalRig();
        var store = new MemoryLaneStore();
        await using var pipeline = rig.Start(store);
        await rig.Journal.AppendAsync("{\"id\":\n"u8.ToArray(), "native", false);
        await Wait.UntilAsync(() => store.Rejections.Count == 1, "the rejection", seconds: 30);
    }

    [TestMethod]
    public async Task A_store_that_belongs_to_another_journal_is_refused()
    {
        var store = new MemoryLaneStore();
        await using (var rig = new JournalRig())
        {
            await rig.FillAsync(3, 50);
            await rig.RunToEndAsync(store);
        }

        await using var other = new JournalRig();
        var e = Assert.ThrowsExactly<InvalidOperationException>(() => other.Start(store));
        StringAssert.Contains(e.Message, "do not belong together");
    }

    [TestMethod]
    public async Task A_slow_store_holds_the_lanes_back_and_a_stop_that_takes_too_long_gives_up()
    {
        await using var rig = new JournalRig();
        await rig.FillAsync(5, 3000);
        var store = new MemoryLaneStore { BeforeCommit = null };
        await using var pipeline = rig.Start(store, o => o with { DrainTimeout = TimeSpan.FromMilliseconds(300) });
        store.BeforeCommit = () => throw new IOException("still full");
        await rig.Journal.AppendAsync("{\"id\":\n"u8.ToArray(), "native", false);
        await Wait.UntilAsync(() => pipeline.Trouble == "still full", "the trouble to show", seconds: 30);
        await pipeline.StopAsync();
        store.BeforeCommit = null;
        var undisturbed = await rig.RunToEndAsync(new MemoryLaneStore());
        await rig.RunToEndAsync(store);
        CollectionAssert.AreEquivalent(undisturbed.Written, store.Written);
    }

    [TestMethod]
    public async Task Metrics_say_what_went_through_and_name_no_tenant()
    {
        await using var rig = new JournalRig();
        await rig.FillAsync(31, 1500);
        await rig.RunToEndAsync(new MemoryLaneStore());
        using var stream = new MemoryStream();
        await rig.Registry.CollectAndExportAsTextAsync(stream);
        var text = System.Text.Encoding.UTF8.GetString(stream.ToArray());
        StringAssert.Contains(text, "anomalydetect_rejections_total{reason=");
        StringAssert.Contains(text, "anomalydetect_alerts_total{signal=");
        StringAssert.Contains(text, "anomalydetect_end_to_end_seconds_bucket");
        Assert.IsFalse(text.Contains("tenant-", StringComparison.Ordinal));
    }

    [TestMethod]
    public async Task Where_a_flood_of_names_finds_no_memory_the_metrics_and_the_log_say_so()
    {
        const long Most = 8_000_000;
        var engine = SomeTelemetry.Options();
        engine = engine with { Detection = engine.Detection with { Limits = new LimitOptions { MemoryBytes = Most, Tenants = 4, DedupeIds = 4_096 } } };
        await using var rig = new JournalRig();
        for (var i = 0; i < 40; i++)
        {
            rig.Time.Advance(TimeSpan.FromSeconds(1));
            var at = rig.Time.GetUtcNow().UtcDateTime;
            var flood = Enumerable.Range(i * 500, 500).Select(n => Traffic.Event(new Random(n), at, "flooded", $"e{n}") with { Principal = Symbol.Create($"made-up-{n}"), Session = Symbol.Create($"s{n}") });
            await rig.Journal.AppendAsync(flood.SelectMany(e => Traffic.Line(e)).ToArray(), "native", false);
        }

        var (store, log) = (new MemoryLaneStore(), new Lines());
        await using var pipeline = rig.Start(store, o => o with { Lanes = 1, Hosts = 1 }, engine, log);
        await rig.EverythingStoredAsync(pipeline, store);
        // Sizes are looked at once in some batches, and the journal makes one of all that waits.
        for (var i = 0; i < 2_000 && rig.GaugeOf("anomalydetect_lane_memory_refusals") == 0; i++)
        {
            await rig.Journal.AppendAsync(Traffic.Line(Traffic.Event(new Random(i), rig.Time.GetUtcNow().UtcDateTime, "flooded", $"late{i}")), "native", false);
            await Task.Delay(5);
        }

        Assert.IsGreaterThan(0, rig.GaugeOf("anomalydetect_lane_memory_refusals"));
        Assert.AreEqual(Most, rig.GaugeOf("anomalydetect_lane_memory_limit_bytes"));
        Assert.IsGreaterThan(Most / 4, rig.GaugeOf("anomalydetect_lane_memory_held_bytes"));
        Assert.IsLessThanOrEqualTo(Most, rig.GaugeOf("anomalydetect_lane_memory_held_bytes"));
        await pipeline.StopAsync();
        StringAssert.Contains(log.Written.Single(l => l.Contains("detection.limits.memory_bytes", StringComparison.Ordinal)), "of tenant flooded");
    }

    private sealed class Lines : ILogger
    {
        public ConcurrentQueue<string> Written { get; } = new();

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) Written.Enqueue(formatter(state, exception));
        }
    }
}
