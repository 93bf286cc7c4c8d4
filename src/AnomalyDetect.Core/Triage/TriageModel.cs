using AnomalyDetect.Core.Alerts;

namespace AnomalyDetect.Core.Triage;

/// <summary>
/// How probable it is that an alert is worth a look, as learned from what analysts made of earlier ones: a sum over regression trees (Friedman, Annals of Statistics
/// 29, 2001), calibrated by a logistic curve (Platt, 1999). It ranks what people see. It never changes a severity, and no decision looks at it.
/// </summary>
/// <remarks>Version history of the format: 1, the first.</remarks>
public sealed record TriageModel
{
    public const int CurrentFormat = 1;

    /// <summary>Trees at most.</summary>
    public const int MostTrees = 1000;

    /// <summary>Features named as what drove a judgement, at most.</summary>
    public const int Named = 3;

    public required int Format { get; init; }

    /// <summary><see cref="TriageFeatures.Names"/> it was trained with.</summary>
    public required IReadOnlyList<string> Features { get; init; }

    public required IReadOnlyList<TriageTree> Trees { get; init; }

    /// <summary>Of the logistic curve: the probability is 1 / (1 + exp(slope · sum + offset)).</summary>
    public required double Slope { get; init; }

    public required double Offset { get; init; }

    /// <summary>Verdicts it was learned from that said an attack.</summary>
    public required int Confirmed { get; init; }

    /// <summary>Verdicts it was learned from that waved the alert away.</summary>
    public required int WavedAway { get; init; }

    /// <summary>
    /// How often it puts a confirmed alert above one that was waved away, both left out of the learning: the area under the ROC curve; 0.5 is chance.
    /// </summary>
    public required double Auc { get; init; }

    /// <summary>Why it cannot be used, null when it can.</summary>
    public string? Problem()
    {
        if (Format != CurrentFormat) return $"it is of format {Format}, and this program reads format {CurrentFormat}";
        if (Features is null || Trees is null || Trees.Any(t => t is null)) return "something of it is missing";
        if (!Features.SequenceEqual(TriageFeatures.Names)) return "it was made for other features than this program's";
        if (Trees.Count is 0 or > MostTrees) return $"it has {Trees.Count} trees, and must have 1 to {MostTrees}";
        if (!double.IsFinite(Slope) || !double.IsFinite(Offset)) return "its calibration is no number";
        return Trees.Select(t => t.Problem(Features.Count)).FirstOrDefault(p => p is not null);
    }

    public TriageJudgement Judge(Alert alert)
    {
        var values = TriageFeatures.Of(alert);
        var effects = new double[values.Length];
        var sum = Trees.Sum(tree => tree.Walk(values, effects));
        var drivers = effects.Select((effect, i) => new TriageDriver(TriageFeatures.Names[i], Math.Round(-Slope * effect, 2))).Where(d => d.Effect != 0);
        return new TriageJudgement(Math.Round(Probability(sum), 3), [.. drivers.OrderByDescending(d => Math.Abs(d.Effect)).Take(Named)]);
    }

    /// <summary>As <see cref="Judge"/>, unrounded, of an alert's <see cref="TriageFeatures"/>.</summary>
    public double Probability(ReadOnlySpan<float> values)
    {
        var effects = new double[values.Length];
        var sum = 0.0;
        foreach (var tree in Trees) sum += tree.Walk(values, effects);
        return Probability(sum);
    }

    private double Probability(double sum) => 1 / (1 + Math.Exp((Slope * sum) + Offset));
}

/// <summary>What triage makes of an alert.</summary>
/// <param name="Probability">That it is worth a look, 0 to 1.</param>
/// <param name="Drivers">What made it so, strongest first.</param>
public sealed record TriageJudgement(double Probability, IReadOnlyList<TriageDriver> Drivers);

/// <param name="Feature">Of <see cref="TriageFeatures.Names"/>.</param>
/// <param name="Effect">On the log-odds: above 0 it speaks for a look, below against one.</param>
public sealed record TriageDriver(string Feature, double Effect);
