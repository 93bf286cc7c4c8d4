using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Formats;
using AnomalyDetect.Storage;
using AnomalyDetect.Streaming.Lanes;

namespace AnomalyDetect.Streaming.Pipelines;

/// <summary>What the lanes run under and how they are hosted.</summary>
public sealed record PipelineOptions
{
    /// <summary>An <c>AllowedLateness</c> left open is the format's.</summary>
    public required EngineOptions Engine { get; init; }

    /// <summary><see cref="Engine"/> as it is in force, with a lateness.</summary>
    public EngineOptions InForce => EngineHistory.Resolve(Engine, Format);

    /// <summary>Of records that do not say (Kafka, files).</summary>
    public required IEventFormat Format { get; init; }

    public DecodeLimits Limits { get; init; } = new();

    /// <summary>Lanes of a journal, 1 to 64; counts at the store's first start only. Default 8.</summary>
    public int Lanes { get; init; } = 8;

    /// <summary>Lane hosts that run at once, 1 to 64. Default: one a processor.</summary>
    public int Hosts { get; init; } = Environment.ProcessorCount;

    /// <summary>How often a lane's state is saved, unless saving would take more than a tenth of its time; 100 ms to 10 min.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a graceful stop may take; default 30 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Which of the store's exceptions pass by themselves (disk full, busy) and are waited out; others end the run.</summary>
    public Func<Exception, bool> IsTransient { get; init; } = e => e is IOException or StoreException { Problem: StoreProblem.Full or StoreProblem.Busy or StoreProblem.Disk };
}
