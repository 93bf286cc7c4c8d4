using AnomalyDetect.Core.Events;
using AnomalyDetect.Formats.Json;

namespace AnomalyDetect.Formats.Native;

/// <summary>
/// The native event contract. A producer writes its keys in one order, so the decoder remembers which key followed which and compares bytes with the expected
/// one before it looks anything up; any order is read. Optional fields that are null or "" are absent.
/// </summary>
internal sealed partial class NativeDecoder(DecodeLimits limits, SymbolTable symbols) : RecordDecoder(limits, symbols)
{
    /// <summary>By field, the one that came behind it last, and the one before that.</summary>
    private readonly NativeField[] _follows = new NativeField[Enum.GetValues<NativeField>().Length];
    private readonly NativeField[] _followed = new NativeField[Enum.GetValues<NativeField>().Length];
    private readonly NativeWords<EventType> _types = new();
    private readonly NativeWords<EventOutcome> _outcomes = new();
    private readonly NativeWords<FailureReason> _reasons = new();
    private readonly KnownMinute _minute = new();
    private readonly KnownTenants _tenants = new(symbols);
    private readonly UnknownKeys _unknown = new();
    private uint _seen;
    private bool _hasType;
    private bool _hasOutcome;

    protected override bool AsksForUtf8 => true;

    protected override bool ReadObject(ref JsonCursor json, ref TelemetryEvent e, in RecordOrigin origin)
    {
        _seen = 0;
        _hasType = _hasOutcome = false;
        json.Position++;
        if (!json.NextToken()) return false;
        if (json.Current == '}')
        {
            json.Position++;
        }
        else
        {
            _unknown.Clear();
            var previous = NativeField.Unknown;
            while (true)
            {
                json.Position = ReadExpected(json.Position, json.End, ref previous, ref e, out var behindValue);
                if (!json.NextToken()) return false;
                if (!behindValue && !IsUtf8) return json.Fail(JsonFault.Unchecked);
                if (!behindValue && !(ReadMember(ref json, ref previous, ref e, origin) && json.NextToken())) return false;
                if (json.Current == '}') break;
                if (!json.Take((byte)',')) return false;
            }

            json.Position++;
        }

        if (!IsRejected) Check(ref e, origin);
        return true;
    }

    private bool ReadMember(ref JsonCursor json, ref NativeField previous, ref TelemetryEvent e, in RecordOrigin origin)
    {
        if (!ReadKey(ref json, out var field) || !json.Take((byte)':')) return false;
        _keys = json.Rest.StartsWith((byte)' ') ? KeyPattern.Spaced : KeyPattern.Compact;
        if (!json.NextToken()) return false;
        if (_follows[(int)previous] != field) Remember(previous, field);
        previous = field;
        return ReadValue(ref json, field, ref e, origin);
    }

    /// <summary>Another field than last time came behind <paramref name="previous"/>.</summary>
    private void Remember(NativeField previous, NativeField field) =>
        (_followed[(int)previous], _follows[(int)previous]) = (_follows[(int)previous], field);

    private bool ReadKey(ref JsonCursor json, out NativeField field)
    {
        field = NativeField.Unknown;
        if (json.Current != '"') return json.Fail(JsonFault.UnexpectedByte);
        if (!json.ReadString(out var key)) return false;
        var name = Bytes(key);
        field = NativeFields.Find(name);
        if (field == NativeField.Unknown)
        {
            if (!_unknown.Add(name)) Reject(RejectionReasons.DuplicateKey, $"The key {Excerpt.Of(name)} is there twice.");
            return true;
        }

        var bit = 1u << (int)field;
        if ((_seen & bit) != 0) Reject(RejectionReasons.DuplicateKey, $"The key '{NativeFields.NameOf(field)}' is there twice.");
        _seen |= bit;
        return true;
    }

    private void Check(ref TelemetryEvent e, in RecordOrigin origin)
    {
        if (e.Id.IsEmpty) Missing(NativeField.Id);
        if (e.OccurredAt == default) Missing(NativeField.Time);
        if (e.Tenant is null) Missing(NativeField.TenantId);
        if (!_hasType) Missing(NativeField.Type);
        if (!_hasOutcome) Missing(NativeField.Outcome);
        if (IsRejected || origin.ExpectedTenant is not { } expected || ReferenceEquals(expected, e.Tenant) || expected.Text == e.Tenant!.Text) return;
        Reject(RejectionReasons.TenantMismatch, "The event's tenant_id is not the tenant its record or key is of.");
    }

    private void Missing(NativeField field)
    {
        var name = NativeFields.NameOf(field);
        Reject(RejectionReasons.Missing(name), $"Every event needs '{name}'.");
    }

    private void Invalid(NativeField field, string mustBe)
    {
        var name = NativeFields.NameOf(field);
        Reject(RejectionReasons.Invalid(name), $"'{name}' must be {mustBe}.");
    }

    private void Invalid(NativeField field, string mustBe, ReadOnlySpan<byte> found)
    {
        if (IsRejected) return;
        var name = NativeFields.NameOf(field);
        Reject(RejectionReasons.Invalid(name), $"'{name}' must be {mustBe}, and is {Excerpt.Of(found)}.");
    }
}
