using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using AnomalyDetect.Core;

namespace AnomalyDetect.Service.Http.OpenApi;

/// <summary>What requests and answers hold, for <see cref="Operation"/>.</summary>
internal static class Bodies
{
    /// <summary>As NDJSON: one event a line.</summary>
    public static BodySchema Events { get; } = new(null, () => JsonNode.Parse("""
        { "type": "string", "description": "Native events, one JSON object a line, or one JSON array of them as application/json; plain or gzip. See TelemetryEvent." }
        """)!, "application/x-ndjson");

    public static BodySchema Decision { get; } = new("DecisionEntry", () => With(
        Inline(CoreJson.Default.Decision, "DecisionEntry"), """
        {
          "seq": { "type": "integer" },
          "state": { "type": "string" },
          "in_force_since": { "type": "string", "format": "date-time" },
          "enforced": { "$ref": "#/components/schemas/EnforcementTally" },
          "would_have": { "$ref": "#/components/schemas/EnforcementTally" }
        }
        """, "seq", "state"));

    public static BodySchema Feed { get; } = new("DecisionFeed", () => Object("""
        { "decisions": { "type": "array", "items": { "$ref": "#/components/schemas/DecisionEntry" } }, "next": { "type": "integer" }, "head": { "type": "integer" } }
        """, "decisions", "next", "head"));

    /// <summary>At its latest revision, with what people made of it.</summary>
    public static BodySchema Alert { get; } = new("Alert", () => With(Inline(CoreJson.Default.Alert, "Alert"), Worked));

    public static BodySchema AlertList { get; } = new("AlertList", () => Object("""
        { "alerts": { "type": "array", "items": { "$ref": "#/components/schemas/Alert" } }, "next": { "type": "string" } }
        """, "alerts"));

    public static BodySchema AlertDossier { get; } = new("AlertDossier", () => With(
        With(Inline(CoreJson.Default.Alert, "AlertDossier"), Worked), """
        {
          "verdicts": { "type": "array", "items": { "$ref": "#/components/schemas/AlertVerdict" } },
          "resolutions": { "type": "array", "items": { "$ref": "#/components/schemas/ManualResolution" } },
          "decisions": { "type": "array", "items": { "$ref": "#/components/schemas/DecisionEntry" } },
          "deliveries": { "type": "array", "items": { "$ref": "#/components/schemas/DeliveryRow" } },
          "timeline": { "type": "array", "items": { "$ref": "#/components/schemas/AlertStep" } }
        }
        """, "verdicts", "resolutions", "decisions", "deliveries", "timeline"));

    public static BodySchema Stream { get; } = new(null, () => JsonNode.Parse("""
        { "type": "string", "description": "Events alert (data: an alert's revision as recorded), resolution (data: a resolution by hand) and, last, cut_off. Go on behind an id with Last-Event-ID." }
        """)!, "text/event-stream");

    public static BodySchema Description { get; } = new(null, () => JsonNode.Parse("""{ "type": "object" }""")!);

    public static BodySchema Metrics { get; } = new(null, () => JsonNode.Parse("""{ "type": "string" }""")!, "text/plain");

    /// <summary>Every error: RFC 9457.</summary>
    public static BodySchema Problem { get; } = Of(ApiJson.Default.Problem) with { MediaType = Http.Problem.MediaType };

    /// <summary>Names the lines, where it is about lines.</summary>
    public static BodySchema IngestProblem { get; } = Of(ApiJson.Default.IngestProblem, "type", "title", "status", "code", "detail") with { MediaType = Http.Problem.MediaType };

    /// <summary>Parts of other bodies that stand among the components.</summary>
    public static IReadOnlyList<BodySchema> Parts { get; } =
        [Alert, Decision, Problem, Of(CoreJson.Default.AlertVerdict), Of(CoreJson.Default.AlertAcknowledgement), Of(CoreJson.Default.ManualResolution), Of(CoreJson.Default.TriageJudgement), Of(ApiJson.Default.EnforcementTally), Of(ApiJson.Default.DeliveryRow), Of(ApiJson.Default.AlertStep)];

    private const string Worked = """
        {
          "acknowledged": { "$ref": "#/components/schemas/AlertAcknowledgement" },
          "verdict": { "$ref": "#/components/schemas/AlertVerdict" },
          "resolved_by_hand": { "$ref": "#/components/schemas/ManualResolution" },
          "triage": { "$ref": "#/components/schemas/TriageJudgement" }
        }
        """;

    /// <param name="required">Members a request must have.</param>
    public static BodySchema Of(JsonTypeInfo type, params string[] required) => new(type.Type.Name, () => SchemaExport.Of(type, type.Type.Name, required));

    private static JsonObject Inline(JsonTypeInfo type, string name) => SchemaExport.Of(type, name, []).AsObject();

    private static JsonObject With(JsonObject schema, string members, params string[] required)
    {
        var properties = schema["properties"]!.AsObject();
        foreach (var (name, member) in JsonNode.Parse(members)!.AsObject().ToList()) properties[name] = member!.DeepClone();
        schema["required"] = new JsonArray([.. (schema["required"] as JsonArray ?? []).Select(r => r!.DeepClone()), .. required.Select(r => (JsonNode)r)]);
        return schema;
    }

    private static JsonObject Object(string members, params string[] required) => new()
    {
        ["type"] = "object", ["properties"] = JsonNode.Parse(members), ["required"] = new JsonArray([.. required.Select(r => (JsonNode)r)]),
    };
}
