using System.Globalization;
using AnomalyDetect.Core;

namespace AnomalyDetect.Service.Evaluating.Triage;

/// <summary>What an analyst would see of the later alerts, with triage and without.</summary>
internal static class TriageReport
{
    private static readonly double[] Recalls = [1, 0.99, 0.95];

    public static IEnumerable<string> Of(IReadOnlyList<TriageRun> runs)
    {
        foreach (var run in runs)
            yield return run.Learned is { } learned
                ? string.Create(CultureInfo.InvariantCulture, $"{Printable.Of(run.Name)}: {learned.Confirmed} confirmed and {learned.WavedAway} waved away; of those left out a confirmed one comes first in {learned.Auc:P1} of the pairs")
                : $"{Printable.Of(run.Name)}: too few verdicts, or no order in them; triage stayed off";
        yield return "";
        yield return $"{"alerts of the later span",-44} {"of attacks",12} {"of none",12} {"left",6}   attacks with an alert";
        yield return Row("all", _ => 0);
        foreach (var recall in Recalls)
            yield return Row(string.Create(CultureInfo.InvariantCulture, $"by triage, until {recall:P0} of those of attacks are seen"), run => run.ProbabilityFor(recall));
        yield return Row("by triage, until every attack found is seen", run => run.ProbabilityForEveryAttack());
        yield return Row("by a threshold set before they came (95 %)", run => run.ProbabilityInAdvance(0.95));

        string Row(string name, Func<TriageRun, double> from)
        {
            var (attacks, others) = (runs.Sum(r => r.Shown(from(r), true)), runs.Sum(r => r.Shown(from(r), false)));
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-44} {attacks,12} {others,12} {(double)others / Math.Max(1, runs.Sum(r => r.Shown(0, false))),6:P0}   {runs.Sum(r => r.Found(from(r)))} of {runs.Sum(r => r.Attacks.Count)}");
        }
    }
}
