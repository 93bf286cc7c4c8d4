using Confluent.Kafka;

namespace AnomalyDetect.Streaming.Sources;

/// <summary>Which topic, as which group, and how its records are taken.</summary>
public sealed record KafkaOptions
{
    /// <summary><c>host:port</c>, comma separated.</summary>
    public required string BootstrapServers { get; init; }

    /// <summary>Its records' keys are tenant ids.</summary>
    public required string Topic { get; init; }

    public required string GroupId { get; init; }

    /// <summary>Believe records that say <c>internal</c>. Default false.</summary>
    public bool TrustInternal { get; init; }

    /// <summary>Check the CRC of every record batch, at a few percent of speed. Default false: TCP and the broker check too.</summary>
    public bool CheckCrcs { get; init; }

    /// <summary>
    /// What to do where the broker no longer has the records after a lane's checkpoint (retention): false (default) ends the run, true goes on with the
    /// oldest it has. What lies between is lost either way.
    /// </summary>
    public bool SkipLostRecords { get; init; }

    /// <summary>How long a partition given up may take to drain into the store; 1 s to 5 min, default 30 s.</summary>
    public TimeSpan RevocationTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Further librdkafka settings, such as <c>security.protocol</c> and <c>sasl.*</c>. They cannot change what delivery rests on.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>The consumer's settings. Public so that a measurement can compare under the same ones.</summary>
    public ConsumerConfig ToConsumerConfig()
    {
        var config = new ConsumerConfig
        {
            CheckCrcs = CheckCrcs,
            QueuedMinMessages = 200_000,
            QueuedMaxMessagesKbytes = 64 << 10,
            FetchMaxBytes = 8 << 20,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
        };
        // The default of one second stalls a consumer that is faster than the broker.
        config.Set("fetch.queue.backoff.ms", "10");
        foreach (var (name, value) in Settings) config.Set(name, value);
        config.BootstrapServers = BootstrapServers;
        config.GroupId = GroupId;
        config.EnableAutoCommit = false;
        config.EnableAutoOffsetStore = false;
        config.AutoOffsetReset = SkipLostRecords ? AutoOffsetReset.Earliest : AutoOffsetReset.Error;
        config.EnablePartitionEof = false;
        config.ConsumeResultFields = "timestamp";
        return config;
    }
}

/// <summary>The broker or the group is in a state this run must not go on in; the message says what to do.</summary>
public sealed class KafkaSourceException(string message, Exception? inner = null) : Exception(message, inner);
