using System.Globalization;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Service.CommandLine;
using AnomalyDetect.Service.Training;
using AnomalyDetect.Simulation;
using AnomalyDetect.Streaming.Replay;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Service.Evaluating.Drift;

/// <summary>What came of one run under drift, judged from the drift's beginning on.</summary>
/// <param name="Alone">Of the detector that goes on under the model it had when the drift began.</param>
/// <param name="Retrained">Of the one that is retrained every night.</param>
/// <param name="Nights">Exit codes of the retraining jobs.</param>
/// <param name="Refusals">Names of the rules that were broken, as often as they were.</param>
internal sealed record DriftRun(string Name, DateTime From, double TenantDays, MatchReport Alone, MatchReport Retrained, IReadOnlyList<int> Nights, IReadOnlyList<string> Refusals);

/// <summary>
/// Two detectors live through the same weeks, in which tenants become others. Both go on, when that begins, under a model learned until then; one is left alone with it, the
/// other has the retraining job run every night, with verdicts on the alerts of medium severity and more.
/// </summary>
internal static class DriftEvaluation
{
    /// <param name="traffic">With a drift.</param>
    /// <param name="engine">What both begin under.</param>
    /// <param name="job">As every night's.</param>
    public static async Task<DriftRun> RunAsync(
        SimulationOptions traffic, EngineOptions engine, TrainingJobOptions job, ILogger logger, ProgressLine progress, CancellationToken cancellation)
    {
        if (traffic.Validate() is { Count: > 0 } problems) throw new UserException(string.Join("; ", problems) + ".");
        var drift = traffic.Drift ?? throw new ArgumentException("there is no drift to evaluate", nameof(traffic));
        var simulator = new TrafficSimulator(traffic);
        var directory = Directory.CreateTempSubdirectory("anomalydetect-drift-").FullName;
        try
        {
            using var alone = new SimulatedSite(Path.Combine(directory, "alone"), engine, simulator.Labels, logger);
            using var retrained = new SimulatedSite(Path.Combine(directory, "retrained"), engine, simulator.Labels, logger);
            var (nights, refusals, days) = (new List<int>(), new List<string>(), 0);
            foreach (var file in SimulationWriter.WriteDays(directory, simulator, traffic, part => progress.Show(() => $"seed {traffic.Seed}: {part:P0} made up")))
            {
                await Task.WhenAll(alone.PlayAsync(file, cancellation), retrained.PlayAsync(file, cancellation));
                days++;
                if (TimeSpan.FromDays(days) < drift.From || TimeSpan.FromDays(days) >= traffic.Duration) continue;
                retrained.Judge(alert => alert.Severity >= Severity.Medium);
                var before = retrained.Champion;
                var (code, gate) = await retrained.TrainAsync(job, progress, cancellation);
                nights.Add(code);
                if (code == UserException.Refused) refusals.AddRange(gate!.Rules.Where(r => !r.Passed).Select(r => r.Name));
                logger.LogInformation("Night {Night}: {Outcome}.", nights.Count, Outcome(code, gate, retrained.Champion != before));
                if (nights.Count == 1) alone.TakeChampionOf(retrained);
                if (retrained.Champion != before) retrained.TakeChampionOf(retrained);
            }

            var from = traffic.Start + drift.From;
            var tenantDays = traffic.Tenants * (traffic.Duration - drift.From).TotalDays;
            MatchReport Of(ReplaySummary summary) => AlertMatcher.Match(
                [.. simulator.Labels.Where(l => l.Start >= from)], [.. summary.Alerts.Where(a => a.DetectedAt >= from)], [.. summary.Decisions.Where(d => d.CreatedAt >= from)], tenantDays);
            return new DriftRun($"seed {traffic.Seed}", from, tenantDays, Of(alone.Summarise()), Of(retrained.Summarise()), nights, refusals);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static string Outcome(int code, GateReport? gate, bool isPromoted) =>
        isPromoted ? "a new champion"
        : code == UserException.Refused && gate is not null ? "refused by the gate, for " + string.Join("; ", gate.Rules.Where(r => !r.Passed).Select(Broken))
        : "the champion stays";

    private static string Broken(GateRule rule) => string.Create(CultureInfo.InvariantCulture, $"{rule.Name}: {rule.Challenger:0.####}, where {rule.Limit:0.####} is the limit");
}
