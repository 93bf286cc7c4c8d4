namespace AnomalyDetect.Storage;

/// <summary>Where the store is and what it keeps.</summary>
public sealed record StoreOptions
{
    /// <summary>The database file. It and its folder are created where they are missing, readable by their owner only.</summary>
    public required string Path { get; init; }

    /// <summary>Newest rejections kept in the dead letter; older ones are only counted. 0 to 10,000,000.</summary>
    public int RejectionsKept { get; init; } = 10_000;

    /// <summary>How long to wait for another process that holds the database; 1 s to 10 min.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(10);

    internal void Check()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Path);
        if (RejectionsKept is < 0 or > 10_000_000)
            throw new ArgumentOutOfRangeException(nameof(RejectionsKept), RejectionsKept, "RejectionsKept must be 0 to 10,000,000");
        if (BusyTimeout < TimeSpan.FromSeconds(1) || BusyTimeout > TimeSpan.FromMinutes(10))
            throw new ArgumentOutOfRangeException(nameof(BusyTimeout), BusyTimeout, "BusyTimeout must be 1 s to 10 min");
    }
}
