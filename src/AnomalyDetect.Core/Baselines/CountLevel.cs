namespace AnomalyDetect.Core.Baselines;

/// <summary>
/// What the windows of a series that has no baseline of its own lately hold: the mean of two hours of five-minute windows, and how far counts usually are from it.
/// What a series detector calls has to stand out of this noise as well.
/// </summary>
/// <param name="Mean">Counts a window.</param>
/// <param name="Square">Of error² ÷ mean.</param>
/// <param name="Windows">Learned from.</param>
internal readonly record struct CountLevel(double Mean, double Square, int Windows)
{
    private const int MeanMemory = 24; // windows
    private const int KnownAfter = 100; // windows, of which the detector learns
    private const double MostSquare = 25;

    public bool IsKnown => Windows >= KnownAfter;

    public Deviation Judge(double count) => new(count, Mean, Math.Max(1, Square));

    public CountLevel Learn(double count)
    {
        var windows = Windows + 1;
        var error = count - Mean;
        var square = windows == 1 ? Square : Square + ((Math.Min(error * error / Math.Max(1, Mean), MostSquare * Math.Max(1, Square)) - Square) / Math.Min(windows, CountBaseline.DispersionMemory));
        return new CountLevel(Mean + (error / Math.Min(windows, MeanMemory)), square, windows);
    }
}
