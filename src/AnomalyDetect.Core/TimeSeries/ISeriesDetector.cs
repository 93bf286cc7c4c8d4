using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.TimeSeries;

/// <summary>
/// A streaming detector over one series: one point in, one verdict out; fixed state, no look-ahead. It scores; what to make of the score is a policy's.
/// Those that answer as ML.NET's take points as equally spaced whatever their times, so after a long silence the next point follows the last one. A value that is NaN, infinite or
/// beyond ±1e100 is a gap: state stays untouched and the verdict is <see cref="SeriesVerdict.Gap"/>. Observing MUST NOT allocate, but for the one point that completes a training window.
/// </summary>
internal interface ISeriesDetector
{
    /// <param name="time">Event time in UTC ticks.</param>
    SeriesVerdict Observe(long time, double value);

    /// <summary>What the detector holds, in bytes; the same from construction to the end.</summary>
    long Bytes { get; }

    void Save(StateWriter writer);

    /// <exception cref="InvalidDataException">The state is damaged or was saved under other options. The detector MUST then be thrown away: it may be half loaded.</exception>
    void Load(ref StateReader reader);
}

/// <param name="Alert">At the detector's own confidence.</param>
/// <param name="Score">Raw; the value itself, a forecast error or a relative saliency, in the detector's unit. NaN for a gap, 0 while a detector still gathers.</param>
/// <param name="PValue">In [0,1], small is anomalous; 0.5 where a detector has none to tell.</param>
/// <param name="Martingale">The evidence against "nothing changed", from 0 up; 0 where there is none.</param>
internal readonly record struct SeriesVerdict(bool Alert, double Score, double PValue, double Martingale)
{
    public static SeriesVerdict Gap => new(false, double.NaN, 0.5, 0);

    /// <summary>Too few points seen to score.</summary>
    public static SeriesVerdict Gathering => new(false, 0, 0.5, 0);

    /// <summary>Not a number to reckon with: squares of what is beyond ±1e100 would no longer add up.</summary>
    public static bool IsGap(double value) => !(Math.Abs(value) <= 1e100);
}
