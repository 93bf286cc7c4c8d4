using System.Globalization;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Simulation;

namespace AnomalyDetect.Service.Evaluating.Drift;

/// <summary>Runs under drift as one table: the detector left alone beside the one that is retrained.</summary>
internal static class DriftReport
{
    public static IEnumerable<string> Of(IReadOnlyList<DriftRun> runs, DriftOptions drift)
    {
        var days = runs.Sum(r => r.TenantDays);
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{days:N1} tenant-days in {runs.Count} {(runs.Count == 1 ? "run" : "runs")}, in which tenants grow {drift.Growth:0.#}-fold, work {drift.Hours.TotalHours:0.#} h earlier or later and take up a new client within {drift.Over.TotalDays:0.#} days");
        yield return "";
        yield return $"{"",-36} {"left alone",12} {"retrained",12}";
        yield return Row("attacks found", r => $"{r.Sum(m => m.Attacks.Sum(a => a.Found))} of {r.Sum(m => m.Attacks.Sum(a => a.Played))}");
        yield return Row("  at medium or more", r => $"{r.Sum(m => m.Attacks.Sum(a => a.FoundAtMedium))} of {r.Sum(m => m.Attacks.Sum(a => a.Played))}");
        yield return Row("  a share of", r => Number(Recall(r), "P1"));
        yield return Row("seconds to detect, median of medians", r => Number(MedianSeconds(r), "0"));
        yield return Row("false alerts a tenant-day", r => Number(r.Sum(m => m.FalseAlerts.Count) / days, "0.000"));
        yield return Row("  of medium or more", r => Number(r.Sum(m => Medium(m).Count()) / days, "0.000"));
        foreach (var week in Weeks(runs))
            yield return Row($"    in week {week + 1}", r => Number(InWeek(runs, r, week), "0"));
        yield return Row("look-alikes enforced against", r => Number(r.Sum(m => m.Hurt.Count), "0"));
        yield return "";
        var nights = runs.SelectMany(r => r.Nights).ToList();
        yield return $"{nights.Count} nights: {nights.Count(n => n == UserException.Done)} models promoted, {nights.Count(n => n == UserException.Refused)} refused by the gate, {nights.Count(n => n == UserException.TooLittle)} times too little to learn from";
        foreach (var rule in runs.SelectMany(r => r.Refusals).CountBy(name => name)) yield return $"  refused {rule.Value} times for {rule.Key}";
        foreach (var run in runs)
        {
            foreach (var missed in run.Alone.Missed) yield return Missed("left alone", run, missed);
            foreach (var missed in run.Retrained.Missed) yield return Missed("retrained", run, missed);
            foreach (var hurt in run.Alone.Hurt) yield return Enforced("left alone", run, hurt);
            foreach (var hurt in run.Retrained.Hurt) yield return Enforced("retrained", run, hurt);
        }

        string Row(string name, Func<IReadOnlyList<MatchReport>, string> value) =>
            $"{name,-36} {value([.. runs.Select(r => r.Alone)]),12} {value([.. runs.Select(r => r.Retrained)]),12}";
    }

    private static string Missed(string which, DriftRun run, AttackLabel missed) => $"  missed, {which}: {Place(missed, run)}";

    private static string Enforced(string which, DriftRun run, AttackLabel hurt) => $"  enforced against, {which}: {Place(hurt, run)}";

    private static string Place(AttackLabel label, DriftRun run) =>
        $"{Names.Of(label.Kind)} in {Printable.Of(label.TenantId)}, {label.Start:yyyy-MM-dd HH:mm:ss} ({Printable.Of(run.Name)})";

    private static double Recall(IReadOnlyList<MatchReport> reports) => (double)reports.Sum(m => m.Attacks.Sum(a => a.Found)) / Math.Max(1, reports.Sum(m => m.Attacks.Sum(a => a.Played)));

    private static double MedianSeconds(IReadOnlyList<MatchReport> reports)
    {
        var medians = reports.SelectMany(m => m.Attacks).Where(a => a.MedianTimeToDetect is not null).Select(a => a.MedianTimeToDetect!.Value.TotalSeconds).Order().ToArray();
        return medians.Length == 0 ? double.NaN : medians[medians.Length / 2];
    }

    private static IEnumerable<Alert> Medium(MatchReport report) => report.FalseAlerts.Where(a => a.Severity >= Severity.Medium);

    private static IEnumerable<int> Weeks(IReadOnlyList<DriftRun> runs) =>
        Enumerable.Range(0, 1 + runs.Max(r => r.Alone.FalseAlerts.Concat(r.Retrained.FalseAlerts).Select(a => WeekOf(r, a)).DefaultIfEmpty(0).Max()));

    private static int InWeek(IReadOnlyList<DriftRun> runs, IReadOnlyList<MatchReport> reports, int week) =>
        runs.Zip(reports).Sum(pair => Medium(pair.Second).Count(a => WeekOf(pair.First, a) == week));

    private static int WeekOf(DriftRun run, Alert alert) => (int)((alert.DetectedAt - run.From).TotalDays / 7);

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
