using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Service.Http;
using AnomalyDetect.Storage;
using AnomalyDetect.Streaming.History;
using AnomalyDetect.Streaming.Journals;

namespace AnomalyDetect.Service.Configuration;

/// <summary>The configuration file as a person writes it; its defaults run without one. Names in the file are snake_case.</summary>
public sealed record ServiceOptions
{
    /// <summary>Holds the store, the journal and the first key; relative to the working directory.</summary>
    public string DataDirectory { get; init; } = "anomalydetect-data";

    public HttpSection Http { get; init; } = new();

    public SourceSection Source { get; init; } = new();

    /// <summary>Needed with <c>source.kind</c> <c>kafka</c>.</summary>
    public KafkaSection? Kafka { get; init; }

    /// <summary>With <c>source.kind</c> <c>journal</c>. An empty directory is <c>journal</c> in the data directory.</summary>
    public JournalOptions Journal { get; init; } = new() { Directory = "" };

    /// <summary>Features of closed windows, for models to be trained on. An empty directory is <c>history</c> in the data directory.</summary>
    public HistoryOptions History { get; init; } = new() { Directory = "" };

    public DetectionOptions Detection { get; init; } = new();

    /// <summary>The trained model of behaviour, relative to this file; empty: the champion of the data directory's registry, or the one built in.</summary>
    public string ModelFile { get; init; } = "";

    public ModelsSection Models { get; init; } = new();

    public TriageSection Triage { get; init; } = new();

    public PipelineSection Pipeline { get; init; } = new();

    public ResponseSection Response { get; init; } = new();

    /// <summary>An empty path is <c>store.db</c> in the data directory.</summary>
    public StoreOptions Storage { get; init; } = new() { Path = "" };

    public LoggingSection Logging { get; init; } = new();
}

public sealed record HttpSection
{
    /// <summary>Where to listen: <c>http://</c> or <c>https://</c>, an address or <c>localhost</c>, a port (0 for any that is free).</summary>
    public IReadOnlyList<string> Urls { get; init; } = ["http://127.0.0.1:8470"];

    /// <summary>Allows <c>http://</c> on an address others can reach: keys and telemetry then cross the network in clear. Default false.</summary>
    public bool AllowPlaintext { get; init; }

    /// <summary>Needed for <c>https://</c>.</summary>
    public TlsSection? Tls { get; init; }

    public IngestOptions Ingest { get; init; } = new();

    public RateLimitOptions Limits { get; init; } = new();

    public AlertStreamOptions Stream { get; init; } = new();

    /// <summary>Connections at most; 1 to 100,000.</summary>
    public int MaxConnections { get; init; } = 2000;
}

/// <summary>PEM files.</summary>
public sealed record TlsSection
{
    public required string CertificateFile { get; init; }

    public required string KeyFile { get; init; }
}

public enum SourceKind : byte
{
    Journal, Kafka,
}

public sealed record SourceSection
{
    /// <summary><c>journal</c>: events come by HTTP. <c>kafka</c>: from a topic.</summary>
    public SourceKind Kind { get; init; } = SourceKind.Journal;

    public string Format { get; init; } = "native";

    /// <summary>Believe events that say <c>internal</c>. Default false: whoever may send could hide.</summary>
    public bool TrustInternal { get; init; }
}

public sealed record KafkaSection
{
    /// <summary><c>host:port</c>, comma separated.</summary>
    public required string BootstrapServers { get; init; }

    public required string Topic { get; init; }

    public required string Group { get; init; }

    public bool CheckCrcs { get; init; }

    /// <summary>Go on with the oldest records there are where the broker has dropped some. Default false: stop.</summary>
    public bool SkipLostRecords { get; init; }

    public TimeSpan RevocationTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>librdkafka properties handed through, such as <c>security.protocol</c>; passwords and keys by reference.</summary>
    public IReadOnlyDictionary<string, SettingValue> Client { get; init; } = new Dictionary<string, SettingValue>();
}

public sealed record PipelineSection
{
    /// <summary>Lanes over the journal, fixed when the store is made; 0: one a processor. 0 to 64.</summary>
    public int Lanes { get; init; }

    /// <summary>How often a lane's state is saved; 1 s to 10 min.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a stop may take to finish what was begun; 1 s to 5 min.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(20);
}

public sealed record ModelsSection
{
    /// <summary>How often the registry's manifest is looked at for a new champion; 1 s to 1 h.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>What follows from how probable it is that an alert is worth a look, where that was learned from verdicts. Never a severity, never a decision.</summary>
public sealed record TriageSection
{
    /// <summary>Nobody is told of an alert below this probability; 0 (default: everything is told) to 1. The alert and its decisions stay what they are.</summary>
    public double NotifyFrom { get; init; }
}

public enum LogFormat : byte
{
    Text, Json,
}

public sealed record LoggingSection
{
    public LogLevel Level { get; init; } = LogLevel.Information;

    public LogFormat Format { get; init; } = LogFormat.Text;
}
