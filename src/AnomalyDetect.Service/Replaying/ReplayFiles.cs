using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Streaming.Replay;

namespace AnomalyDetect.Service.Replaying;

/// <summary>
/// The files a replay leaves: <c>alerts.ndjson</c>, <c>decisions.ndjson</c>, <c>notifications.ndjson</c>, <c>rejections.ndjson</c> (the first of them),
/// <c>summary.json</c> and <c>timing.json</c>. All but the last are the same bytes for the same input.
/// </summary>
public static class ReplayFiles
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="directory">Must exist; files of these names are replaced.</param>
    public static void Write(string directory, ReplaySummary summary, TimeSpan took)
    {
        WriteLines(Path.Combine(directory, "alerts.ndjson"), summary.Alerts, () => WrittenJson.Default.Alert);
        WriteLines(Path.Combine(directory, "decisions.ndjson"), summary.Decisions, () => WrittenJson.Default.Decision);
        WriteLines(Path.Combine(directory, "notifications.ndjson"), summary.Notifications, () => WrittenJson.Default.Notification);
        WriteRejections(Path.Combine(directory, "rejections.ndjson"), summary.Rejections);
        WriteObject(Path.Combine(directory, "summary.json"), json => WriteSummary(json, summary));
        WriteObject(Path.Combine(directory, "timing.json"), json =>
        {
            json.WriteNumber("seconds", Math.Round(took.TotalSeconds, 3));
            json.WriteNumber("events_per_second", Math.Round(summary.Counters.Events / Math.Max(took.TotalSeconds, 1e-6)));
        });
    }

    private static void WriteSummary(Utf8JsonWriter json, ReplaySummary summary)
    {
        json.WriteNumber("events", summary.Counters.Events);
        json.WriteNumber("rejected", summary.Rejected);
        json.WriteNumber("duplicates", summary.Counters.Duplicates);
        json.WriteNumber("late", summary.Counters.Late);
        json.WriteNumber("skewed", summary.Counters.Skewed);
        json.WriteNumber("clock_faults", summary.ClockFaults.Count);
        json.WriteNumber("memory_shortages", summary.MemoryShortages.Count);
        json.WriteNumber("ignored", summary.Counters.Ignored);
        json.WriteNumber("unreported", summary.Counters.Unreported);
        json.WriteNumber("grouped", summary.Counters.Grouped);
        json.WriteNumber("excepted", summary.Counters.Excepted);
        json.WriteNumber("alerts", summary.Alerts.Count);
        json.WriteNumber("alerts_open", summary.Alerts.Count(a => a.State == AlertState.Open));
        json.WriteNumber("decisions", summary.Decisions.Count);
        json.WriteNumber("notifications", summary.Notifications.Count);
        json.WriteStartObject("alerts_by_signal");
        foreach (var signal in summary.Alerts.GroupBy(a => a.Signal).OrderBy(g => g.Key)) json.WriteNumber(Names.Of(signal.Key), signal.Count());
        json.WriteEndObject();
        json.WriteStartObject("alerts_by_severity");
        foreach (var severity in summary.Alerts.GroupBy(a => a.Severity).OrderBy(g => g.Key)) json.WriteNumber(Names.Of(severity.Key), severity.Count());
        json.WriteEndObject();
        json.WriteStartObject("rejected_by_reason");
        foreach (var (reason, count) in summary.RejectedByReason) json.WriteNumber(reason, count);
        json.WriteEndObject();
        json.WriteNumber("rejections_listed", summary.Rejections.Count);
        json.WriteNumber("tenants", summary.Tenants);
        json.WriteNumber("tenant_days", Math.Round(summary.TenantTime.TotalDays, 3));
        json.WriteNumber("state_bytes", summary.StateBytes);
    }

    /// <param name="known">Asked only when there is a row, for knowing how a type is written is what costs.</param>
    private static void WriteLines<T>(string path, IReadOnlyList<T> rows, Func<JsonTypeInfo<T>> known)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16);
        if (rows.Count == 0) return;
        var type = known();
        foreach (var row in rows)
        {
            file.Write(JsonSerializer.SerializeToUtf8Bytes(row, type));
            file.WriteByte((byte)'\n');
        }
    }

    private static void WriteRejections(string path, IReadOnlyList<Rejection> rejections)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16);
        foreach (var rejection in rejections)
        {
            using (var json = new Utf8JsonWriter(file))
            {
                json.WriteStartObject();
                json.WriteNumber("file", rejection.Position.Partition);
                json.WriteNumber("offset", rejection.Position.Offset);
                json.WriteNumber("index", rejection.Position.Index);
                json.WriteString("reason", rejection.Reason);
                json.WriteString("detail", rejection.Detail);
                json.WriteBase64String("sample", rejection.Sample.Span);
                json.WriteEndObject();
            }

            file.WriteByte((byte)'\n');
        }
    }

    private static void WriteObject(string path, Action<Utf8JsonWriter> write)
    {
        using var file = File.Create(path);
        using (var json = new Utf8JsonWriter(file, Indented))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        file.WriteByte((byte)'\n');
    }
}
