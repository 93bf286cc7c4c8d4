namespace AnomalyDetect.Service.Demo;

/// <summary>
/// The demo's time: stands while history is played and is moved on with it, as fast as that goes; from <see cref="GoLive"/> on it runs as real time does.
/// Timers always run in real time.
/// </summary>
public sealed class DemoClock(DateTime start) : TimeProvider
{
    private readonly Lock _lock = new();
    private DateTime _at = start;
    private long? _liveSince;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return new DateTimeOffset(_liveSince is { } since ? _at + GetElapsedTime(since) : _at, TimeSpan.Zero);
    }

    /// <summary>Never moves back.</summary>
    public void MoveTo(DateTime at)
    {
        lock (_lock)
            if (_liveSince is null && at > _at) _at = at;
    }

    public void GoLive()
    {
        lock (_lock) _liveSince ??= GetTimestamp();
    }
}
