using System.Globalization;
using AnomalyDetect.Core.TimeSeries.Ensemble;

namespace AnomalyDetect.Core.TimeSeries;

/// <summary>Checks ranges; reports every problem, not the first, each with the option's name, its range and unit, and what it was.</summary>
public static class SeriesOptionsValidator
{
    public static IReadOnlyList<string> Validate(IidSpikeOptions options)
    {
        var errors = new List<string>();
        Percent(errors, nameof(options.Confidence), options.Confidence);
        History(errors, nameof(options.PvalueHistoryLength), options.PvalueHistoryLength);
        Known(errors, nameof(options.Side), options.Side);
        return errors;
    }

    public static IReadOnlyList<string> Validate(IidChangePointOptions options)
    {
        var errors = new List<string>();
        Change(errors, options.Confidence, options.ChangeHistoryLength, options.Martingale, options.Eps);
        return errors;
    }

    public static IReadOnlyList<string> Validate(SsaSpikeOptions options)
    {
        var errors = new List<string>();
        Percent(errors, nameof(options.Confidence), options.Confidence);
        History(errors, nameof(options.PvalueHistoryLength), options.PvalueHistoryLength);
        Known(errors, nameof(options.Side), options.Side);
        Model(errors, options.TrainingWindowSize, options.SeasonalityWindowSize, options.ErrorFunction);
        return errors;
    }

    public static IReadOnlyList<string> Validate(SsaChangePointOptions options)
    {
        var errors = new List<string>();
        Change(errors, options.Confidence, options.ChangeHistoryLength, options.Martingale, options.Eps);
        Model(errors, options.TrainingWindowSize, options.SeasonalityWindowSize, options.ErrorFunction);
        return errors;
    }

    public static IReadOnlyList<string> Validate(SrCnnOptions options)
    {
        var errors = new List<string>();
        Points(errors, nameof(options.WindowSize), options.WindowSize, 8, 4_096);
        Points(errors, nameof(options.BackAddWindowSize), options.BackAddWindowSize, 1, 64);
        Points(errors, nameof(options.LookaheadWindowSize), options.LookaheadWindowSize, 1, options.WindowSize - 2);
        Points(errors, nameof(options.AveragingWindowSize), options.AveragingWindowSize, 1, options.WindowSize);
        Points(errors, nameof(options.JudgementWindowSize), options.JudgementWindowSize, 1, options.WindowSize);
        Share(errors, nameof(options.Threshold), options.Threshold);
        return errors;
    }

    public static IReadOnlyList<string> Validate(SrCnnEntireOptions options)
    {
        var errors = new List<string>();
        Share(errors, nameof(options.Threshold), options.Threshold);
        if (options.BatchSize != -1) Points(errors, nameof(options.BatchSize), options.BatchSize, SrCnnEntireDetector.LeastPoints, 1_000_000);
        Percent(errors, nameof(options.Sensitivity), options.Sensitivity);
        Known(errors, nameof(options.DetectMode), options.DetectMode);
        return errors;
    }

    /// <exception cref="ArgumentException">There are problems; the message holds them all.</exception>
    public static IReadOnlyList<string> Validate(SeriesEnsembleOptions options)
    {
        var errors = new List<string>();
        Points(errors, nameof(options.WarmUp), options.WarmUp, 10, 100_000);
        Number(errors, nameof(options.Margin), options.Margin, 0.001, 1, "of the range of what was seen");
        Number(errors, nameof(options.Threshold), options.Threshold, 0.1, 20, "votes");
        if (options.Rest < TimeSpan.Zero || options.Rest > TimeSpan.FromDays(30)) Add(errors, $"{nameof(options.Rest)} must be 0 to 30 days, not {options.Rest:c}");
        Points(errors, nameof(options.LongMemory), options.LongMemory, 20, 1_000_000);
        Points(errors, nameof(options.ShortMemory), options.ShortMemory, 2, 1_000);
        Number(errors, nameof(options.LikelihoodSigmas), options.LikelihoodSigmas, 0.5, 20, "σ");
        return errors;
    }

    private static void Number(List<string> errors, string name, double value, double least, double most, string unit)
    {
        if (!(value >= least && value <= most)) Add(errors, $"{name} must be {least} to {most} {unit}, not {value}");
    }

    internal static void Require(IReadOnlyList<string> errors)
    {
        if (errors.Count > 0) throw new ArgumentException(string.Join("; ", errors));
    }

    private static void Change(List<string> errors, double confidence, int length, MartingaleType martingale, double eps)
    {
        if (!(confidence > 0 && confidence < 100)) Add(errors, $"Confidence must be above 0 and below 100 percent, not {confidence}");
        History(errors, nameof(IidChangePointOptions.ChangeHistoryLength), length);
        Known(errors, nameof(IidChangePointOptions.Martingale), martingale);
        if (!(eps > 0 && eps < 1)) Add(errors, $"Eps must be above 0 and below 1 (it has no unit), not {eps}");
    }

    private static void Model(List<string> errors, int training, int seasonality, ErrorFunction function)
    {
        Points(errors, nameof(SsaSpikeOptions.SeasonalityWindowSize), seasonality, 2, SsaModel.LongestWindow);
        Points(errors, nameof(SsaSpikeOptions.TrainingWindowSize), training, (2 * Math.Clamp(seasonality, 2, SsaModel.LongestWindow)) + 1, 65_536);
        Known(errors, nameof(SsaSpikeOptions.ErrorFunction), function);
    }

    private static void History(List<string> errors, string name, int value) => Points(errors, name, value, 2, 65_536);

    private static void Points(List<string> errors, string name, int value, int least, int most)
    {
        if (value < least || value > most) Add(errors, $"{name} must be {least} to {most} points, not {value}");
    }

    private static void Percent(List<string> errors, string name, double value)
    {
        if (!(value >= 0 && value <= 100)) Add(errors, $"{name} must be 0 to 100 percent, not {value}");
    }

    private static void Share(List<string> errors, string name, double value)
    {
        if (!(value >= 0 && value <= 1)) Add(errors, $"{name} must be 0 to 1 (it has no unit), not {value}");
    }

    private static void Known<T>(List<string> errors, string name, T value) where T : struct, Enum
    {
        if (!Enum.IsDefined(value)) Add(errors, $"{name} must be one of {string.Join(", ", Enum.GetNames<T>())}, not {value}");
    }

    private static void Add(List<string> errors, FormattableString message) => errors.Add(message.ToString(CultureInfo.InvariantCulture));
}
