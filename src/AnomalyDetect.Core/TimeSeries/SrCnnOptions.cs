namespace AnomalyDetect.Core.TimeSeries;

/// <summary>Ranges are checked by <see cref="SeriesOptionsValidator"/>.</summary>
public sealed record SrCnnOptions
{
    /// <summary>Points the spectrum is taken over; 8 to 4,096. Nothing is scored before that many.</summary>
    public int WindowSize { get; init; } = 64;

    /// <summary>Predicted points put behind the window, so that its last point does not stand at the edge; 1 to 64.</summary>
    public int BackAddWindowSize { get; init; } = 5;

    /// <summary>Slopes the prediction is made from; 1 to the window's points less 2.</summary>
    public int LookaheadWindowSize { get; init; } = 5;

    /// <summary>Frequencies the spectrum is smoothed over; 1 to the window's points.</summary>
    public int AveragingWindowSize { get; init; } = 3;

    /// <summary>Points of the saliency map a point is compared with, itself among them; 1 to the window's points.</summary>
    public int JudgementWindowSize { get; init; } = 21;

    /// <summary>An anomaly scores above this, in tenths: 0.3 is a saliency three times its surroundings' beyond them; 0 to 1.</summary>
    public double Threshold { get; init; } = 0.3;
}
