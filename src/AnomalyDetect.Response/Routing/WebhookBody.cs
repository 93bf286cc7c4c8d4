using System.Buffers;
using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Core.Triage;

namespace AnomalyDetect.Response.Routing;

/// <summary>
/// The webhook's body: <c>{"type","timestamp","data":{alert…,"audiences":[…],"triage":{…}}}</c>, below 20 kB as Standard Webhooks asks. What had to go to keep it there is
/// named in <c>data.trimmed</c>; the whole alert is at the API.
/// </summary>
internal static class WebhookBody
{
    public const int Limit = 20_000;

    /// <summary>The type of a message to whoever is told because nobody acknowledged the alert in time.</summary>
    public const string Escalated = "alert.escalated";

    /// <summary>What can go, the least telling first.</summary>
    private static readonly (string Name, Func<Alert, Alert> Trim)[] Trims =
    [
        ("evidence", a => a with { Evidence = [.. a.Evidence.Take(1), .. a.Evidence.Skip(1).TakeLast(4)] }),
        ("event_ids", a => a with { EventIds = [.. a.EventIds.Take(5)] }),
        ("related_alert_ids", a => a with { RelatedAlertIds = [.. a.RelatedAlertIds.Take(10)] }),
        ("evidence", a => a with { Evidence = [.. a.Evidence.Take(1)] }),
        ("event_ids", a => a with { EventIds = [] }),
        ("drivers", a => a with { Drivers = [.. a.Drivers.Take(3)] }),
        ("evidence", a => a with { Evidence = [] }),
        ("drivers", a => a with { Drivers = [] }),
        ("techniques", a => a with { Techniques = [] }),
        ("related_alert_ids", a => a with { RelatedAlertIds = [] }),
        ("explanation", a => a with { Explanation = a.Explanation[..Math.Min(a.Explanation.Length, 500)] }),
        ("session_id", a => a with { SessionId = null }),
        ("partner_id", a => a with { PartnerId = null }),
        ("principal_id", a => a with { PrincipalId = null }),
    ];

    /// <param name="triage">Null: there is none.</param>
    /// <param name="type">Null: <c>alert.opened</c> or <c>alert.revised</c>, by the revision.</param>
    public static byte[] Write(Alert alert, DateTime timestamp, IEnumerable<Audience> audiences, TriageJudgement? triage = null, string? type = null)
    {
        type ??= alert.Revision == 1 ? "alert.opened" : "alert.revised";
        var told = audiences.Distinct().Order().ToArray();
        var trimmed = new SortedSet<string>(StringComparer.Ordinal);
        var body = Write(alert, timestamp, told, triage, type, trimmed);
        foreach (var (name, trim) in Trims)
        {
            if (body.Length < Limit) break;
            alert = trim(alert);
            trimmed.Add(name);
            body = Write(alert, timestamp, told, triage, type, trimmed);
        }

        return body;
    }

    private static byte[] Write(Alert alert, DateTime timestamp, Audience[] audiences, TriageJudgement? triage, string type, SortedSet<string> trimmed)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer))
        using (var members = JsonSerializer.SerializeToDocument(alert, CoreJson.Default.Alert))
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteString("timestamp", timestamp);
            json.WriteStartObject("data");
            foreach (var member in members.RootElement.EnumerateObject()) member.WriteTo(json);
            WriteWords(json, "audiences", audiences.Select(a => Names.Of(a)));
            if (triage is not null)
            {
                json.WritePropertyName("triage");
                JsonSerializer.Serialize(json, triage, CoreJson.Default.TriageJudgement);
            }

            if (trimmed.Count > 0) WriteWords(json, "trimmed", trimmed);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteWords(Utf8JsonWriter json, string name, IEnumerable<string> words)
    {
        json.WriteStartArray(name);
        foreach (var word in words) json.WriteStringValue(word);
        json.WriteEndArray();
    }
}
