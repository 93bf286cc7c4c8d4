using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;

namespace AnomalyDetect.Core.Windows;

/// <summary>
/// A tenant's events of the hour that came behind its watermark, and so could not be used, or claimed to be from the future. Not part of a checkpoint: a restart
/// begins the hour anew.
/// </summary>
internal struct ClockWatch
{
    private const int Least = 20; // events out of time in an hour, for anyone to hear of it
    private const int OneIn = 100; // of the hour's events

    private long _hourEnds;
    private long _events, _late, _ahead;
    private long _mostLate, _mostAhead;
    private bool _told;

    /// <param name="observedAt">Ticks.</param>
    public void Count(long observedAt)
    {
        if (observedAt >= _hourEnds) this = new ClockWatch { _hourEnds = ((observedAt / TimeSpan.TicksPerHour) + 1) * TimeSpan.TicksPerHour };
        _events++;
    }

    /// <param name="by">How far the event lies behind what is closed already (ticks).</param>
    public void CountLate(long by) => (_late, _mostLate) = (_late + 1, Math.Max(_mostLate, by));

    /// <param name="by">How far the event lies ahead of its arrival (ticks).</param>
    public void CountAhead(long by) => (_ahead, _mostAhead) = (_ahead + 1, Math.Max(_mostAhead, by));

    /// <summary>What is wrong with the tenant's clocks, once an hour at most; null when nothing is, or it was said.</summary>
    /// <param name="example">The event just counted late or ahead.</param>
    public ClockFault? Fault(Symbol tenant, TextSlice example)
    {
        if (_told || _late + _ahead < Least || (_late + _ahead) * OneIn < _events) return null;
        _told = true;
        return new ClockFault(
            tenant.Text, new DateTime(_hourEnds - TimeSpan.TicksPerHour, DateTimeKind.Utc), _events, _late, _ahead, new TimeSpan(_mostLate), new TimeSpan(_mostAhead),
            example.ToString());
    }
}
