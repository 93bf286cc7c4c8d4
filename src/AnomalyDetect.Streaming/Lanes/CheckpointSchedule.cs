namespace AnomalyDetect.Streaming.Lanes;

/// <summary>When a lane saves its state next: every interval, but never spending more than a tenth of its time on it.</summary>
internal sealed class CheckpointSchedule
{
    private const int MostOfTime = 10;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private long _since;
    private TimeSpan _wait;

    public CheckpointSchedule(TimeProvider time, TimeSpan interval)
    {
        (_time, _interval, _wait) = (time, interval, interval);
        _since = time.GetTimestamp();
    }

    public bool IsDue => _time.GetElapsedTime(_since) >= _wait;

    /// <param name="took">The saving of the state.</param>
    public void Saved(TimeSpan took)
    {
        _since = _time.GetTimestamp();
        var least = took * (MostOfTime - 1);
        _wait = least > _interval ? least : _interval;
    }
}
