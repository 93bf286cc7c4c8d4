using System.Globalization;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Simulation;

namespace AnomalyDetect.Service.Evaluating;

/// <summary>Several judged runs as one table: recall and time to detect by attack, false alerts by signal, harm to look-alikes.</summary>
internal static class EvaluationReport
{
    public static IEnumerable<string> Of(IReadOnlyList<EvaluatedRun> runs)
    {
        var days = runs.Sum(r => r.TenantDays);
        yield return string.Create(CultureInfo.InvariantCulture, $"{runs.Sum(r => r.Events):N0} events of {days:N1} tenant-days in {runs.Count} {(runs.Count == 1 ? "run" : "runs")}");
        yield return "";
        yield return $"{"attack",-36} {"played",6} {"found",6} {"medium+",8}   {"median time to detect",-24}after its threshold";
        foreach (var kind in runs.SelectMany(r => r.Report.Attacks).GroupBy(a => a.Kind).OrderBy(g => g.Key))
        {
            yield return $"{Names.Of(kind.Key),-36} {kind.Sum(k => k.Played),6} {kind.Sum(k => k.Found),6} {kind.Sum(k => k.FoundAtMedium),8}   "
                + $"{Median(kind.Select(k => k.MedianTimeToDetect)),-24}{Median(kind.Select(k => k.MedianAfterMet))}";
        }

        var (played, found) = (runs.Sum(r => r.Report.Attacks.Sum(a => a.Played)), runs.Sum(r => r.Report.Attacks.Sum(a => a.Found)));
        yield return string.Create(CultureInfo.InvariantCulture, $"{"all attacks",-36} {played,6} {found,6} {runs.Sum(r => r.Report.Attacks.Sum(a => a.FoundAtMedium)),8}   {(played == 0 ? 1 : (double)found / played):P1}");
        foreach (var run in runs)
            foreach (var missed in run.Report.Missed) yield return $"  missed: {Names.Of(missed.Kind)} in {Printable.Of(missed.TenantId)}, {missed.Start:yyyy-MM-dd HH:mm:ss} ({Printable.Of(run.Name)})";

        yield return "";
        yield return $"{"false alerts by signal",-36} {"all",6} {"medium+",8}";
        foreach (var signal in runs.SelectMany(r => r.Report.FalseAlerts).GroupBy(a => a.Signal).OrderBy(g => g.Key))
            yield return $"{Names.Of(signal.Key),-36} {signal.Count(),6} {signal.Count(a => a.Severity >= Severity.Medium),8}";
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{"a tenant-day",-36} {runs.Sum(r => r.Report.FalseAlerts.Count) / days,6:0.000} {runs.Sum(r => r.FalseAlerts(Severity.Medium).Count()) / days,8:0.000}");

        yield return "";
        var lookAlikes = runs.Sum(r => r.Labels.Count(l => !l.IsAttack));
        yield return $"look-alikes: {lookAlikes} played, {runs.Sum(r => r.Report.Hurt.Count)} enforced against";
        foreach (var run in runs)
            foreach (var hurt in run.Report.Hurt) yield return $"  enforced against: {Names.Of(hurt.Kind)} in {Printable.Of(hurt.TenantId)}, {hurt.Start:yyyy-MM-dd HH:mm:ss} ({Printable.Of(run.Name)})";
    }

    /// <summary>The median of runs' medians: each run is one draw of the traffic.</summary>
    private static string Median(IEnumerable<TimeSpan?> ofRuns) => ofRuns.OfType<TimeSpan>().Order().ToArray() is { Length: > 0 } times ? Span(times[times.Length / 2]) : "–";

    private static string Span(TimeSpan span) => span < TimeSpan.FromMinutes(2)
        ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0.0} min");
}
