namespace AnomalyDetect.Core.Windows;

/// <summary>About how many things came lately: what is older fades, a minute at a time, by a factor e in a window. 16 bytes.</summary>
internal struct FadingCount
{
    private long _minute;

    /// <summary>As of the last arrival.</summary>
    public double Value { get; private set; }

    /// <param name="time">Event time in ticks; what comes late counts as if it came now.</param>
    /// <param name="window">In ticks.</param>
    public void Add(int count, long time, long window)
    {
        Value = ValueAt(time, window) + count;
        _minute = Math.Max(_minute, time / TimeSpan.TicksPerMinute);
    }

    public readonly double ValueAt(long time, long window)
    {
        var minutes = (time / TimeSpan.TicksPerMinute) - _minute;
        return minutes <= 0 ? Value : Value * Math.Exp(-minutes * (double)TimeSpan.TicksPerMinute / window);
    }
}
