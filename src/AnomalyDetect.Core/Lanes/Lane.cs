using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Core.Lanes;

/// <summary>
/// The single-threaded home of a set of tenants: dedupe → windows → baselines → detectors → findings → alerts → playbook. Pure: the same events in the same
/// order give the same outcome, wherever batches were cut and however many lanes share the log.
/// </summary>
public sealed class Lane(EngineOptions options)
{
    public EngineOptions Options { get; private set; } = options;

    public LaneStatistics Statistics { get; } = new();

    /// <param name="batch">Only its events at <paramref name="mine"/> belong to this lane.</param>
    /// <param name="mine">Ascending indexes into <see cref="EventBatch.Events"/>.</param>
    /// <param name="outcome">Added to, never cleared.</param>
    public void Process(EventBatch batch, ReadOnlySpan<int> mine, Outcome outcome)
    {
        outcome.Counters.Events += mine.Length;
        Advance(batch.ObservedAt, outcome);
    }

    /// <summary>All events of the batch belong to this lane (a Kafka partition).</summary>
    public void Process(EventBatch batch, Outcome outcome)
    {
        outcome.Counters.Events += batch.Count;
        Advance(batch.ObservedAt, outcome);
    }

    /// <summary>ObservedAt moved on without events: closes the windows of idle tenants.</summary>
    public void Advance(DateTime observedAt, Outcome outcome)
    {
    }

    /// <summary>End of input (replay): nothing late can come any more, so every window that has ended is closed.</summary>
    public void Complete(Outcome outcome)
    {
    }

    /// <summary>Takes new options, at a checkpoint only.</summary>
    public void Reconfigure(EngineOptions options) => Options = options;

    /// <summary>The whole state, versioned and deterministic.</summary>
    public byte[] Save() => [];

    /// <param name="state">What <see cref="Save"/> gave, under the same options.</param>
    /// <exception cref="InvalidDataException">Not a checkpoint of a known version, or damaged.</exception>
    public static Lane Load(EngineOptions options, ReadOnlySpan<byte> state) => new(options);
}

/// <summary>Sizes for metrics; read from other threads, so each is a plain number that may be a batch old.</summary>
public sealed class LaneStatistics
{
    public long Tenants { get; internal set; }

    public long Principals { get; internal set; }

    public long Sessions { get; internal set; }

    public long Counters { get; internal set; }

    public long OpenAlerts { get; internal set; }

    public long DedupeIds { get; internal set; }

    public long Evictions { get; internal set; }

    /// <summary>Estimate of the state's memory in bytes.</summary>
    public long StateBytes { get; internal set; }
}
