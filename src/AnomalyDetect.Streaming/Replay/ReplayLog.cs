using AnomalyDetect.Streaming.Sources;

namespace AnomalyDetect.Streaming.Replay;

/// <summary>A log to replay in place of files: its records carry when they were observed, so windows close as they did.</summary>
public abstract class ReplayLog
{
    /// <summary>What it is, for people.</summary>
    public abstract string Name { get; }

    internal abstract IBatchReader Open(RawBatchPool pool);
}
