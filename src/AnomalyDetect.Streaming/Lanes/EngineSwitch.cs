using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Formats;

namespace AnomalyDetect.Streaming.Lanes;

/// <summary>The options lanes are to run under, which may change while they run: each lane takes them when it next looks, with a checkpoint.</summary>
internal sealed class EngineSwitch(EngineOptions first, IEventFormat format, ILaneStore store)
{
    private readonly Lock _changing = new();
    private volatile EngineHistory _current = new(EngineHistory.Resolve(first, format), store);

    public EngineHistory Current => _current;

    /// <summary>When this returns the store knows the options, so that a checkpoint may name them; when it throws, nothing has changed.</summary>
    public void Change(EngineOptions options)
    {
        lock (_changing)
        {
            var next = new EngineHistory(EngineHistory.Resolve(options, format), store);
            if (next.Version != _current.Version) _current = next;
        }
    }
}
