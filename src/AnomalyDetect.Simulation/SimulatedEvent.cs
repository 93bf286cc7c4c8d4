using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Simulation;

/// <summary>One made-up event, with the fields of the native contract; null or 0 is absent.</summary>
public sealed record SimulatedEvent
{
    public required string Id { get; init; }

    /// <summary>UTC, whole milliseconds.</summary>
    public required DateTime OccurredAt { get; init; }

    public required string TenantId { get; init; }

    public required EventType Type { get; init; }

    public required EventOutcome Outcome { get; init; }

    public string? PrincipalId { get; init; }

    public string? SessionId { get; init; }

    public string? TokenId { get; init; }

    public string? DeviceId { get; init; }

    public string? SourceIp { get; init; }

    public string? UserAgent { get; init; }

    public string? Country { get; init; }

    public uint Asn { get; init; }

    public string? TargetTenantId { get; init; }

    public string? PartnerId { get; init; }

    public string? DelegationId { get; init; }

    public string? Scope { get; init; }

    public string? TenantContextId { get; init; }

    public FailureReason Reason { get; init; }

    public string? Resource { get; init; }

    public string? Method { get; init; }

    public int Status { get; init; }

    public int DurationMs { get; init; }

    public long Bytes { get; init; }

    public int Count { get; init; } = 1;

    public bool Internal { get; init; }

    /// <summary>The label this event belongs to; null for plain traffic. Never written: telemetry does not say that it is an attack.</summary>
    public string? LabelId { get; init; }

    /// <summary>As one NDJSON line, newline included, keys in the contract's order.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, EventJson.Options);
        WriteTo(json);
        json.Flush();
        EventJson.EndLine(output);
    }

    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        WriteTo(buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan[..^1]);
    }

    internal void WriteTo(Utf8JsonWriter json)
    {
        Span<byte> time = stackalloc byte[32];
        OccurredAt.TryFormat(time, out var length, "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        json.WriteStartObject();
        json.WriteString(EventJson.Id, Id);
        json.WriteString(EventJson.Time, time[..length]);
        json.WriteString(EventJson.TenantId, TenantId);
        json.WriteString(EventJson.Type, EventJson.Types[(int)Type]);
        json.WriteString(EventJson.Outcome, EventJson.Outcomes[(int)Outcome]);
        Text(EventJson.PrincipalId, PrincipalId);
        Text(EventJson.SessionId, SessionId);
        Text(EventJson.TokenId, TokenId);
        Text(EventJson.DeviceId, DeviceId);
        Text(EventJson.SourceIp, SourceIp);
        Text(EventJson.UserAgent, UserAgent);
        Text(EventJson.Country, Country);
        Number(EventJson.Asn, Asn);
        Text(EventJson.TargetTenantId, TargetTenantId);
        Text(EventJson.PartnerId, PartnerId);
        Text(EventJson.DelegationId, DelegationId);
        Text(EventJson.Scope, Scope);
        Text(EventJson.TenantContextId, TenantContextId);
        if (Reason != FailureReason.None) json.WriteString(EventJson.Reason, EventJson.Reasons[(int)Reason]);
        Text(EventJson.Resource, Resource);
        Text(EventJson.Method, Method);
        Number(EventJson.Status, Status);
        Number(EventJson.DurationMs, DurationMs);
        Number(EventJson.Bytes, Bytes);
        if (Count != 1) json.WriteNumber(EventJson.Count, Count);
        if (Internal) json.WriteBoolean(EventJson.Internal, true);
        json.WriteEndObject();

        void Text(JsonEncodedText name, string? value)
        {
            if (value is not null) json.WriteString(name, value);
        }

        void Number(JsonEncodedText name, long value)
        {
            if (value != 0) json.WriteNumber(name, value);
        }
    }
}

/// <summary>The contract's names, encoded once.</summary>
internal static class EventJson
{
    // '+' and '<' stand unescaped: these lines go to files and HTTP bodies, never into HTML.
    internal static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    internal static readonly JsonEncodedText Id = Of("id"), Time = Of("time"), TenantId = Of("tenant_id"), Type = Of("type"), Outcome = Of("outcome"),
        PrincipalId = Of("principal_id"), SessionId = Of("session_id"), TokenId = Of("token_id"), DeviceId = Of("device_id"), SourceIp = Of("source_ip"),
        UserAgent = Of("user_agent"), Country = Of("country"), Asn = Of("asn"), TargetTenantId = Of("target_tenant_id"), PartnerId = Of("partner_id"),
        DelegationId = Of("delegation_id"), Scope = Of("scope"), TenantContextId = Of("tenant_context_id"), Reason = Of("reason"), Resource = Of("resource"),
        Method = Of("method"), Status = Of("status"), DurationMs = Of("duration_ms"), Bytes = Of("bytes"), Count = Of("count"), Internal = Of("internal");

    internal static readonly JsonEncodedText[] Types = Words<EventType>(), Outcomes = Words<EventOutcome>(), Reasons = Words<FailureReason>();

    internal static void EndLine(IBufferWriter<byte> output)
    {
        output.GetSpan(1)[0] = (byte)'\n';
        output.Advance(1);
    }

    private static JsonEncodedText Of(string name) => JsonEncodedText.Encode(name);

    private static JsonEncodedText[] Words<T>() where T : struct, Enum => [.. Enum.GetValues<T>().Select(v => Of(Names.Of(v)))];
}
