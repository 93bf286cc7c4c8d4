using System.Buffers;
using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Triage;

namespace AnomalyDetect.Service.Http;

/// <summary>An alert as it goes out: the recorded bytes, and behind them what analysts made of it and what triage makes of it now.</summary>
internal static class AlertJson
{
    /// <summary>With <c>verdict</c>, the latest, <c>acknowledged</c> and <c>triage</c>, where there is one.</summary>
    public static ReadOnlyMemory<byte> Of(StoredAlert alert, TriageJudgement? triage) =>
        alert.Verdict is null && alert.Acknowledged is null && triage is null ? alert.Json : Write(alert, null, triage);

    /// <summary>With <c>verdict</c> and <c>verdicts</c>, all of them, oldest first.</summary>
    public static ReadOnlyMemory<byte> Of(StoredAlert alert, IReadOnlyList<ReadOnlyMemory<byte>> verdicts, TriageJudgement? triage) => Write(alert, verdicts, triage);

    private static ReadOnlyMemory<byte> Write(StoredAlert alert, IReadOnlyList<ReadOnlyMemory<byte>>? verdicts, TriageJudgement? triage)
    {
        var buffer = new ArrayBufferWriter<byte>(alert.Json.Length + 512);
        buffer.Write(alert.Json.Span[..^1]); // an alert is an object with members
        if (alert.Verdict is { } latest)
        {
            buffer.Write(",\"verdict\":"u8);
            buffer.Write(latest.Span);
        }

        if (alert.Acknowledged is { } acknowledged)
        {
            buffer.Write(",\"acknowledged\":"u8);
            buffer.Write(acknowledged.Span);
        }

        if (triage is not null)
        {
            buffer.Write(",\"triage\":"u8);
            buffer.Write(JsonSerializer.SerializeToUtf8Bytes(triage, CoreJson.Default.TriageJudgement));
        }

        if (verdicts is not null)
        {
            buffer.Write(",\"verdicts\":["u8);
            for (var i = 0; i < verdicts.Count; i++)
            {
                if (i > 0) buffer.Write(","u8);
                buffer.Write(verdicts[i].Span);
            }

            buffer.Write("]"u8);
        }

        buffer.Write("}"u8);
        return buffer.WrittenMemory;
    }
}
