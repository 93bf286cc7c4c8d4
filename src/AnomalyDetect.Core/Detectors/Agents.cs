using System.IO.Hashing;
using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Core.Detectors;

/// <summary>What a person acts with, as one number: the device where the platform names it, else the user agent.</summary>
internal static class Agents
{
    /// <summary>0 when the event names neither.</summary>
    public static uint HashOf(in TelemetryEvent e)
    {
        var text = e.Agent;
        return text.IsEmpty ? 0 : (uint)XxHash3.HashToUInt64(text.Utf8) | 1;
    }
}
