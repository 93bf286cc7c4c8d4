using AnomalyDetect.Core.Persistence;
using Confluent.Kafka;

namespace AnomalyDetect.Streaming.Sources;

/// <summary>Decides where an assigned partition is read from, and whether it may be read at all.</summary>
/// <param name="load">Where a partition's lane stands in the store.</param>
/// <param name="begin">Stores the beginning of a new lane at an offset.</param>
internal sealed class PartitionAssignments(KafkaOptions options, Func<int, LanePositions?> load, Func<int, long, LanePositions> begin)
{
    private static readonly TimeSpan BrokerTimeout = TimeSpan.FromSeconds(10);

    /// <exception cref="KafkaSourceException">Reading from anywhere would lose or repeat records.</exception>
    public (LanePositions Positions, long From) Of<TKey, TValue>(IConsumer<TKey, TValue> consumer, TopicPartition partition)
    {
        var known = load(partition.Partition.Value);
        var watermarks = consumer.QueryWatermarkOffsets(partition, BrokerTimeout);
        if (known is null)
        {
            var committed = consumer.Committed([partition], BrokerTimeout)[0].Offset;
            if (committed.Value >= 0)
                throw new KafkaSourceException(
                    $"the group {options.GroupId} has committed offset {committed.Value} of {partition} but this store has no checkpoint of it: another member's "
                    + "store holds its state. Run with that store, or choose another group.id, or delete the group's offsets to begin anew");
            known = begin(partition.Partition.Value, watermarks.Low.Value);
        }

        var from = known.Checkpoint?.NextOffset ?? known.OutcomeOffset;
        if (from > watermarks.High.Value)
            throw new KafkaSourceException(
                $"the store stands at offset {from} of {partition} but the broker only has up to {watermarks.High.Value}: the topic was made anew or lost records. "
                + "Use the store that belongs to this topic, or begin with an empty one");
        if (from >= watermarks.Low.Value) return (known, from);
        if (!options.SkipLostRecords)
            throw new KafkaSourceException(
                $"the broker no longer has the records of {partition} from {from} to {watermarks.Low.Value - 1} (retention); set skip_lost_records to go on without them");
        return (known, watermarks.Low.Value);
    }
}
