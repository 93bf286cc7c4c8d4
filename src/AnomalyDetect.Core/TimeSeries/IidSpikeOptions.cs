namespace AnomalyDetect.Core.TimeSeries;

/// <summary>Ranges are checked by <see cref="SeriesOptionsValidator"/>.</summary>
public sealed record IidSpikeOptions
{
    /// <summary>A spike is what has a p-value of 1 − this or less; 0 to 100 percent.</summary>
    public double Confidence { get; init; } = 95;

    /// <summary>Scores the p-value is taken over; 2 to 65,536 points. No alert before that many.</summary>
    public int PvalueHistoryLength { get; init; } = 128;

    public AnomalySide Side { get; init; } = AnomalySide.TwoSided;
}
