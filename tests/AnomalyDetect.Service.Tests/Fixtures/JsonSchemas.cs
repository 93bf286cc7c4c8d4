using System.Text.Json;
using System.Text.Json.Nodes;

namespace AnomalyDetect.Service.Tests.Fixtures;

/// <summary>As much of JSON Schema as the API's description uses, and stricter: what a schema does not describe must not be there. A keyword it does not know fails.</summary>
internal sealed class JsonSchemas(JsonObject document)
{
    private static readonly HashSet<string> Known = ["$ref", "type", "properties", "required", "items", "enum", "additionalProperties", "format", "description", "default", "pattern"];

    public JsonNode? Resolve(string reference) =>
        reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate((JsonNode?)document, (at, step) => at?[step]);

    /// <summary>Every keyword of the schema is known, all the way down.</summary>
    public void Check(JsonNode schema, string path)
    {
        if (schema is not JsonObject o) return; // true: anything
        foreach (var (keyword, _) in o) Assert.Contains(keyword, Known, $"{path}: keyword");
        foreach (var (name, property) in o["properties"]?.AsObject() ?? []) Check(property!, $"{path}.{name}");
        if (o["items"] is { } items) Check(items, $"{path}[]");
        if (o["additionalProperties"] is JsonObject others) Check(others, $"{path}.*");
    }

    public void Validate(JsonNode? json, JsonNode schema, string path)
    {
        if (schema is not JsonObject o) return;
        if ((string?)o["$ref"] is { } reference)
        {
            Validate(json, Resolve(reference) ?? throw new AssertFailedException($"{path}: {reference} leads nowhere"), path);
            return;
        }

        if (o["enum"] is JsonArray words) Assert.IsTrue(words.Any(w => JsonNode.DeepEquals(w, json)), $"{path}: {json?.ToJsonString() ?? "null"} is none of {words.ToJsonString()}");
        if (o["type"] is { } type)
        {
            var types = type is JsonArray many ? many.Select(t => (string)t!).ToList() : [(string)type!];
            Assert.IsTrue(types.Any(t => Is(json, t)), $"{path}: {json?.ToJsonString() ?? "null"} is no {string.Join(" or ", types)}");
        }

        if (json is JsonObject members) Members(members, o, path);
        if (json is JsonArray array && o["items"] is { } items)
            for (var i = 0; i < array.Count; i++) Validate(array[i], items, $"{path}[{i}]");
    }

    private void Members(JsonObject json, JsonObject schema, string path)
    {
        if (schema["properties"] is null && schema["additionalProperties"] is null) return;
        foreach (var (name, value) in json)
        {
            if (schema["properties"]?[name] is { } property) Validate(value, property, $"{path}.{name}");
            else if (schema["additionalProperties"] is JsonObject others) Validate(value, others, $"{path}.{name}");
            else Assert.Fail($"{path}: {name} is not described");
        }

        foreach (var required in schema["required"]?.AsArray() ?? []) Assert.IsTrue(json.ContainsKey((string)required!), $"{path}: {required} is missing");
    }

    private static bool Is(JsonNode? json, string type) => type switch
    {
        "null" => json is null,
        "object" => json is JsonObject,
        "array" => json is JsonArray,
        "string" => json?.GetValueKind() == JsonValueKind.String,
        "boolean" => json?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        "number" => json?.GetValueKind() == JsonValueKind.Number,
        "integer" => json?.GetValueKind() == JsonValueKind.Number && json.ToJsonString().All(c => char.IsAsciiDigit(c) || c == '-'),
        _ => throw new AssertFailedException($"unknown type {type}"),
    };
}
