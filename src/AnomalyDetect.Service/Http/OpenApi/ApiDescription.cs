using System.Text.Encodings.Web;
using System.Text.Json;

namespace AnomalyDetect.Service.Http.OpenApi;

/// <summary><c>GET /openapi.json</c>: OpenAPI 3.1, made from the running service's own endpoints when it is first asked for.</summary>
public sealed class ApiDescription
{
    private static readonly JsonWriterOptions Written = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };
    private byte[]? _document;

    public IResult Get(HttpContext context)
    {
        _document ??= Write(context.RequestServices.GetRequiredService<EndpointDataSource>());
        return Results.Bytes(_document, "application/json");
    }

    internal static byte[] Write(EndpointDataSource endpoints)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Written)) OpenApiDocument.Of(endpoints.Endpoints.OfType<RouteEndpoint>()).WriteTo(json);
        return buffer.ToArray();
    }
}
