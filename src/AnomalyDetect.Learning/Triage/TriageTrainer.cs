using AnomalyDetect.Core.Triage;

namespace AnomalyDetect.Learning.Triage;

/// <summary>Learns from analysts' verdicts which alerts are worth a look. The same verdicts and seed give the same trees.</summary>
public static class TriageTrainer
{
    /// <summary>Fewer verdicts teach nothing that would not be chance.</summary>
    public const int LeastVerdicts = 50;

    /// <summary>Of each kind: confirmed, and waved away.</summary>
    public const int LeastOfEach = 10;

    /// <summary>Of each kind, the newest; more would only take longer.</summary>
    public const int MostOfEach = 20_000;

    /// <summary>What is learned must put alerts it has not seen into the right order this often, or verdicts say nothing or contradict each other; 0.5 is chance.</summary>
    public const double LeastAuc = 0.65;

    private const int Folds = 5;

    /// <param name="confirmed">Newest first.</param>
    /// <param name="wavedAway">Newest first.</param>
    /// <exception cref="TooLittleException">Too few verdicts, or no order in them; the message says which.</exception>
    public static TriageModel Train(IEnumerable<JudgedAlert> confirmed, IEnumerable<JudgedAlert> wavedAway, int seed)
    {
        List<JudgedAlert> attacks = [.. confirmed.Take(MostOfEach)], others = [.. wavedAway.Take(MostOfEach)];
        if (attacks.Count + others.Count < LeastVerdicts || attacks.Count < LeastOfEach || others.Count < LeastOfEach)
            throw new TooLittleException(
                $"Triage needs {LeastVerdicts} verdicts, {LeastOfEach} of them true_positive and {LeastOfEach} false_positive or benign; there are {attacks.Count} and {others.Count}: give more with 'anomalydetect alerts verdict'.");
        List<JudgedAlert> rows = [.. attacks, .. others];
        var auc = CrossValidate(rows, seed);
        if (auc < LeastAuc)
            throw new TooLittleException(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"The verdicts contradict each other: of alerts left out of the learning, a confirmed one came above one that was waved away in {auc:P0} of the pairs, and chance is 50 %. Look at verdicts on alike alerts, or give more."));
        return FittedTrees.Fit(rows, seed).ToModel(auc);
    }

    /// <summary>Each row judged by trees that did not see it.</summary>
    private static double CrossValidate(List<JudgedAlert> rows, int seed)
    {
        var judged = new List<(double Probability, bool IsAttack)>(rows.Count);
        for (var fold = 0; fold < Folds; fold++)
        {
            var model = FittedTrees.Fit([.. rows.Where((_, i) => i % Folds != fold)], seed).ToModel(0);
            judged.AddRange(rows.Where((_, i) => i % Folds == fold).Select(r => (model.Probability(r.Values), r.IsAttack)));
        }

        return Auc(judged);
    }

    /// <summary>The area under the ROC curve, by ranks (Mann &amp; Whitney, 1947); ties count half.</summary>
    internal static double Auc(IReadOnlyCollection<(double Probability, bool IsAttack)> judged)
    {
        var (below, wins) = (0.0, 0.0);
        foreach (var level in judged.GroupBy(j => j.Probability).OrderBy(g => g.Key))
        {
            var attacks = level.Count(j => j.IsAttack);
            var others = level.Count() - attacks;
            wins += attacks * (below + (others / 2.0));
            below += others;
        }

        return wins / (below * (judged.Count - below));
    }
}
