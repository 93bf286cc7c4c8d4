namespace AnomalyDetect.Streaming.History;

/// <summary>Where the history of closed windows' features lies and what bounds it.</summary>
public sealed record HistoryOptions
{
    /// <summary>A directory of its own; made (0700) when it is not there.</summary>
    public required string Directory { get; init; }

    /// <summary>How long features are kept, to the day; zero: none are. Up to 3,650 days, default 30.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The oldest go before <see cref="Retention"/> has passed where all are larger than this; 1 MiB to 1 TiB, default 2 GiB. A row takes some 20 bytes.</summary>
    public long MaxBytes { get; init; } = 2L << 30;

    public bool IsOn => Retention > TimeSpan.Zero;
}
