using AnomalyDetect.Core.Alerts;
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

    private sealed class NoDeliveries : IDeliveryRouter
    {
        public IEnumerable<DeliveryRequest> RouteEscalation(Alert alert, Notification next) => [];

        public IEnumerable<DeliveryRequest> Route(Alert alert, IReadOnlyList<Notification> notifications) => [];

        public IEnumerable<DeliveryRequest> RouteHeld(HeldDecision held, IReadOnlyList<Audience> approvers, int waiting) => [];

        public IEnumerable<DeliveryRequest> Route(Decision decision) => [];

        public IEnumerable<DeliveryRequest> RouteUndo(Decision decision) => [];
    }
}
