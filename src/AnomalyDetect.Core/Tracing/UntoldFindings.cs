using AnomalyDetect.Core.Alerts;

namespace AnomalyDetect.Core.Tracing;

/// <summary>The findings of an alert between two of its revisions, summed up.</summary>
internal struct UntoldFindings
{
    public int Count { get; private set; }

    /// <summary>Event time (ticks) of the first.</summary>
    public long From { get; private set; }

    /// <summary>Event time (ticks) of the last.</summary>
    public long To { get; private set; }

    public Observation Strongest { get; private set; }

    /// <summary>What was observed is no count.</summary>
    public bool InEvidence { get; private set; }

    public void Add(Episode episode)
    {
        var seen = episode.Latest;
        InEvidence = episode.Contributions.Count > 0;
        if (Count++ == 0) (From, Strongest) = (seen.At, seen);
        To = Math.Max(To, seen.At);
        if (Math.Abs(seen.Observed - seen.Expected) > Math.Abs(Strongest.Observed - Strongest.Expected)) Strongest = seen;
    }
}
