using System.Text;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Streaming.Sources;
using Confluent.Kafka;

namespace AnomalyDetect.Streaming.Tests.Kafka;

/// <summary>What was consumed is what a batch holds, wherever batches end.</summary>
[TestClass]
public sealed class RecordGatheringTests
{
    private readonly BatchQueue _queue = new(1000);
    private readonly RecordGathering _gathering;

    public RecordGatheringTests() => _gathering = new RecordGathering(_queue, trustInternal: false, TimeProvider.System);

    private static string ValueOf(int partition, int offset, int length) => $"{partition}/{offset} ".PadRight(length, (char)('a' + (offset % 26)));

    /// <summary>As the client does it: key and value are deserialised before anybody knows of which partition they are.</summary>
    private bool Consume(int partition, int offset, int length)
    {
        var (key, value) = (Encoding.UTF8.GetBytes($"key{offset}"), Encoding.UTF8.GetBytes(ValueOf(partition, offset, length)));
        ((IDeserializer<RecordSink.Key>)_gathering.Sink).Deserialize(key, false, SerializationContext.Empty);
        var read = ((IDeserializer<RecordSink.Value>)_gathering.Sink).Deserialize(value, false, SerializationContext.Empty);
        return _gathering.Add(new ConsumeResult<RecordSink.Key, RecordSink.Value>
        {
            TopicPartitionOffset = new TopicPartitionOffset("events", partition, offset),
            Message = new Message<RecordSink.Key, RecordSink.Value> { Value = read, Timestamp = new Timestamp(DateTime.UtcNow) },
        });
    }

    private List<RawBatch> Handed()
    {
        _gathering.FlushAll();
        var batches = new List<RawBatch>();
        while (_queue.TryTake(out var batch))
            if (batch.Change is null) batches.Add(batch);
        return batches;
    }

    private static void HoldWhatWasConsumed(IEnumerable<RawBatch> batches, int length)
    {
        foreach (var batch in batches)
        {
            foreach (var record in batch.Records)
            {
                var offset = (int)record.Offset;
                Assert.AreEqual(ValueOf(batch.Partition, offset, length), Encoding.UTF8.GetString(batch.Buffer, record.Start, record.Length));
                Assert.AreEqual($"key{offset}", Encoding.UTF8.GetString(batch.Buffer, record.Start - record.KeyLength, record.KeyLength));
            }
        }
    }

    [TestMethod]
    [DataRow(200, DisplayName = "small records")]
    [DataRow(40_000, DisplayName = "records of which two fill a buffer")]
    public void The_record_that_begins_a_new_batch_at_a_cut_is_whole(int length)
    {
        _gathering.Begin(0, new LanePositions("events-0", 5, null));
        for (var offset = 0; offset < 12; offset++) Assert.IsTrue(Consume(0, offset, length));
        var batches = Handed();
        CollectionAssert.AreEqual(Enumerable.Range(0, 12).Select(o => (long)o).ToArray(), batches.SelectMany(b => b.Records).Select(r => r.Offset).ToArray());
        Assert.AreEqual(4, batches[0].Records[^1].Offset, "no batch reaches across the cut");
        HoldWhatWasConsumed(batches, length);
    }

    [TestMethod]
    public void Partitions_that_take_turns_and_one_that_is_nobodys_change_no_record()
    {
        for (var partition = 0; partition < 3; partition++) _gathering.Begin(partition, new LanePositions($"events-{partition}", 7 * partition, null));
        for (var offset = 0; offset < 40; offset++)
            for (var partition = 0; partition < 4; partition++) Assert.AreEqual(partition < 3, Consume(partition, offset, 300));
        var batches = Handed();
        Assert.AreEqual(120, batches.Sum(b => b.Records.Count));
        HoldWhatWasConsumed(batches, 300);
    }
}
