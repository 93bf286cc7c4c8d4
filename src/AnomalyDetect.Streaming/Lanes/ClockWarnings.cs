using AnomalyDetect.Core;
using AnomalyDetect.Core.Lanes;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Streaming.Lanes;

/// <summary>Warns of tenants whose telemetry is out of time; of so many a minute, and then how many more there were.</summary>
internal sealed class ClockWarnings(TimeProvider time, ILogger logger)
{
    private const int PerMinute = 10;

    private long _since;
    private int _warned, _unsaid;

    public void Warn(IReadOnlyList<ClockFault> faults)
    {
        if (faults.Count == 0) return;
        if (_since == 0 || time.GetElapsedTime(_since) >= TimeSpan.FromMinutes(1))
        {
            if (_unsaid > 0) logger.LogWarning("The telemetry of {Count} more tenants is out of time", _unsaid);
            (_since, _warned, _unsaid) = (time.GetTimestamp(), 0, 0);
        }

        foreach (var fault in faults)
        {
            if (_warned == PerMinute) _unsaid++;
            else
            {
                _warned++;
                logger.LogWarning("{Fault}", Printable.Of(fault.Explanation));
            }
        }
    }
}
