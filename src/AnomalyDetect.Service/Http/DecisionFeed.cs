using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Service.Http;

/// <summary>A page of the feed as JSON.</summary>
/// <param name="Next">What to ask for after this page.</param>
/// <param name="Head">The newest sequence there is, of whatever tenant.</param>
internal sealed record DecisionFeed(IReadOnlyList<DecisionEntry> Entries, long Next, long Head) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => DecisionRow.AnswerAsync(httpContext, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("decisions");
        foreach (var entry in Entries) DecisionRow.Write(json, entry);
        json.WriteEndArray();
        json.WriteNumber("next", Next);
        json.WriteNumber("head", Head);
        json.WriteEndObject();
    });
}

/// <summary>
/// One entry of the feed as JSON: <c>seq</c>, <c>state</c>, the decision as recorded, and <c>enforced</c> where enforcers reported of it
/// (<c>{first_at, last_at, count}</c>; of a dry run <c>would_have</c>).
/// </summary>
internal sealed record DecisionRow(DecisionEntry Entry) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => AnswerAsync(httpContext, json => Write(json, Entry));

    /// <summary>The decision's own bytes go in as they are: a copy of a hundred thousand is asked for at every start of an enforcer.</summary>
    internal static void Write(Utf8JsonWriter json, DecisionEntry entry) => json.WriteRawValue(Json(entry).Span, skipInputValidation: true);

    internal static ReadOnlyMemory<byte> Json(DecisionEntry entry)
    {
        var row = new ArrayBufferWriter<byte>(512);
        row.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"seq\":{entry.Sequence},\"state\":\"{Names.Of(entry.State)}\",")));
        row.Write(JsonSerializer.SerializeToUtf8Bytes(entry.Decision, CoreJson.Default.Decision).AsSpan()[1..^1]);
        if (entry.Enforced is { } tally)
        {
            row.Write(entry.Decision.Simulated ? ",\"would_have\":"u8 : ",\"enforced\":"u8);
            row.Write(JsonSerializer.SerializeToUtf8Bytes(tally, ApiJson.Default.EnforcementTally));
        }

        row.Write("}"u8);
        return row.WrittenMemory;
    }

    internal static async Task AnswerAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        await using (var json = new Utf8JsonWriter(buffer)) write(json);
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
    }
}
