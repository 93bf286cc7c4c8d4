namespace AnomalyDetect.Response.Options;

/// <summary>
/// One Redis that holds a copy of the decisions in force. Not Redis Cluster: each script touches a decision's key, the index and the version counter in one step.
/// </summary>
public sealed record RedisOptions
{
    /// <summary>This enforcer's instance name, <c>[a-z0-9_-]{1,64}</c>: its target name in the outbox and its client name at the server.</summary>
    public string Name { get; init; } = "redis";

    /// <summary>StackExchange.Redis configuration string; may hold the password.</summary>
    public required Secret Configuration { get; init; }

    /// <summary>Before every key and channel, also the session keys; up to 64 characters of <c>[A-Za-z0-9:._-]</c>. Installations sharing a Redis need different ones.</summary>
    public string KeyPrefix { get; init; } = "";

    /// <summary>100 ms to 1 min.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Of one command; 100 ms to 1 min.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How often to ask whether the copy is still whole: a flush or a fail-over breaks no connection, and what a network held up arrives when nobody expects it. So long may a key be missing
    /// or stand that should not; 1 s to 1 h.
    /// </summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A decision is tried until it expires.</summary>
    public RetryOptions Retry { get; init; } = new() { Base = TimeSpan.FromSeconds(1), Factor = 2, Max = TimeSpan.FromSeconds(15), Attempts = null };

    public override string ToString() => $"redis {Name}";
}
