using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Simulation;
using AnomalyDetect.Streaming.Replay;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Service.Evaluating;

/// <summary>One run judged against its labels: what the replay found, and what that is worth.</summary>
/// <param name="Name">The seed or the file.</param>
internal sealed record EvaluatedRun(string Name, IReadOnlyList<AttackLabel> Labels, double TenantDays, long Events, MatchReport Report)
{
    public IEnumerable<Alert> FalseAlerts(Severity from) => Report.FalseAlerts.Where(a => a.Severity >= from);
}

/// <summary>Replays labelled telemetry and judges what came of it.</summary>
internal static class Evaluation
{
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UserException">No event could be read, so there is nothing to judge.</exception>
    public static async Task<EvaluatedRun> OfAsync(
        string name, ReplayOptions replay, IReadOnlyList<AttackLabel> labels, ILogger logger, Action<long>? progress, CancellationToken cancellation)
    {
        var summary = await FileReplay.RunAsync(replay, logger, progress, cancellation);
        var days = summary.TenantTime.TotalDays;
        if (days <= 0) throw new UserException($"{Printable.Of(name)} holds no telemetry that could be judged: {summary.Counters.Events:N0} events, {summary.Rejected:N0} rejected.");
        return new EvaluatedRun(name, labels, days, summary.Counters.Events, AlertMatcher.Match(labels, summary.Alerts, summary.Decisions, days));
    }

    /// <summary>Labels as <c>simulate</c> writes them, one a line.</summary>
    /// <exception cref="UserException">A line is not a label; the message names it.</exception>
    public static IReadOnlyList<AttackLabel> ReadLabels(string path)
    {
        var labels = new List<AttackLabel>();
        foreach (var (i, line) in File.ReadLines(path).Index())
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            try
            {
                labels.Add(AttackLabel.FromJson(line));
            }
            catch (System.Text.Json.JsonException e)
            {
                throw new UserException($"Line {i + 1} of {Printable.Of(path)} is not a label as 'simulate' writes them: {Printable.Of(e.Message)}");
            }
        }

        return labels;
    }
}
