using AnomalyDetect.Core.Guards;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Formats;
using AnomalyDetect.Response.Options;
using AnomalyDetect.Streaming.Pipelines;
using AnomalyDetect.Streaming.Sources;

namespace AnomalyDetect.Service.Configuration;

/// <summary>The configuration as it is in force: checked, secrets fetched, what each part needs. Never printed whole; <see cref="Written"/> may be.</summary>
/// <param name="Written">What the person wrote, on top of the defaults; holds no secret.</param>
public sealed record Settings(ServiceOptions Written, EngineOptions Engine, ResponseOptions Response, GuardOptions Guards, KafkaOptions? Kafka)
{
    /// <summary>
    /// Why the configured playbook cannot be used; null when it can. Then <see cref="Engine"/> MUST be given another before anything runs under it.
    /// </summary>
    public string? PlaybookProblem { get; init; }

    /// <summary>What the pipeline runs under.</summary>
    public PipelineOptions Pipeline => new()
    {
        Engine = Engine,
        Format = EventFormats.Find(Written.Source.Format)!,
        Lanes = Written.Pipeline.Lanes > 0 ? Written.Pipeline.Lanes : Math.Clamp(Environment.ProcessorCount, 1, 64),
        CheckpointInterval = Written.Pipeline.CheckpointInterval,
        DrainTimeout = Written.Pipeline.DrainTimeout,
    };

    public string StorePath => Written.Storage.Path.Length > 0 ? Written.Storage.Path : Path.Combine(Written.DataDirectory, "store.db");

    public string ModelsDirectory => Path.Combine(Written.DataDirectory, "models");

    /// <summary>The configuration names a model itself: the registry's champion then is not used.</summary>
    public bool HasModelFile => Written.ModelFile.Length > 0;

    public string HistoryDirectory => Written.History.Directory.Length > 0 ? Written.History.Directory : Path.Combine(Written.DataDirectory, "history");

    public string JournalDirectory => Written.Journal.Directory.Length > 0 ? Written.Journal.Directory : Path.Combine(Written.DataDirectory, "journal");
}

/// <summary>The configuration cannot be used; the message names every problem, one a line.</summary>
public sealed class ConfigException(string? file, IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    public string? File => file;

    public IReadOnlyList<string> Problems => problems;
}
