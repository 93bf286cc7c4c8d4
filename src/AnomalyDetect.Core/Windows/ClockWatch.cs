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
    private long _events;
    private OutOfTime _late, _ahead;
    private bool _told;

    /// <param name="observedAt">Ticks.</param>
    public void Count(long observedAt)
    {
        if (observedAt >= _hourEnds) this = new ClockWatch { _hourEnds = ((observedAt / TimeSpan.TicksPerHour) + 1) * TimeSpan.TicksPerHour };
        _events++;
    }

    /// <summary>Counts an event that is out of time, and says what is wrong with the tenant's clocks, once an hour at most; null when nothing is, or it was said.</summary>
    /// <param name="by">How far the event lies behind what is closed already, or ahead of its arrival (ticks).</param>
    /// <param name="observedAt">Its arrival (ticks).</param>
    public ClockFault? Count(ClockFaultKind kind, long by, in TelemetryEvent e, long observedAt)
    {
        ref var counted = ref kind == ClockFaultKind.Late ? ref _late : ref _ahead;
        counted = new OutOfTime(counted.Events + 1, new TimeSpan(Math.Max(counted.Most.Ticks, by)), counted.EventId ?? e.Id.ToString());
        var outOfTime = _late.Events + _ahead.Events;
        if (_told || outOfTime < Least || outOfTime * OneIn < _events) return null;
        _told = true;
        return new ClockFault(e.Tenant.Text, new DateTime(observedAt, DateTimeKind.Utc), _events, _late, _ahead);
    }
}
