using AnomalyDetect.Core;
using AnomalyDetect.Streaming.Replay;

namespace AnomalyDetect.Service.Replaying;

/// <summary>What a person wants to know after a replay, in a few lines.</summary>
internal static class ReplayReport
{
    private const int ClockFaultsShown = 5;
    private const int ShortagesShown = 5;

    public static IEnumerable<string> Of(ReplaySummary summary, TimeSpan took, string directory, int shown)
    {
        var c = summary.Counters;
        yield return $"{c.Events:N0} events in {took.TotalSeconds:N1} s ({c.Events / Math.Max(took.TotalSeconds, 1e-6):N0} a second)";
        var odd = new[] { (summary.Rejected, "rejected"), (c.Duplicates, "duplicates"), (c.Late, "late"), (c.Skewed, "ahead of their time"), (c.Ignored, "left out") }
            .Where(p => p.Item1 > 0).Select(p => $"{p.Item1:N0} {p.Item2}").ToList();
        if (odd.Count > 0) yield return "  " + string.Join(", ", odd);
        foreach (var fault in summary.ClockFaults.Take(ClockFaultsShown)) yield return "  " + Printable.Of(fault.Explanation);
        if (summary.ClockFaults.Count > ClockFaultsShown) yield return $"  … and {summary.ClockFaults.Count - ClockFaultsShown:N0} more such tenants and hours";
        foreach (var shortage in summary.MemoryShortages.Take(ShortagesShown)) yield return "  " + Printable.Of(shortage.Explanation);
        if (summary.MemoryShortages.Count > ShortagesShown) yield return $"  … and in {summary.MemoryShortages.Count - ShortagesShown:N0} more hours and lanes";
        yield return $"{summary.Alerts.Count:N0} alerts, {summary.Decisions.Count:N0} decisions{(summary.Decisions.Any(d => !d.Simulated) ? "" : " (dry run)")}, {summary.Notifications.Count:N0} notifications";
        foreach (var signal in summary.Alerts.GroupBy(a => a.Signal).OrderBy(g => g.Key)) yield return $"  {signal.Count(),6:N0}  {Names.Of(signal.Key)}";
        foreach (var alert in summary.Alerts.OrderByDescending(a => a.Severity).ThenByDescending(a => a.Score).ThenBy(a => a.DetectedAt).Take(shown))
            yield return $"  {alert.DetectedAt:yyyy-MM-dd HH:mm:ss} {Names.Of(alert.Severity),-8} {Printable.Of(alert.Explanation)}";
        if (summary.Alerts.Count > shown) yield return $"  … and {summary.Alerts.Count - shown:N0} more";
        if (summary.Rejected > summary.Rejections.Count)
            yield return $"rejections.ndjson lists the first {summary.Rejections.Count:N0} of {summary.Rejected:N0} rejected records";
        yield return $"All of it in {Printable.Of(Path.GetFullPath(directory))}";
    }
}
