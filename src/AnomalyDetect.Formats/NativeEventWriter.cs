using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Formats;

/// <summary>
/// Writes events as lines of the native contract: what <see cref="NativeFormat"/> reads back as the same event. Absent fields and a count of 1 are left out.
/// <see cref="FailureReason.Other"/> is written as <c>other</c>, for the word it stood for is gone. ObservedAt and position belong to the log and are not written.
/// </summary>
public static class NativeEventWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void WriteLine(in TelemetryEvent e, IBufferWriter<byte> output)
    {
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            Text(json, "id", e.Id);
            json.WriteString("time", e.OccurredAt.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture));
            json.WriteString("tenant_id", e.Tenant.Text);
            json.WriteString("type", Names.Of(e.Type));
            json.WriteString("outcome", Names.Of(e.Outcome));
            Who(json, e);
            Where(json, e);
            if (e.Reason != FailureReason.None) json.WriteString("reason", Names.Of(e.Reason));
            Text(json, "decision_id", e.DecisionId);
            Text(json, "resource", e.Resource);
            Text(json, "method", e.Method);
            Number(json, "status", e.Status);
            Number(json, "duration_ms", e.DurationMs);
            Number(json, "bytes", e.Bytes);
            if (e.Count != 1) json.WriteNumber("count", e.Count);
            if (e.Internal) json.WriteBoolean("internal", true);
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static void Who(Utf8JsonWriter json, in TelemetryEvent e)
    {
        Text(json, "principal_id", e.Principal);
        Text(json, "session_id", e.Session);
        Text(json, "token_id", e.TokenId);
        Text(json, "device_id", e.DeviceId);
        Text(json, "target_tenant_id", e.TargetTenant);
        Text(json, "partner_id", e.Partner);
        Text(json, "delegation_id", e.DelegationId);
        Text(json, "scope", e.Scope);
        Text(json, "tenant_context_id", e.TenantContextId);
    }

    private static void Where(Utf8JsonWriter json, in TelemetryEvent e)
    {
        if (!e.SourceIp.IsNone) json.WriteString("source_ip", e.SourceIp.ToString());
        Text(json, "user_agent", e.UserAgent);
        if (e.Country != 0) json.WriteString("country", [(char)(e.Country >> 8), (char)(e.Country & 0xff)]);
        Number(json, "asn", e.Asn);
    }

    private static void Text(Utf8JsonWriter json, string name, TextSlice value)
    {
        if (!value.IsEmpty) json.WriteString(name, value.Utf8);
    }

    private static void Text(Utf8JsonWriter json, string name, Symbol? value)
    {
        if (value is not null) json.WriteString(name, value.Text);
    }

    private static void Number(Utf8JsonWriter json, string name, long value)
    {
        if (value != 0) json.WriteNumber(name, value);
    }
}
