using System.Buffers;
using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Response.Routing;

/// <summary>
/// The webhook's body for a decision that waits: <c>{"type":"decision.held","timestamp","data":{decision…,"why","requested_by","waits_until","waiting","answer","audiences"}}</c>. It is far below
/// the 20 kB of Standard Webhooks, for nothing in a decision is longer than an event's strings.
/// </summary>
internal static class HeldBody
{
    public const string Type = "decision.held";

    public static byte[] Write(HeldDecision held, IEnumerable<Audience> audiences, int waiting)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        using (var members = JsonSerializer.SerializeToDocument(held.Decision, CoreJson.Default.Decision))
        {
            json.WriteStartObject();
            json.WriteString("type", Type);
            json.WriteString("timestamp", held.Decision.CreatedAt);
            json.WriteStartObject("data");
            foreach (var member in members.RootElement.EnumerateObject()) member.WriteTo(json);
            json.WriteString("why", held.Reason);
            if (held.RequestedBy is { } person) json.WriteString("requested_by", person);
            json.WriteString("waits_until", held.Until);
            json.WriteNumber("waiting", waiting);
            json.WriteStartObject("answer");
            foreach (var word in new[] { "approve", "refuse" })
            {
                json.WriteStartObject(word);
                json.WriteString("post", $"/v1/decisions/{held.Decision.Id}/{word}");
                json.WriteString("body", """{"reason":"…"}""");
                json.WriteString("command", $"anomalydetect decisions {word} {held.Decision.Id} --reason …");
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteStartArray("audiences");
            foreach (var audience in audiences.Distinct().Order()) json.WriteStringValue(Names.Of(audience));
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
