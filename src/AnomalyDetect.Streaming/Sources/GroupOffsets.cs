using System.Collections.Concurrent;
using Confluent.Kafka;

namespace AnomalyDetect.Streaming.Sources;

/// <summary>
/// What the group is to be told: the offsets checkpoints in the store stand for, each once. The stream tells of checkpoints from its own threads; the rest is
/// the polling thread's.
/// </summary>
internal sealed class GroupOffsets(string topic)
{
    private readonly ConcurrentDictionary<int, long> _checkpoints = [];
    private readonly Dictionary<int, long> _committed = [];

    public ICollection<int> Partitions => _checkpoints.Keys;

    public void Checkpointed(int partition, long offset) => _checkpoints[partition] = offset;

    /// <summary>Those of the partitions whose checkpoint has moved since the last commit.</summary>
    public List<TopicPartitionOffset> Due(IEnumerable<int> partitions)
    {
        var offsets = new List<TopicPartitionOffset>();
        foreach (var partition in partitions)
        {
            if (_checkpoints.TryGetValue(partition, out var offset) && _committed.GetValueOrDefault(partition, -1) < offset)
                offsets.Add(new TopicPartitionOffset(topic, partition, offset));
        }

        return offsets;
    }

    public void Committed(IEnumerable<TopicPartitionOffset> offsets)
    {
        foreach (var offset in offsets) _committed[offset.Partition.Value] = offset.Offset.Value;
    }

    public void Forget(int partition)
    {
        _checkpoints.TryRemove(partition, out _);
        _committed.Remove(partition);
    }
}
