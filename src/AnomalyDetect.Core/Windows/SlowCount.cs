namespace AnomalyDetect.Core.Windows;

/// <summary>What a minute usually holds of something rare: an exponentially weighted mean over about a day of minutes, silent ones included. 16 bytes.</summary>
internal struct SlowCount
{
    private const double Memory = 1440;

    private double _mean;
    private long _minute;

    /// <summary>Per minute, as of the newest minute noted.</summary>
    public readonly double Mean => _mean;

    /// <param name="minute">Minutes between the last one and this held nothing.</param>
    public void Add(long minute, double count)
    {
        if (_minute == 0) _minute = minute;
        if (minute > _minute)
        {
            _mean *= Math.Pow(1 - (1 / Memory), Math.Min(minute - _minute, 100_000));
            _minute = minute;
        }

        _mean += count / Memory;
    }
}
