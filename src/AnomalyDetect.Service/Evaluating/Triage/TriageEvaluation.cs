using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Triage;
using AnomalyDetect.Service.CommandLine;
using AnomalyDetect.Service.Evaluating.Drift;
using AnomalyDetect.Service.Training;
using AnomalyDetect.Simulation;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Service.Evaluating.Triage;

/// <param name="IsAttack">It belongs to an attack, by the labels.</param>
internal sealed record RankedAlert(Alert Alert, bool IsAttack, double Probability);

/// <summary>What triage made of the alerts of a span it learned nothing from.</summary>
/// <param name="Learned">From the alerts of the span before; null: it found too little order in them.</param>
/// <param name="Seen">Those with a verdict, which it learned from: all there is to set a threshold by before others come.</param>
/// <param name="Attacks">Played in the later span.</param>
internal sealed record TriageRun(string Name, TriageModel? Learned, IReadOnlyList<RankedAlert> Seen, IReadOnlyList<RankedAlert> Later, IReadOnlyList<AttackLabel> Attacks)
{
    /// <summary>Attacks that an alert tells of, among those shown.</summary>
    public int Found(double from) => Attacks.Count - AlertMatcher.Match(Attacks, [.. Later.Where(l => l.Probability >= from).Select(l => l.Alert)], [], 1).Missed.Count;

    /// <summary>The highest probability from which on that share of the later attack alerts is shown.</summary>
    public double ProbabilityFor(double recall) => From(Later, recall);

    /// <summary>The highest probability from which on an alert of every attack is shown that any alert tells of: equal recall, in attacks.</summary>
    public double ProbabilityForEveryAttack()
    {
        var all = Found(0);
        var probabilities = Later.Where(l => l.IsAttack).Select(l => l.Probability).Distinct().OrderDescending().ToList();
        var (low, high) = (0, probabilities.Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Found(probabilities[middle]) == all) high = middle;
            else low = middle + 1;
        }

        return probabilities.Count == 0 ? 0 : probabilities[low];
    }

    /// <summary>As <see cref="ProbabilityFor"/>, of the alerts with a verdict: a threshold that could have been set before the later ones came.</summary>
    public double ProbabilityInAdvance(double recall) => From(Seen, recall);

    public int Shown(double from, bool attacks) => Later.Count(l => l.IsAttack == attacks && l.Probability >= from);

    private static double From(IReadOnlyList<RankedAlert> alerts, double recall)
    {
        var attacks = alerts.Where(a => a.IsAttack).Select(a => a.Probability).OrderDescending().ToList();
        return attacks.Count == 0 ? 0 : attacks[Math.Clamp((int)Math.Ceiling(recall * attacks.Count) - 1, 0, attacks.Count - 1)];
    }
}

/// <summary>
/// An analyst judges some alerts of a first span, the retraining job learns from the verdicts, and its triage ranks the alerts of a second span of the same length. The
/// detection itself goes on as it would in a service.
/// </summary>
internal static class TriageEvaluation
{
    /// <param name="traffic">Half of it is learned from.</param>
    /// <param name="verdicts">How many alerts of the first half are judged, evenly taken from all of them.</param>
    public static async Task<TriageRun> RunAsync(
        SimulationOptions traffic, EngineOptions engine, TrainingJobOptions job, int verdicts, ILogger logger, ProgressLine progress, CancellationToken cancellation)
    {
        if (traffic.Validate() is { Count: > 0 } problems) throw new UserException(string.Join("; ", problems) + ".");
        var simulator = new TrafficSimulator(traffic);
        var directory = Directory.CreateTempSubdirectory("anomalydetect-triage-").FullName;
        try
        {
            using var site = new SimulatedSite(Path.Combine(directory, "site"), engine, simulator.Labels, logger);
            var (half, days) = (Math.Floor(traffic.Duration.TotalDays / 2), 0);
            TriageModel? learned = null;
            var judged = new HashSet<string>(StringComparer.Ordinal);
            foreach (var file in SimulationWriter.WriteDays(directory, simulator, traffic, part => progress.Show(() => $"seed {traffic.Seed}: {part:P0} made up")))
            {
                await site.PlayAsync(file, cancellation);
                if (++days != half) continue;
                judged = EvenlyOf(site.Summarise().Alerts, verdicts);
                site.Judge(alert => judged.Contains(alert.Id));
                await site.TrainAsync(job, progress, cancellation);
                string? problem = null;
                learned = site.Registry.TriageOf(site.Champion, ref problem);
                site.TakeChampionOf(site);
            }

            var cut = traffic.Start.AddDays(half);
            var attacks = simulator.Labels.Where(l => l.IsAttack).ToList();
            var alerts = site.Summarise().Alerts;
            var ofNone = AlertMatcher.Match(attacks, alerts, [], 1).FalseAlerts.ToHashSet();
            List<RankedAlert> ranked = [.. alerts.Select(a => new RankedAlert(a, !ofNone.Contains(a), learned?.Judge(a).Probability ?? 1))];
            return new TriageRun(
                $"seed {traffic.Seed}", learned, [.. ranked.Where(r => judged.Contains(r.Alert.Id))], [.. ranked.Where(r => r.Alert.DetectedAt >= cut)], [.. attacks.Where(l => l.Start >= cut)]);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static HashSet<string> EvenlyOf(IReadOnlyList<Alert> alerts, int count) =>
        alerts.Count <= count ? [.. alerts.Select(a => a.Id)] : [.. Enumerable.Range(0, count).Select(i => alerts[(int)((long)i * alerts.Count / count)].Id)];
}
