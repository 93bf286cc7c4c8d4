namespace AnomalyDetect.Core.TimeSeries;

/// <summary>Ranges are checked by <see cref="SeriesOptionsValidator"/>.</summary>
public sealed record SsaChangePointOptions
{
    /// <summary>A change is a martingale as high as if every p-value of the window were 1 − this; above 0 and below 100 percent.</summary>
    public double Confidence { get; init; } = 95;

    /// <summary>Forecast errors the p-value and the martingale look back over; 2 to 65,536 points. No alert before that many.</summary>
    public int ChangeHistoryLength { get; init; } = 20;

    /// <summary>Points the model is fitted on; more than twice the seasonality window, up to 65,536.</summary>
    public int TrainingWindowSize { get; init; } = 300;

    /// <summary>At least the longest season that matters; 2 to 256 points.</summary>
    public int SeasonalityWindowSize { get; init; } = 24;

    public ErrorFunction ErrorFunction { get; init; } = ErrorFunction.SignedDifference;

    public MartingaleType Martingale { get; init; } = MartingaleType.Power;

    /// <summary>The power martingale's ε, without unit; above 0 and below 1.</summary>
    public double Eps { get; init; } = 0.1;
}
