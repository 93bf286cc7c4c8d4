using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Service.Http;

/// <summary>A page of the feed as JSON.</summary>
/// <param name="Next">What to ask for after this page.</param>
/// <param name="Head">The newest sequence there is, of whatever tenant.</param>
internal sealed record DecisionFeed(IReadOnlyList<DecisionFeedRow> Rows, long Next, long Head) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var json = new ArrayBufferWriter<byte>(1024 + (Rows.Count * 512));
        json.Write("{\"decisions\":["u8);
        for (var i = 0; i < Rows.Count; i++)
        {
            if (i > 0) json.Write(","u8);
            DecisionRow.Write(json, Rows[i]);
        }

        json.Write("],\"next\":"u8);
        DecisionRow.Write(json, Next);
        json.Write(",\"head\":"u8);
        DecisionRow.Write(json, Head);
        json.Write("}"u8);
        return DecisionRow.AnswerAsync(httpContext, json.WrittenMemory);
    }
}

/// <summary>
/// One entry of the feed as JSON: <c>seq</c>, <c>state</c>, the decision as recorded, <c>in_force_since</c> (up to when <c>revoke_token</c> voids), and <c>enforced</c> where
/// enforcers reported of it (<c>{first_at, last_at, count, ended}</c>; of a dry run <c>would_have</c>).
/// </summary>
internal sealed record DecisionRow(DecisionEntry Entry) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => AnswerAsync(httpContext, Json(Entry));

    internal static ReadOnlyMemory<byte> Json(DecisionEntry entry)
    {
        var json = new ArrayBufferWriter<byte>(512);
        Write(json, new DecisionFeedRow(entry.Sequence, entry.State, JsonSerializer.SerializeToUtf8Bytes(entry.Decision, WrittenJson.Default.Decision), entry.Enforced, entry.InForceSince));
        return json.WrittenMemory;
    }

    /// <summary>The decision's own bytes go in as they are: a copy of a hundred thousand is asked for at every start of an enforcer.</summary>
    internal static void Write(ArrayBufferWriter<byte> json, DecisionFeedRow row)
    {
        json.Write("{\"seq\":"u8);
        Write(json, row.Sequence);
        json.Write(",\"state\":\""u8);
        Encoding.UTF8.GetBytes(Names.Of(row.State), json);
        json.Write("\","u8);
        json.Write(row.Json.Span[1..^1]);
        if (row.InForceSince is { } since)
        {
            json.Write(",\"in_force_since\":\""u8);
            var written = Utf8Formatter.TryFormat(since, json.GetSpan(40), out var length, 'O') ? length : 0;
            json.Advance(written);
            json.Write("\""u8);
        }

        if (row.Enforced is { } tally)
        {
            json.Write(row.State == DecisionState.Simulated ? ",\"would_have\":"u8 : ",\"enforced\":"u8);
            json.Write(JsonSerializer.SerializeToUtf8Bytes(tally, ApiJson.Default.EnforcementTally));
        }

        json.Write("}"u8);
    }

    internal static void Write(ArrayBufferWriter<byte> json, long number) => json.Advance(Utf8Formatter.TryFormat(number, json.GetSpan(20), out var length) ? length : 0);

    internal static async Task AnswerAsync(HttpContext context, ReadOnlyMemory<byte> json)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
    }
}
