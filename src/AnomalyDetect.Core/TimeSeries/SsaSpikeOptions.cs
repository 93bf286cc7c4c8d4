namespace AnomalyDetect.Core.TimeSeries;

/// <summary>Ranges are checked by <see cref="SeriesOptionsValidator"/>.</summary>
public sealed record SsaSpikeOptions
{
    /// <summary>A spike is a forecast error with a p-value of 1 − this or less; 0 to 100 percent.</summary>
    public double Confidence { get; init; } = 95;

    /// <summary>Forecast errors the p-value is taken over; 2 to 65,536 points. No alert before that many.</summary>
    public int PvalueHistoryLength { get; init; } = 64;

    /// <summary>Points the model is fitted on; more than twice the seasonality window, up to 65,536.</summary>
    public int TrainingWindowSize { get; init; } = 300;

    /// <summary>At least the longest season that matters; 2 to 256 points.</summary>
    public int SeasonalityWindowSize { get; init; } = 24;

    public AnomalySide Side { get; init; } = AnomalySide.TwoSided;

    public ErrorFunction ErrorFunction { get; init; } = ErrorFunction.SignedDifference;
}
