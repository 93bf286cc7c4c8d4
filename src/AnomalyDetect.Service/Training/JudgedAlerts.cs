using System.Globalization;
using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Service.CommandLine;
using AnomalyDetect.Service.Http;

namespace AnomalyDetect.Service.Training;

/// <summary>Alerts that analysts have judged, page by page.</summary>
internal static class JudgedAlerts
{
    private const int Page = 1000;

    /// <summary>Alerts of one verdict read at most; beyond them the oldest are left aside.</summary>
    public const int Most = 100_000;

    /// <summary>Newest first, as the API gives them.</summary>
    /// <param name="since">Detected then or later; null: all.</param>
    public static async Task<IReadOnlyList<JsonElement>> ReadAsync(IOperations operations, Verdict verdict, DateTime? since)
    {
        var found = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        string? until = null;
        while (found.Count < Most)
        {
            var page = await operations.AlertsAsync(new AlertFilter(null, since?.ToString("O", CultureInfo.InvariantCulture), null, Names.Of(verdict), Page, until));
            var before = found.Count;
            foreach (var alert in page) found.TryAdd(alert.GetProperty("id").GetString()!, alert);
            // The page that follows begins with the alerts of the last one's moment again.
            if (page.Count < Page || found.Count == before) break;
            until = page[^1].GetProperty("detected_at").GetString();
        }

        return [.. found.Values];
    }
}
