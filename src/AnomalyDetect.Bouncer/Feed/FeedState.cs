using Microsoft.Extensions.Options;

namespace AnomalyDetect.Bouncer.Feed;

/// <summary>Whether the decisions held can be relied upon. Thread-safe; asked by every request where the bouncer fails closed or says when the service is away.</summary>
internal sealed class FeedState(IOptions<BouncerOptions> options, TimeProvider time)
{
    private readonly TimeSpan _awayAfter = options.Value.AwayAfter;
    private readonly AwayPolicy _policy = options.Value.WhenAway;
    private long _answered = long.MinValue;
    private volatile string? _trouble = "it has not been asked yet";

    /// <summary>How long ago the service last answered; null for never.</summary>
    public TimeSpan? Age => Volatile.Read(ref _answered) is var at && at == long.MinValue ? null : time.GetElapsedTime(at);

    /// <summary>No copy was ever made, or it is too old.</summary>
    public bool IsAway => Age is not { } age || age > _awayAfter;

    /// <summary>Requests are to be refused.</summary>
    public bool IsClosed => _policy == AwayPolicy.FailClosed && IsAway;

    /// <summary>Why the last call failed, as half a sentence; null after one that succeeded.</summary>
    public string? Trouble => _trouble;

    public void Succeeded()
    {
        _trouble = null;
        Volatile.Write(ref _answered, time.GetTimestamp());
    }

    public void Failed(string reason) => _trouble = reason;
}
