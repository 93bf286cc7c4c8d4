namespace AnomalyDetect.Core.TimeSeries;

/// <summary>What <see cref="SrCnnEntireDetector"/> tells beside alert, score and magnitude.</summary>
public enum SrCnnDetectMode : byte
{
    /// <summary>Nothing more.</summary>
    AnomalyOnly,

    /// <summary>The expected value and its boundaries, which also have a say in what is an anomaly and how great a one.</summary>
    AnomalyAndMargin,

    /// <summary>The expected value.</summary>
    AnomalyAndExpectedValue,
}

/// <summary>Ranges are checked by <see cref="SeriesOptionsValidator"/>.</summary>
public sealed record SrCnnEntireOptions
{
    /// <summary>An anomaly's spectral score is above this; 0 to 1.</summary>
    public double Threshold { get; init; } = 0.3;

    /// <summary>Points judged together; 12 to 1,000,000, or −1 for the whole series.</summary>
    public int BatchSize { get; init; } = 2_000;

    /// <summary>How narrow the boundaries are; 0 to 100 percent.</summary>
    public double Sensitivity { get; init; } = 70;

    public SrCnnDetectMode DetectMode { get; init; } = SrCnnDetectMode.AnomalyOnly;
}
