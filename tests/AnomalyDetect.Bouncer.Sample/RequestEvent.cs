using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace AnomalyDetect.Bouncer.Sample;

/// <summary>One request and its answer as a line of AnomalyDetect's native format.</summary>
internal static class RequestEvent
{
    /// <summary>From the act, where it says so.</summary>
    private static readonly string[] Told = ["device_id", "country", "delegation_id", "scope", "tenant_context_id"];

    /// <param name="at">UTC, when the request came.</param>
    /// <param name="took">Until it was answered.</param>
    public static byte[] Write(HttpContext context, DateTimeOffset at, TimeSpan took)
    {
        var (act, refusal) = (SampleAct.Of(context.Request), context.Features.Get<Refusal>());
        var token = SampleAuthentication.TokenOf(context.Request);
        var fault = token?.GetValueOrDefault("fault");
        var (place, resource) = PlaceOf(context.Request.Path);
        // Whose principal acts is proved by its token; a token that proves nothing knocks at the door in the path.
        var tenant = fault is null ? token?.GetValueOrDefault("tenant_id") ?? place : place;
        var type = act["type"] ?? (fault is null ? "api_call" : "token_validation");
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("id", Guid.NewGuid().ToString("N"));
            json.WriteString("time", at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            json.WriteString("tenant_id", tenant);
            json.WriteString("type", type);
            json.WriteString("outcome", refusal is not null ? "denied" : act["outcome"] ?? OutcomeOf(context.Response.StatusCode, fault));
            Text("reason", refusal is not null ? null : act["reason"] ?? fault ?? (context.Response.StatusCode == StatusCodes.Status403Forbidden ? "policy" : null));
            // So that what was refused is no evidence for refusing more.
            Text("decision_id", refusal?.DecisionId);
            Text("principal_id", token?.GetValueOrDefault("sub"));
            Text("session_id", token?.GetValueOrDefault("sid"));
            Text("token_id", token?.GetValueOrDefault("jti"));
            Text("partner_id", token?.GetValueOrDefault("client_id"));
            Text("source_ip", context.Connection.RemoteIpAddress?.ToString());
            Text("user_agent", context.Request.Headers.UserAgent);
            Text("target_tenant_id", act["target_tenant_id"] ?? (place == tenant ? null : place));
            foreach (var name in Told) Text(name, act[name]);
            foreach (var name in new[] { "asn", "count" })
                if (act.Number(name) is { } number) json.WriteNumber(name, number);
            if (type == "api_call")
            {
                Text("resource", resource);
                Text("method", context.Request.Method);
                json.WriteNumber("status", context.Response.StatusCode);
                json.WriteNumber("duration_ms", act.Number("duration_ms") ?? (long)took.TotalMilliseconds);
                json.WriteNumber("bytes", act.Number("bytes") ?? context.Response.ContentLength ?? 0);
            }

            json.WriteEndObject();

            void Text(string name, string? value)
            {
                if (!string.IsNullOrEmpty(value)) json.WriteString(name, value);
            }
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static string OutcomeOf(int status, string? fault) => fault is not null ? "failure" : status switch
    {
        < 400 => "success",
        StatusCodes.Status403Forbidden => "denied",
        _ => "failure",
    };

    /// <summary><c>/acme/orders</c> is the resource <c>/orders</c> of acme.</summary>
    private static (string Tenant, string Resource) PlaceOf(PathString path)
    {
        var parts = (path.Value ?? "").Split('/', 3);
        return (parts.ElementAtOrDefault(1) is { Length: > 0 } tenant ? tenant : "nobody", $"/{parts.ElementAtOrDefault(2)}");
    }
}
