using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace AnomalyDetect.Service.Http.OpenApi;

/// <summary>What a request or answer holds.</summary>
/// <param name="Name">Of the schema among the document's components; null: it stands where it is used.</param>
/// <param name="Schema">JSON Schema 2020-12; made when the document is asked for.</param>
internal sealed record BodySchema(string? Name, Func<JsonNode> Schema, string MediaType = "application/json");

/// <summary>Schemas of the API's bodies, made from the same type information that reads and writes them.</summary>
internal static class SchemaExport
{
    private static readonly JsonSchemaExporterOptions Options = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Adjust };

    /// <param name="required">Members a request must have; empty: those that are always written.</param>
    public static JsonNode Of(JsonTypeInfo type, string name, IReadOnlyList<string> required)
    {
        var schema = type.Options.GetJsonSchemaAsNode(type.Type, Options);
        // Nothing stays null: what has no value is left out.
        if (required.Count > 0) schema["required"] = new JsonArray([.. required.Select(r => (JsonNode)r)]);
        Rebase(schema, $"#/components/schemas/{name}");
        return schema;
    }

    private static JsonNode Adjust(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (schema is not JsonObject o) return schema;
        if (context.TypeInfo.Kind == JsonTypeInfoKind.Object && o["properties"] is JsonObject properties)
        {
            var written = context.TypeInfo.Properties.Where(p => p.Get is not null).Where(p => !TakesNull(properties[p.Name])).Select(p => (JsonNode)p.Name).ToArray();
            o.Remove("required");
            if (written.Length > 0) o["required"] = new JsonArray(written);
        }

        return o;
    }

    private static bool TakesNull(JsonNode? schema) => schema is not JsonObject o || (o["type"] is JsonArray types && types.Any(t => (string?)t == "null"))
        || (o["enum"] is JsonArray words && words.Any(w => w is null));

    /// <summary>References are made relative to the schema itself, and stand in a document.</summary>
    private static void Rebase(JsonNode? node, string root)
    {
        switch (node)
        {
            case JsonObject o:
                if (o["$ref"] is JsonValue reference && (string?)reference is { } text && text.StartsWith('#')) o["$ref"] = root + text[1..];
                foreach (var (_, child) in o) Rebase(child, root);
                break;
            case JsonArray a:
                foreach (var child in a) Rebase(child, root);
                break;
        }
    }
}
