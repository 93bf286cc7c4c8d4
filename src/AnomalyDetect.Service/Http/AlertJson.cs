using System.Buffers;
using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Service.Http;

/// <summary>An alert as it goes out: the recorded bytes, and behind them what analysts made of it.</summary>
internal static class AlertJson
{
    /// <summary>With <c>verdict</c>, the latest, and <c>acknowledged</c>, where there is one.</summary>
    public static ReadOnlyMemory<byte> Of(StoredAlert alert) => alert.Verdict is null && alert.Acknowledged is null ? alert.Json : Write(alert, null);

    /// <summary>With <c>verdict</c> and <c>verdicts</c>, all of them, oldest first.</summary>
    public static ReadOnlyMemory<byte> Of(StoredAlert alert, IReadOnlyList<ReadOnlyMemory<byte>> verdicts) => Write(alert, verdicts);

    private static ReadOnlyMemory<byte> Write(StoredAlert alert, IReadOnlyList<ReadOnlyMemory<byte>>? verdicts)
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
