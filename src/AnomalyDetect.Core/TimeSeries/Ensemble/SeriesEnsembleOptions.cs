namespace AnomalyDetect.Core.TimeSeries.Ensemble;

/// <summary>Ranges are checked by <see cref="SeriesOptionsValidator"/>. The defaults are round numbers in the middle of wide plateaus, not the best on any data.</summary>
public sealed record SeriesEnsembleOptions
{
    /// <summary>Points before anything is scored; 10 to 100,000.</summary>
    public int WarmUp { get; init; } = 100;

    /// <summary>How far beyond its extremes, as a part of their range, a stream must go to be news; 0.001 to 1.</summary>
    public double Margin { get; init; } = 0.02;

    /// <summary>Evidence from which a point is an alert; 0.1 to 20. One stream's vote is at most 1, the likelihood's at most 2.</summary>
    public double Threshold { get; init; } = 1.2;

    /// <summary>After an alert only twice its evidence is told, for so long (event time); 0 to 30 days.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Points the likelihood takes for the past, and for now; 20 to 1,000,000 and 2 to 1,000.</summary>
    public int LongMemory { get; init; } = 1000;

    public int ShortMemory { get; init; } = 10;

    /// <summary>σ of the short mean from which the likelihood counts; 0.5 to 20.</summary>
    public double LikelihoodSigmas { get; init; } = 2;
}
