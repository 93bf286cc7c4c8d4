namespace AnomalyDetect.Core.TimeSeries;

/// <summary>Which deviations are anomalies.</summary>
public enum AnomalySide : byte
{
    /// <summary>High scores.</summary>
    Positive,

    /// <summary>Low scores.</summary>
    Negative,

    /// <summary>Both; the p-value is then the smaller of the two tails', at most 0.5.</summary>
    TwoSided,
}
