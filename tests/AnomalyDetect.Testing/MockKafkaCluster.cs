using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace AnomalyDetect.Testing;

/// <summary>
/// librdkafka's own mock cluster: the real protocol over loopback TCP, in memory, nothing to install. Its C interface is experimental, so all of it that we
/// touch is here. Transactions and admin calls are not honoured; each partition keeps 5 MiB or 100,000 batches.
/// </summary>
public sealed partial class MockKafkaCluster : IDisposable
{
    private const string Library = "librdkafka";
    private const int Producer = 0;
    private readonly nint _client;
    private readonly nint _cluster;

    static MockKafkaCluster() => NativeLibrary.SetDllImportResolver(typeof(MockKafkaCluster).Assembly, Resolve);

    /// <exception cref="DllNotFoundException">librdkafka cannot be loaded here.</exception>
    public MockKafkaCluster(int brokers = 1)
    {
        var error = new byte[512];
        _client = New(Producer, ConfNew(), error, (nuint)error.Length);
        if (_client == 0) throw new InvalidOperationException($"librdkafka: {Encoding.UTF8.GetString(error).TrimEnd('\0')}");
        _cluster = ClusterNew(_client, brokers);
        if (_cluster == 0) throw new InvalidOperationException("librdkafka made no mock cluster");
        InitialRebalanceDelay(_cluster, 0);
        BootstrapServers = Marshal.PtrToStringUTF8(Bootstraps(_cluster))!;
    }

    /// <summary>For clients in any process.</summary>
    public string BootstrapServers { get; }

    public void CreateTopic(string name, int partitions) => Check(TopicCreate(_cluster, name, partitions, 1), $"create topic {name}");

    /// <summary>The broker accepts no connections and drops those it has.</summary>
    public void Down(int broker = 1) => Check(BrokerDown(_cluster, broker), $"take broker {broker} down");

    public void Up(int broker = 1) => Check(BrokerUp(_cluster, broker), $"bring broker {broker} up");

    /// <summary>As retention does: records before the offset are gone.</summary>
    public void DeleteRecords(string topic, int partition, long before) =>
        Check(PartitionDeleteRecords(_cluster, topic, partition, before), $"delete records of {topic}");

    public void Dispose()
    {
        ClusterDestroy(_cluster);
        Destroy(_client);
    }

    private static void Check(int error, string what)
    {
        if (error != 0) throw new InvalidOperationException($"the mock cluster did not {what}: error {error}");
    }

    /// <summary>The plain Linux build needs libsasl2; where that is missing, Confluent's client takes the one without, and so do we.</summary>
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library) return 0;
        string[] files = OperatingSystem.IsWindows() ? ["librdkafka.dll"]
            : OperatingSystem.IsMacOS() ? ["librdkafka.dylib"]
            : ["librdkafka.so", "centos8-librdkafka.so", "alpine-librdkafka.so"];
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        var runtime = $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        foreach (var directory in new[] { Path.Combine(AppContext.BaseDirectory, "runtimes", runtime, "native"), AppContext.BaseDirectory })
        {
            foreach (var file in files)
                if (NativeLibrary.TryLoad(Path.Combine(directory, file), out var handle)) return handle;
        }

        return 0;
    }

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_new")]
    private static partial nint ConfNew();

    [LibraryImport(Library, EntryPoint = "rd_kafka_new")]
    private static partial nint New(int type, nint conf, [Out] byte[] error, nuint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_destroy")]
    private static partial void Destroy(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_new")]
    private static partial nint ClusterNew(nint client, int brokers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    private static partial void ClusterDestroy(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    private static partial nint Bootstraps(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_group_initial_rebalance_delay_ms")]
    private static partial void InitialRebalanceDelay(nint cluster, int milliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int TopicCreate(nint cluster, string topic, int partitions, int replication);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_partition_delete_records", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int PartitionDeleteRecords(nint cluster, string topic, int partition, long before);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_down")]
    private static partial int BrokerDown(nint cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_up")]
    private static partial int BrokerUp(nint cluster, int broker);
}
