namespace AnomalyDetect.Streaming.Journals;

/// <summary>Where the journal lies and what bounds it. Sizes in bytes.</summary>
public sealed record JournalOptions
{
    /// <summary>A directory of its own; made (0700) when it is not there.</summary>
    public required string Directory { get; init; }

    /// <summary>A segment is closed once it is this large; 64 KiB to 1 GiB, default 64 MiB.</summary>
    public long SegmentBytes { get; init; } = 64L << 20;

    /// <summary>How long read segments are kept at least; default 7 days.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// Read segments go before <see cref="Retention"/> has passed where the journal is larger than this. Never removes what a lane still needs. Default: no bound.
    /// </summary>
    public long MaxBytes { get; init; } = long.MaxValue;

    /// <summary>Appends are refused while the slowest lane is further behind than this; default 1 GiB.</summary>
    public long MaxBehindBytes { get; init; } = 1L << 30;

    /// <summary>What a refused producer is told to wait; default 5 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Appends waiting for the disk; beyond them they are refused as behind. Default 4,096.</summary>
    public int MaxQueued { get; init; } = 4096;

    /// <summary>Bytes waiting for the disk; default 64 MiB.</summary>
    public long MaxQueuedBytes { get; init; } = 64L << 20;

    /// <summary>
    /// An idle journal gets an empty record this often, so that ObservedAt moves on, idle windows close, and a replay sees the same. Zero: never. Default 5 s.
    /// </summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(5);
}
