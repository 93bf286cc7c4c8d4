namespace AnomalyDetect.Core.TimeSeries;

/// <summary>Ranges are checked by <see cref="SeriesOptionsValidator"/>.</summary>
public sealed record IidChangePointOptions
{
    /// <summary>A change is a martingale as high as if every p-value of the window were 1 − this; above 0 and below 100 percent.</summary>
    public double Confidence { get; init; } = 95;

    /// <summary>Points the p-value and the martingale look back over; 2 to 65,536. No alert before that many.</summary>
    public int ChangeHistoryLength { get; init; } = 20;

    public MartingaleType Martingale { get; init; } = MartingaleType.Power;

    /// <summary>The power martingale's ε, without unit; above 0 and below 1.</summary>
    public double Eps { get; init; } = 0.1;
}
