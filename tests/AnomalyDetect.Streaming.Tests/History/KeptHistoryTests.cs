using System.Collections.Concurrent;
using AnomalyDetect.Streaming.History;
using AnomalyDetect.Streaming.Pipelines;
using AnomalyDetect.Streaming.Tests.Pipelines;
using Microsoft.Extensions.Logging.Abstractions;

namespace AnomalyDetect.Streaming.Tests.History;

/// <summary>What running lanes leave in the history.</summary>
[TestClass]
public sealed class KeptHistoryTests
{
    [TestMethod]
    public async Task Every_closed_window_is_there_once_after_a_crash_at_any_moment()
    {
        await using var rig = new JournalRig();
        await rig.FillAsync(5, 6000);
        using var copies = new TempDirectory();
        using var undisturbed = new HistoryRig();
        var moments = new ConcurrentQueue<(MemoryLaneStore Store, string History)>();
        var store = new MemoryLaneStore();
        store.Changed = s =>
        {
            if (moments.Count >= 60 || s.Lanes() is not { Count: 3 } lanes || lanes.All(l => l.OutcomeOffset == rig.Journal.Head)) return;
            var to = copies[$"{moments.Count}"];
            Directory.CreateDirectory(to);
            foreach (var file in undisturbed.Files()) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
            moments.Enqueue((s.Copy(), to));
        };
        await RunAsync(rig, store, undisturbed.Directory, undisturbed);
        var expected = undisturbed.Read();
        Assert.IsGreaterThan(100, expected.Count);
        Assert.AreEqual(expected.Count, expected.Select(r => (r.Tenant, r.Principal, r.Start)).Distinct().Count());

        var compared = 0;
        foreach (var (moment, history) in new Random(3).GetItems(moments.ToArray(), 8).DistinctBy(m => m.History))
        {
            await RunAsync(rig, moment, history, undisturbed);
            using var snapshot = HistorySnapshot.Open(history);
            CollectionAssert.AreEquivalent(HistoryRig.Bits(expected), HistoryRig.Bits(snapshot.Read()));
            compared++;
        }

        Assert.IsGreaterThan(3, compared);
    }

    [TestMethod]
    public async Task Lane_count_and_hosts_change_nothing()
    {
        await using var rig = new JournalRig();
        await rig.FillAsync(6, 3000);
        using var one = new HistoryRig();
        using var many = new HistoryRig();
        await RunAsync(rig, Seeded(), one.Directory, one, lanes: 1);
        await RunAsync(rig, Seeded(), many.Directory, many, lanes: 5);
        CollectionAssert.AreEquivalent(HistoryRig.Bits(one.Read()), HistoryRig.Bits(many.Read()));
        foreach (var tenant in many.Read().GroupBy(r => r.Tenant))
            CollectionAssert.AreEqual(tenant.Select(r => r.Start).Order().ToList(), tenant.Select(r => r.Start).ToList(), "in the tenant's order of time");
    }

    /// <summary>Distinct things are counted by their hashes, and those by the store's seed.</summary>
    private static MemoryLaneStore Seeded()
    {
        var store = new MemoryLaneStore();
        store.Fix("symbol_seed", "7");
        return store;
    }

    private static async Task RunAsync(JournalRig rig, MemoryLaneStore store, string directory, HistoryRig settings, int lanes = 3)
    {
        var options = JournalRig.Options(SomeTelemetry.Options()) with { CheckpointInterval = TimeSpan.FromMilliseconds(1), Lanes = lanes };
        using var log = HistoryLog.Open(new HistoryOptions { Directory = directory }, new HistoryMetrics(Prometheus.Metrics.NewCustomRegistry()), settings.Time, NullLogger.Instance);
        await using var pipeline = DetectionPipeline.Start(
            options, rig.Journal, store, new PipelineMetrics(Prometheus.Metrics.NewCustomRegistry()), TimeProvider.System, NullLogger.Instance, log);
        await rig.EverythingStoredAsync(pipeline, store);
        await pipeline.StopAsync();
    }
}
