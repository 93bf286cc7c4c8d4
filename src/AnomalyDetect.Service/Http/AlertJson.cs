using System.Buffers;
using System.Text;
using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Triage;

namespace AnomalyDetect.Service.Http;

/// <summary>
/// An alert as it goes out: the recorded bytes, and behind them what people made of it, and what triage makes of it now. One that was resolved by hand says <c>resolved</c> where the recorded bytes say
/// <c>open</c>.
/// </summary>
internal static class AlertJson
{
    /// <summary>With <c>verdict</c>, the latest, <c>acknowledged</c>, <c>resolved_by_hand</c> and <c>triage</c>, where there is one.</summary>
    public static ReadOnlyMemory<byte> Of(StoredAlert alert, TriageJudgement? triage) => Of(alert, triage, []);

    /// <param name="more">Further members, such as <c>verdicts</c>: names and whole JSON values.</param>
    public static ReadOnlyMemory<byte> Of(StoredAlert alert, TriageJudgement? triage, IReadOnlyList<(string Name, ReadOnlyMemory<byte> Json)> more)
    {
        if (alert.Verdict is null && alert.Acknowledged is null && alert.Resolution is null && triage is null && more.Count == 0) return alert.Json;
        var buffer = new ArrayBufferWriter<byte>(alert.Json.Length + 512);
        var json = alert.Json.Span[..^1]; // an alert is an object with members
        if (alert.Resolution is { } resolution)
        {
            var (start, end) = StateIn(alert.Json.Span);
            buffer.Write(json[..start]);
            buffer.Write("\"resolved\""u8);
            buffer.Write(json[end..]);
            var at = JsonSerializer.Deserialize(resolution.Span, CoreJson.Default.ManualResolution)!.At;
            buffer.Write(Encoding.UTF8.GetBytes($",\"resolution\":\"by_hand\",\"resolved_at\":\"{at:yyyy-MM-ddTHH:mm:ss.FFFFFFF}Z\""));
            Add(buffer, "resolved_by_hand", resolution);
        }
        else
        {
            buffer.Write(json);
        }

        if (alert.Verdict is { } latest) Add(buffer, "verdict", latest);
        if (alert.Acknowledged is { } acknowledged) Add(buffer, "acknowledged", acknowledged);
        if (triage is not null) Add(buffer, "triage", JsonSerializer.SerializeToUtf8Bytes(triage, CoreJson.Default.TriageJudgement));
        foreach (var (name, value) in more) Add(buffer, name, value);
        buffer.Write("}"u8);
        return buffer.WrittenMemory;
    }

    /// <summary>Recorded values as one array.</summary>
    public static ReadOnlyMemory<byte> Array(IEnumerable<ReadOnlyMemory<byte>> values)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        buffer.Write("["u8);
        foreach (var value in values)
        {
            if (buffer.WrittenCount > 1) buffer.Write(","u8);
            buffer.Write(value.Span);
        }

        buffer.Write("]"u8);
        return buffer.WrittenMemory;
    }

    private static void Add(ArrayBufferWriter<byte> buffer, string name, ReadOnlyMemory<byte> value)
    {
        buffer.Write(Encoding.UTF8.GetBytes($",\"{name}\":"));
        buffer.Write(value.Span);
    }

    /// <summary>Where the value of the alert's own <c>state</c> stands.</summary>
    private static (int Start, int End) StateIn(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1 || !reader.ValueTextEquals("state"u8)) continue;
            reader.Read();
            return ((int)reader.TokenStartIndex, (int)reader.BytesConsumed);
        }

        throw new InvalidDataException("an alert is stored without its state");
    }
}
