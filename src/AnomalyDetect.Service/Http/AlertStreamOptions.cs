namespace AnomalyDetect.Service.Http;

/// <summary>Bounds of <c>GET /v1/alerts/stream</c>.</summary>
public sealed record AlertStreamOptions
{
    /// <summary>Clients that follow at once; further ones are told to come again. 1 to 10,000, default 200.</summary>
    public int Clients { get; init; } = 200;

    /// <summary>Events that wait for a client; 1 to 10,000, default 256.</summary>
    public int Buffered { get; init; } = 256;

    /// <summary>A client that takes nothing for so long while its buffer is full is cut off; 1 s to 5 min, default 15 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a client hears that it is still connected, and how far it is; 1 s to 5 min, default 15 s.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(15);
}
