using System.Buffers.Text;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Formats.Json;

namespace AnomalyDetect.Formats.Native;

internal sealed partial class NativeDecoder
{
    private const int HighestCount = 10_000;

    /// <summary>Reads one value into its field. False only when the JSON is broken.</summary>
    private bool ReadValue(ref JsonCursor json, NativeField field, ref TelemetryEvent e, in RecordOrigin origin)
    {
        if (field == NativeField.Unknown) return json.SkipValue(Limits.JsonDepth - 1);
        if (!NativeFields.IsText(field)) return ReadNumberOrFlag(ref json, field, ref e, origin);

        JsonString text;
        if (json.Current == '"')
        {
            if (!json.ReadString(out text)) return false;
        }
        else if (json.Current == 'n')
        {
            return json.SkipWord("null"u8);
        }
        else
        {
            Invalid(field, "a string");
            return json.SkipValue(Limits.JsonDepth - 1);
        }

        if (text.Length > Limits.StringBytes && Bytes(text).Length > Limits.StringBytes)
            Reject(RejectionReasons.StringTooLong, Text($"'{NativeFields.NameOf(field)}' is longer than {Limits.StringBytes} bytes."));
        else if (!text.IsEmpty)
            Set(field, text, ref e);
        return true;
    }

    private void Set(NativeField field, JsonString text, ref TelemetryEvent e)
    {
        switch (field)
        {
            case NativeField.Id: e.Id = Slice(text); break;
            case NativeField.TokenId: e.TokenId = Slice(text); break;
            case NativeField.DeviceId: e.DeviceId = Slice(text); break;
            case NativeField.UserAgent: e.UserAgent = Slice(text); break;
            case NativeField.DelegationId: e.DelegationId = Slice(text); break;
            case NativeField.Scope: e.Scope = Slice(text); break;
            case NativeField.TenantContextId: e.TenantContextId = Slice(text); break;
            case NativeField.DecisionId: e.DecisionId = Slice(text); break;
            case NativeField.Resource: e.Resource = Slice(text); break;
            case NativeField.Method: e.Method = Slice(text); break;
            case NativeField.PrincipalId: e.Principal = Symbols.Intern(Bytes(text)); break;
            case NativeField.SessionId: e.Session = Symbols.Intern(Bytes(text)); break;
            case NativeField.PartnerId: e.Partner = Symbols.Intern(Bytes(text)); break;
            default: SetParsed(field, Bytes(text), ref e); break;
        }
    }

    private void SetParsed(NativeField field, ReadOnlySpan<byte> text, ref TelemetryEvent e)
    {
        switch (field)
        {
            case NativeField.Time:
                if (_minute.TryParse(text, out var time)) e.OccurredAt = time;
                else Invalid(field, "an RFC 3339 time with a zone, such as 2026-03-01T12:30:00Z", text);
                break;
            case NativeField.TenantId:
            case NativeField.TargetTenantId:
                if (_tenants.Find(text) is not { } tenant) Invalid(field, "1 to 128 of A-Z a-z 0-9 . _ -", text);
                else if (field == NativeField.TenantId) e.Tenant = tenant;
                else e.TargetTenant = tenant;
                break;
            case NativeField.Type:
                _hasType = _types.TryFind(text, out var type);
                e.Type = type;
                if (!_hasType) Invalid(field, $"one of {NativeWords<EventType>.List()}", text);
                break;
            case NativeField.Outcome:
                _hasOutcome = _outcomes.TryFind(text, out var outcome);
                e.Outcome = outcome;
                if (!_hasOutcome) Invalid(field, $"one of {NativeWords<EventOutcome>.List()}", text);
                break;
            case NativeField.Reason:
                e.Reason = _reasons.TryFind(text, out var reason) ? reason : FailureReason.Other;
                break;
            case NativeField.SourceIp:
                if (AddressText.TryParse(text, out var address)) e.SourceIp = address;
                else Invalid(field, "an IPv4 or IPv6 address without port or brackets", text);
                break;
            case NativeField.Country:
                if (text.Length == 2 && char.IsAsciiLetter((char)text[0]) && char.IsAsciiLetter((char)text[1]))
                    e.Country = (ushort)(((text[0] & 0xdf) << 8) | (text[1] & 0xdf));
                else Invalid(field, "two letters of ISO 3166-1", text);
                break;
        }
    }

    private bool ReadNumberOrFlag(ref JsonCursor json, NativeField field, ref TelemetryEvent e, in RecordOrigin origin)
    {
        if (json.Current == 'n') return json.SkipWord("null"u8);
        if (field == NativeField.Internal) return ReadInternal(ref json, ref e, origin);
        if (json.Current != '-' && !char.IsAsciiDigit((char)json.Current))
        {
            Invalid(field, "a number");
            return json.SkipValue(Limits.JsonDepth - 1);
        }

        if (!json.SkipNumber(out var text, out var plain)) return false;
        if (!TryWhole(text, plain, out var value) || !TrySetNumber(field, value, ref e))
        {
            var (lowest, highest) = Range(field);
            Invalid(field, Text($"a whole number from {lowest} to {highest}"), text);
        }

        return true;
    }

    private static (long Lowest, long Highest) Range(NativeField field) => field switch
    {
        NativeField.Status => (100, 999),
        NativeField.Asn => (0, uint.MaxValue),
        NativeField.DurationMs => (0, int.MaxValue),
        NativeField.Count => (1, HighestCount),
        _ => (0, long.MaxValue),
    };

    private static bool TrySetNumber(NativeField field, long value, ref TelemetryEvent e)
    {
        var (lowest, highest) = Range(field);
        if (value < lowest || value > highest) return false;
        switch (field)
        {
            case NativeField.Status: e.Status = (ushort)value; break;
            case NativeField.Asn: e.Asn = (uint)value; break;
            case NativeField.DurationMs: e.DurationMs = (int)value; break;
            case NativeField.Bytes: e.Bytes = value; break;
            case NativeField.Count: e.Count = (int)value; break;
        }

        return true;
    }

    /// <summary>Of a fraction the whole part: gateways write durations as 12.5.</summary>
    private static bool TryWhole(ReadOnlySpan<byte> text, bool plain, out long value)
    {
        if (plain) return Utf8Parser.TryParse(text, out value, out var used) && used == text.Length;
        value = 0;
        if (!Utf8Parser.TryParse(text, out double number, out _) || Math.Abs(number) >= 1L << 53) return false;
        value = (long)Math.Floor(number);
        return true;
    }

    private bool ReadInternal(ref JsonCursor json, ref TelemetryEvent e, in RecordOrigin origin)
    {
        switch (json.Current)
        {
            case (byte)'t':
                e.Internal = origin.TrustInternal;
                return json.SkipWord("true"u8);
            case (byte)'f':
                return json.SkipWord("false"u8);
            default:
                Invalid(NativeField.Internal, "true or false");
                return json.SkipValue(Limits.JsonDepth - 1);
        }
    }
}
