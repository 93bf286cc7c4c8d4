using System.Globalization;
using System.Text.Json;

namespace AnomalyDetect.Service.Evaluating;

/// <summary>Where reports go: <c>report.md</c>, <c>report.json</c> and plots in a folder each, the newest of which are kept.</summary>
internal static class GateFiles
{
    private const int Kept = 30;

    /// <param name="directory">Where they go; null: a folder of their own, named by the time, in <paramref name="parent"/>.</param>
    /// <returns>The folder.</returns>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public static string Write(GateReport report, string? directory, string parent, DateTime now)
    {
        var own = directory ?? Path.Combine(parent, now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture));
        Directory.CreateDirectory(own);
        File.WriteAllBytes(Path.Combine(own, "report.json"), JsonSerializer.SerializeToUtf8Bytes(report, GateJson.Default.GateReport));
        File.WriteAllText(Path.Combine(own, "report.md"), GateMarkdown.Of(report, GatePlots.Write(report, own)));
        if (directory is null)
            foreach (var old in Directory.GetDirectories(parent, "????????T??????Z").Order(StringComparer.Ordinal).SkipLast(Kept)) Directory.Delete(old, recursive: true);
        return own;
    }
}
