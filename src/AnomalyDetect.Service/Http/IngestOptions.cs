namespace AnomalyDetect.Service.Http;

/// <summary>Bounds of what <c>POST /v1/events</c> takes.</summary>
public sealed record IngestOptions
{
    /// <summary>Of a body, as sent and as unpacked, in bytes; 64 KiB to 256 MiB, default 16 MiB.</summary>
    public int BodyBytes { get; init; } = 16 << 20;

    /// <summary>Most bytes a compressed byte may unpack to, beyond the first 64 KiB; 2 to 1,000, default 100.</summary>
    public int CompressionRatio { get; init; } = 100;

    /// <summary>Of all bodies being worked on at once, in bytes; beyond it senders are told to wait. At least the body limit; default 256 MiB.</summary>
    public long InFlightBytes { get; init; } = 256L << 20;

    /// <summary>Rejected lines an answer names; 0 to 10,000, default 100.</summary>
    public int RejectedShown { get; init; } = 100;
}
