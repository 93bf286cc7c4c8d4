using System.Buffers;
using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;

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

    internal static void Write(Utf8JsonWriter json, DecisionEntry entry)
    {
        json.WriteStartObject();
        json.WriteNumber("seq", entry.Sequence);
        json.WriteString("state", Names.Of(entry.State));
        using var decision = JsonSerializer.SerializeToDocument(entry.Decision, CoreJson.Default.Decision);
        foreach (var member in decision.RootElement.EnumerateObject()) member.WriteTo(json);
        if (entry.Enforced is { } tally)
        {
            json.WriteStartObject(entry.Decision.Simulated ? "would_have" : "enforced");
            json.WriteString("first_at", tally.FirstAt);
            json.WriteString("last_at", tally.LastAt);
            json.WriteNumber("count", tally.Count);
            json.WriteEndObject();
        }

        json.WriteEndObject();
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
