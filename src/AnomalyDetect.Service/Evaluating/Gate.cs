using System.Diagnostics;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Learning;
using AnomalyDetect.Learning.Series;
using AnomalyDetect.Service.CommandLine;
using AnomalyDetect.Service.Replaying;
using AnomalyDetect.Service.Training;
using AnomalyDetect.Simulation;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Service.Evaluating;

/// <summary>
/// Holds a challenger against the champion: both over fresh made-up traffic with every attack in it, which says what is found and how soon, and over the held-out latest
/// part of what was learned from, which says what the tenants' own ordinary traffic would have alerted and how well probabilities hold.
/// </summary>
/// <param name="engine">What the service runs under; the models take turns in it.</param>
internal sealed class Gate(BehaviourModel champion, BehaviourModel challenger, EngineOptions engine)
{
    private const int Batch = 8_192;
    private static readonly TimeSpan Acquaintance = TimeSpan.FromDays(7); // before the held-out part

    private readonly List<(MatchReport Champion, MatchReport Challenger)> _runs = [];
    private readonly HeldOutEvaluation[] _heldOut = [new(champion, engine.Detection.Signals.Budget), new(challenger, engine.Detection.Signals.Budget)];
    private readonly double[] _seconds = new double[2];
    private readonly HashSet<(string, long)> _tenantWindows = [];
    private Compared? _series;
    private double _tenantDays;
    private long _events;
    private long _heldOutRows;
    private long _leftOut;

    /// <summary>One run of made-up traffic under each.</summary>
    public async Task PlayAsync(SimulationOptions traffic, ILogger logger, ProgressLine progress, CancellationToken cancellation)
    {
        using var run = MadeUpRun.Write(traffic, progress, cancellation);
        var labels = Evaluation.ReadLabels(run.LabelsPath);
        var reports = new MatchReport[2];
        foreach (var (i, model) in new[] { champion, challenger }.Index())
        {
            var clock = Stopwatch.StartNew();
            var judged = await Evaluation.OfAsync($"seed {traffic.Seed}", run.ToReplay(engine with { Model = model, Shadow = null }), labels, logger, run.Reading(progress), cancellation);
            _seconds[i] += clock.Elapsed.TotalSeconds;
            reports[i] = judged.Report;
            if (i > 0) continue;
            _events += judged.Events;
            _tenantDays += judged.TenantDays;
        }

        _runs.Add((reports[0], reports[1]));
    }

    /// <param name="cut">First tick of the held-out part.</param>
    public async Task JudgeAsync(IEnumerable<FeatureRow> history, long cut, ConfirmedSpans confirmed, ProgressLine progress, CancellationToken cancellation)
    {
        foreach (var one in _heldOut) one.EndHistory();
        var seen = 0L;
        foreach (var rows in history.Where(r => r.Start >= cut - Acquaintance.Ticks).Chunk(Batch))
        {
            cancellation.ThrowIfCancellationRequested();
            var batch = new (FeatureRow, bool)[rows.Length];
            foreach (var (i, row) in rows.Index())
            {
                var isHeldOut = row.Start >= cut;
                var isLeftOut = isHeldOut && confirmed.Covers(row);
                if (isLeftOut) _leftOut++;
                else if (isHeldOut) Count(row);
                batch[i] = (row, isHeldOut && !isLeftOut);
            }

            // Each sees every row in order; the two know nothing of each other.
            await Task.WhenAll(_heldOut.Select(h => Task.Run(() => h.Add(batch), cancellation)));
            seen += rows.Length;
            progress.Show(() => $"{seen:N0} windows judged by both models");
        }
    }

    /// <summary>Where the two differ in settings of series: what these alert in the held-out part.</summary>
    /// <param name="cut">First tick of the held-out part.</param>
    public void JudgeSeries(IReadOnlyList<IEnumerable<FeatureRow>> histories, int windowMinutes, long cut)
    {
        if (SeriesHeldOut.AlertsPerDay(histories, windowMinutes, cut, [champion.Series, challenger.Series]) is [var before, var after]) _series = new Compared(before, after);
    }

    private void Count(in FeatureRow row)
    {
        _heldOutRows++;
        if (row.Principal is null) _tenantWindows.Add((row.Tenant.Text, row.Start / TimeSpan.TicksPerHour));
    }

    /// <param name="profile">Of what the champion was trained on; null where it carries none.</param>
    /// <param name="training">Of what the challenger was trained on.</param>
    public GateReport ToReport(TrainingSpan span, DateTime from, DateTime to, FeatureProfile? profile, FeatureProfile training, FeatureProfile heldOut, IReadOnlyList<SeriesChoice> series, IReadOnlyList<string> notes)
    {
        var attacks = Attacks();
        var tenantDays = Math.Max(1.0 / 24, _tenantWindows.Count / 24.0);
        Compared PerTenantDay(Func<MatchReport, int> count) => new(_runs.Sum(r => count(r.Champion)) / _tenantDays, _runs.Sum(r => count(r.Challenger)) / _tenantDays);
        var simulated = PerTenantDay(r => r.FalseAlerts.Count(a => a.Severity >= Severity.Medium));
        var own = new Compared(_heldOut[0].Medium / tenantDays, _heldOut[1].Medium / tenantDays);
        var calibration = HeldOutEvaluation.Probabilities.Select((p, i) => new Exceedance(p, _heldOut[0].Rarer(i), _heldOut[1].Rarer(i))).ToList();
        GateRule[] rules =
        [
            GateRules.Recall(attacks.Sum(a => a.Played), new Compared(attacks.Sum(a => a.Found.Champion), attacks.Sum(a => a.Found.Challenger))),
            GateRules.NothingLost(attacks),
            GateRules.FalseAlerts(own),
            GateRules.Harm(new Compared(_runs.Sum(r => r.Champion.Hurt.Count), _runs.Sum(r => r.Challenger.Hurt.Count))),
            GateRules.TimeToDetect(attacks),
            GateRules.Calibration(calibration[2]),
            GateRules.Sharpness(calibration[0]),
            .. _series is null ? Array.Empty<GateRule>() : [GateRules.SeriesAlerts(_series)],
            .. profile is null ? Array.Empty<GateRule>() : [GateRules.Drift(training.DriftFrom(profile))],
        ];
        var drift = heldOut.DriftFrom(profile ?? training).Select(d => new DriftRow(d.Feature, d.Principals, d.Tenants, Math.Max(d.Principals, d.Tenants) >= FeatureProfile.Large)).ToList();
        return new GateReport(
            champion.Id(), challenger.Id(), rules.All(r => r.Passed), span, new HeldOutSpan(from, to, _heldOutRows, _leftOut, tenantDays), rules, attacks, simulated, own, calibration, series,
            profile is null ? "the training part of the same data, for the champion carries no profile of its own" : "what the champion was trained on",
            drift,
            new Compared(_seconds[0] * 1e6 / Math.Max(1, _events), _seconds[1] * 1e6 / Math.Max(1, _events)), new Compared(_heldOut[0].NanosecondsPerRow, _heldOut[1].NanosecondsPerRow), notes);
    }

    private List<AttackRecall> Attacks() =>
    [
        .. _runs.SelectMany(r => r.Champion.Attacks.Zip(r.Challenger.Attacks)).GroupBy(pair => pair.First.Kind).OrderBy(g => g.Key).Select(kind => new AttackRecall(
            kind.Key, kind.Sum(k => k.First.Played), new Compared(kind.Sum(k => k.First.Found), kind.Sum(k => k.Second.Found)), Median(kind.Select(k => k.First)), Median(kind.Select(k => k.Second)))),
    ];

    /// <summary>Of runs' medians: each run is one draw of the traffic.</summary>
    private static double? Median(IEnumerable<KindScore> scores)
    {
        var times = scores.Where(s => s.MedianTimeToDetect is not null).Select(s => s.MedianTimeToDetect!.Value.TotalSeconds).Order().ToArray();
        return times.Length == 0 ? null : times[times.Length / 2];
    }
}
