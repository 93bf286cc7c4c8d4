using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace AnomalyDetect.Streaming.Tests.Pipelines;

/// <summary>The pipeline on the real store.</summary>
[TestClass]
public sealed class StoredPipelineTests
{
    [TestMethod]
    public async Task Alerts_and_decisions_reach_the_store_once_over_restarts_and_the_ledger_holds()
    {
        using var directory = new TempDirectory();
        await using var rig = new JournalRig();
        await rig.FillAsync(17, 1500);
        var expected = await rig.RunToEndAsync(new MemoryLaneStore());
        for (var run = 0; run < 4; run++)
        {
            using var store = Store.Open(new StoreOptions { Path = directory["store.db"] }, new NoDeliveries(), TimeProvider.System, NullLogger.Instance);
            await using var pipeline = rig.Start(store.Lanes);
            if (run == 3)
                await Wait.UntilAsync(() => Enumerable.Range(0, 3).All(l => store.Lanes.Load($"journal/{l}")!.OutcomeOffset == rig.Journal.Head), "everything is stored", seconds: 30);
            await pipeline.StopAsync();
            await pipeline.Completion;
            if (run < 3) continue;
            var (alerts, decisions, _) = store.Queries.Totals();
            Assert.AreEqual(expected.Alerts.Count, alerts);
            Assert.AreEqual(expected.Decisions.Count, decisions);
            Assert.AreEqual(expected.Rejections.Count, store.Queries.Rejections(10).Total);
            Assert.IsNull(store.Ledger.Verify(null, default).FirstBad);
        }
    }

    /// <summary>Everything falls into one hour, which each start counts anew: from where it stopped, or over again what came since an earlier checkpoint.</summary>
    [TestMethod]
    [DataRow(false, "e3-0", DisplayName = "stopped in order")]
    [DataRow(true, "e0-0", DisplayName = "as after a crash")]
    public async Task A_tenants_clock_fault_is_one_hours_however_often_the_service_starts_anew(bool crashes, string example)
    {
        using var directory = new TempDirectory();
        await using var rig = new JournalRig();
        LaneCheckpoint?[] first = new LaneCheckpoint?[3];
        for (var run = 0; run < 4; run++)
        {
            for (var i = 0; i < 30; i++)
            {
                rig.Time.Advance(TimeSpan.FromSeconds(1));
                await rig.Journal.AppendAsync(Traffic.Line(Traffic.Event(new Random(i), Traffic.Start.AddHours(5), "acme", $"e{run}-{i}")), "native", false);
            }

            using var store = Store.Open(new StoreOptions { Path = directory["store.db"] }, new NoDeliveries(), TimeProvider.System, NullLogger.Instance);
            await using var pipeline = rig.Start(store.Lanes, o => o with { CheckpointInterval = TimeSpan.FromHours(1) });
            for (var l = 0; l < first.Length; l++) first[l] ??= store.Lanes.Load($"journal/{l}")!.Checkpoint;
            await Wait.UntilAsync(() => Enumerable.Range(0, 3).All(l => store.Lanes.Load($"journal/{l}")!.OutcomeOffset == rig.Journal.Head), "everything is stored", seconds: 30);
            await pipeline.StopAsync();
            await pipeline.Completion;
            foreach (var checkpoint in crashes ? first : []) store.Lanes.SaveCheckpoint(checkpoint!);
            var fault = store.Queries.ClockFaults([], null, 10).Single();
            Assert.AreEqual(("acme", ClockFaultKind.Ahead, 1L, 20L, Traffic.Start.AddSeconds(20)), (fault.TenantId, fault.Kind, fault.Hours, fault.Events, fault.FirstSeen));
            if (run == 3) Assert.AreEqual(example, fault.EventId);
        }
    }

    private sealed class NoDeliveries : IDeliveryRouter
    {
        public IEnumerable<DeliveryRequest> RouteEscalation(Alert alert, Notification next) => [];

        public IEnumerable<DeliveryRequest> Route(Alert alert, IReadOnlyList<Notification> notifications) => [];

        public IEnumerable<DeliveryRequest> RouteHeld(HeldDecision held, IReadOnlyList<Audience> approvers, int waiting) => [];

        public IEnumerable<DeliveryRequest> Route(Decision decision) => [];

        public IEnumerable<DeliveryRequest> RouteUndo(Decision decision) => [];
    }
}
