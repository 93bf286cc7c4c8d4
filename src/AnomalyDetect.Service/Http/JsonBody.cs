using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AnomalyDetect.Core;

namespace AnomalyDetect.Service.Http;

/// <summary>JSON requests to the operators' endpoints: at most 64 KiB unless told otherwise, no unknown members.</summary>
internal static class JsonBody
{
    internal const int Small = 64 << 10;

    public static async Task<(T? Value, IResult? Problem)> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, int most = Small)
        where T : class
    {
        if (!context.Request.HasJsonContentType())
            return (null, Problem.Result(415, "content_type_not_supported", "Send JSON with Content-Type application/json."));
        try
        {
            if (context.Request.ContentLength > most) return (null, TooLarge(most));
            var buffer = new byte[(context.Request.ContentLength ?? most) + 1];
            var length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, context.RequestAborted);
            if (length > most) return (null, TooLarge(most));
            return JsonSerializer.Deserialize(buffer.AsSpan(0, length), type) is { } value
                ? (value, null)
                : (null, Problem.Result(400, "bad_json", "Send a JSON object."));
        }
        catch (JsonException e)
        {
            return (null, Problem.Result(400, "bad_json", $"The JSON could not be used at {Printable.Of(e.Path ?? "$", 100)}; check names and values."));
        }
        catch (BadHttpRequestException e)
        {
            return (null, Problem.Result(e.StatusCode, "bad_request", "The request could not be read; check its length and framing."));
        }
    }

    private static IResult TooLarge(int most) => Problem.Result(413, "body_too_large", $"The body is larger than {most} bytes.");
}
