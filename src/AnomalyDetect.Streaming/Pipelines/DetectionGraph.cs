using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;
using AnomalyDetect.Streaming.Lanes;
using AnomalyDetect.Streaming.Sources;

namespace AnomalyDetect.Streaming.Pipelines;

/// <summary>
/// The way of every event, live or replayed:
/// <code>
/// source ─► decode ─► every host ─┬─► lanes ─┬─► commit or collect
///                                 └─► lanes ─┘
/// </code>
/// Reading, decoding and the end run in one actor, each host of lanes in its own; a batch may wait before each. More would fall out of the processor's cache, and
/// be dearer to read than they were to wait for.
/// </summary>
internal static class DetectionGraph
{
    private const int Waiting = 1;

    public static Source<LaneResult, UniqueKillSwitch> Build(IGraph<SourceShape<RawBatch>, NotUsed> source, Flow<RawBatch, RawBatch, NotUsed> decode, IReadOnlyList<LaneCast> hosts) =>
        Source.FromGraph(source)
            .ViaMaterialized(KillSwitches.Single<RawBatch>(), Keep.Right)
            .Via(decode)
            .Select(batch =>
            {
                batch.Share(hosts.Count);
                return batch;
            })
            .Via(Lanes(hosts));

    public static ActorMaterializerSettings Settings(Akka.Actor.ActorSystem system) =>
        ActorMaterializerSettings.Create(system).WithInputBuffer(Waiting, Waiting);

    private static Flow<RawBatch, LaneResult, NotUsed> Lanes(IReadOnlyList<LaneCast> hosts) =>
        Flow.FromGraph(GraphDsl.Create(builder =>
        {
            var deal = builder.Add(new Broadcast<RawBatch>(hosts.Count));
            var merge = builder.Add(new Merge<LaneResult>(hosts.Count));
            for (var i = 0; i < hosts.Count; i++)
                builder.From(deal.Out(i)).Via(Flow.FromGraph(new LaneHost(hosts[i])).Async()).To(merge.In(i));
            return new FlowShape<RawBatch, LaneResult>(deal.In, merge.Out);
        }));
}
