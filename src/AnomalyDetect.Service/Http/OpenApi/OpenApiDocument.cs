using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AnomalyDetect.Core;

namespace AnomalyDetect.Service.Http.OpenApi;

/// <summary>OpenAPI 3.1 from endpoints and their <see cref="Operation"/>s.</summary>
internal static class OpenApiDocument
{
    public static JsonObject Of(IEnumerable<RouteEndpoint> endpoints)
    {
        var paths = new JsonObject();
        var schemas = new SortedDictionary<string, JsonNode>(StringComparer.Ordinal);
        foreach (var part in Bodies.Parts) Component(part, schemas);
        foreach (var group in endpoints.Select(e => (Endpoint: e, Path: PathOf(e), Method: MethodOf(e))).OrderBy(e => e.Path, StringComparer.Ordinal).GroupBy(e => e.Path))
        {
            var path = new JsonObject();
            foreach (var (endpoint, _, method) in group.OrderBy(e => e.Method, StringComparer.Ordinal))
                path[method.ToLowerInvariant()] = OperationOf(endpoint, method, group.Key, schemas);
            paths[group.Key] = path;
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "AnomalyDetect",
                ["version"] = "1",
                ["description"] = "Send telemetry, work alerts, follow and undo decisions. Every error is application/problem+json; its code is stable.",
                ["license"] = new JsonObject { ["name"] = "MIT", ["identifier"] = "MIT" },
            },
            ["security"] = new JsonArray(new JsonObject { ["key"] = new JsonArray() }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject { ["key"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "An API key, as 'keys add' prints it." } },
                ["schemas"] = new JsonObject(schemas.Select(s => KeyValuePair.Create<string, JsonNode?>(s.Key, s.Value))),
            },
        };
    }

    public static string PathOf(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.Trim('/');

    /// <summary>One method an endpoint; metrics names none.</summary>
    public static string MethodOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Single() ?? "GET";

    private static JsonObject OperationOf(RouteEndpoint endpoint, string method, string path, SortedDictionary<string, JsonNode> schemas)
    {
        var operation = endpoint.Metadata.GetRequiredMetadata<Operation>();
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(s => s != "v1").ToList();
        var described = new JsonObject
        {
            ["operationId"] = method.ToLowerInvariant() + string.Concat(segments.Select(s => "_" + s.Trim('{', '}').Replace(".", "_", StringComparison.Ordinal))),
            ["summary"] = operation.Summary,
            ["description"] = WhoMay(operation),
            ["tags"] = new JsonArray(segments[0]),
        };
        if (operation.Reach == Reach.Open) described["security"] = new JsonArray();
        if (Parameters(endpoint) is { Count: > 0 } parameters) described["parameters"] = parameters;
        if (operation.Takes is { } body)
            described["requestBody"] = new JsonObject { ["required"] = true, ["description"] = $"At most {operation.MostBytes} bytes.", ["content"] = Content(body, schemas) };
        described["responses"] = Responses(operation, schemas);
        return described;
    }

    private static string WhoMay(Operation operation) => operation.Reach switch
    {
        Reach.Open => "Needs no key.",
        Reach.Installation => $"Needs a key with role {Roles(operation)} that is bound to no tenant.",
        Reach.Shared => $"Needs a key with role {Roles(operation)}.",
        _ => $"Needs a key with role {Roles(operation)}; a key of some tenants sees and touches only these.",
    };

    private static string Roles(Operation operation) => string.Join(" or ", operation.AnyOf.Select(Names.Of));

    private static JsonArray Parameters(RouteEndpoint endpoint)
    {
        var parameters = new JsonArray();
        var inPath = endpoint.RoutePattern.Parameters.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in inPath) parameters.Add(new JsonObject { ["name"] = name, ["in"] = "path", ["required"] = true, ["schema"] = new JsonObject { ["type"] = "string" } });
        foreach (var parameter in endpoint.Metadata.GetMetadata<System.Reflection.MethodInfo>()?.GetParameters() ?? [])
        {
            if (parameter.ParameterType == typeof(HttpContext) || inPath.Contains(parameter.Name!)) continue;
            var name = parameter.GetCustomAttributes(inherit: false).OfType<Microsoft.AspNetCore.Http.Metadata.IFromQueryMetadata>().FirstOrDefault()?.Name ?? parameter.Name!;
            parameters.Add(new JsonObject { ["name"] = name, ["in"] = "query", ["required"] = !parameter.HasDefaultValue, ["schema"] = SchemaOf(parameter.ParameterType, parameter.DefaultValue) });
        }

        if (endpoint.Metadata.GetMetadata<Operation>()!.Gives is [(_, { MediaType: "text/event-stream" }), ..])
            parameters.Add(new JsonObject { ["name"] = "Last-Event-ID", ["in"] = "header", ["required"] = false, ["schema"] = new JsonObject { ["type"] = "integer" } });
        return parameters;
    }

    private static JsonObject SchemaOf(Type type, object? value)
    {
        var schema = new JsonObject { ["type"] = type == typeof(bool) ? "boolean" : type == typeof(string) ? "string" : "integer" };
        switch (value)
        {
            case bool flag: schema["default"] = flag; break;
            case int or long: schema["default"] = Convert.ToInt64(value, CultureInfo.InvariantCulture); break;
        }

        return schema;
    }

    private static JsonObject Responses(Operation operation, SortedDictionary<string, JsonNode> schemas)
    {
        var responses = new JsonObject();
        foreach (var (status, body) in operation.Gives)
        {
            var response = new JsonObject { ["description"] = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status) };
            if (body is not null) response["content"] = Content(body, schemas);
            responses[status.ToString(CultureInfo.InvariantCulture)] = response;
        }

        if (operation.Reach == Reach.Open) return responses;
        void Refused(int status, string why) => responses[status.ToString(CultureInfo.InvariantCulture)] = new JsonObject
        {
            ["description"] = why, ["content"] = Content(operation.Refuses.FirstOrDefault(r => r.Status == status).Body ?? Bodies.Problem, schemas),
        };

        if (operation.Takes is not null) Refused(400, "The body, or a parameter, cannot be used.");
        Refused(401, "No key, or none that is in force.");
        Refused(403, "The key lacks the role, or may not for this tenant.");
        if (operation.Takes is not null)
        {
            Refused(413, "The body is too large.");
            Refused(415, "The body is of another type.");
        }

        Refused(429, "Too many requests; Retry-After says when to come again.");
        responses["default"] = new JsonObject { ["description"] = "Any other error.", ["content"] = Content(Bodies.Problem, schemas) };
        return responses;
    }

    private static JsonObject Content(BodySchema body, SortedDictionary<string, JsonNode> schemas) =>
        new() { [body.MediaType] = new JsonObject { ["schema"] = body.Name is null ? body.Schema() : Component(body, schemas) } };

    private static JsonObject Component(BodySchema body, SortedDictionary<string, JsonNode> schemas)
    {
        schemas.TryAdd(body.Name!, body.Schema());
        return new JsonObject { ["$ref"] = $"#/components/schemas/{body.Name}" };
    }
}
