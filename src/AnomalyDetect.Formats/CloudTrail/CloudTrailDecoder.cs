using AnomalyDetect.Core.Events;
using AnomalyDetect.Formats.Json;

namespace AnomalyDetect.Formats.CloudTrail;

/// <summary>Finds the members of a CloudTrail event. What they mean is in the other half of this class.</summary>
internal sealed partial class CloudTrailDecoder(DecodeLimits limits, SymbolTable symbols) : RecordDecoder(limits, symbols)
{
    private enum Part
    {
        Event, Identity, Parameters, Response,
    }

    private readonly KnownTenants _tenants = new(symbols);

    protected override bool TryUnwrap(ref JsonCursor json)
    {
        var ahead = json;
        ahead.Position++;
        var first = true;
        if (!ahead.NextMember(ref first, out var key, out var ended) || ended) return false;
        if (!ahead.Raw(key).SequenceEqual("Records"u8) || ahead.Current != '[') return false;
        json.Position = ahead.Position;
        return true;
    }

    protected override bool ReadObject(ref JsonCursor json, ref TelemetryEvent e, in RecordOrigin origin)
    {
        var record = default(CloudTrailRecord);
        if (!ReadMembers(ref json, ref record, Part.Event)) return false;
        if (!IsRejected) Map(record, ref e, origin);
        return true;
    }

    private bool ReadMembers(ref JsonCursor json, ref CloudTrailRecord record, Part part)
    {
        json.Position++;
        for (var first = true; ;)
        {
            if (!json.NextMember(ref first, out var key, out var ended)) return false;
            if (ended) return true;
            var name = Bytes(key);
            var ok = part switch
            {
                Part.Identity => ReadIdentity(ref json, name, ref record),
                Part.Parameters => ReadParameters(ref json, name, ref record),
                Part.Response => ReadResponse(ref json, name, ref record),
                _ => ReadTopMember(ref json, name, ref record),
            };
            if (!ok) return false;
        }
    }

    private bool ReadTopMember(ref JsonCursor json, ReadOnlySpan<byte> key, ref CloudTrailRecord record)
    {
        if (key.SequenceEqual("userIdentity"u8)) return ReadNested(ref json, ref record, Part.Identity);
        if (key.SequenceEqual("requestParameters"u8)) return ReadNested(ref json, ref record, Part.Parameters);
        if (key.SequenceEqual("responseElements"u8)) return ReadNested(ref json, ref record, Part.Response);
        if (key.SequenceEqual("eventID"u8)) return ReadText(ref json, ref record.EventId, "eventID");
        if (key.SequenceEqual("eventTime"u8)) return ReadText(ref json, ref record.EventTime, "eventTime");
        if (key.SequenceEqual("eventSource"u8)) return ReadText(ref json, ref record.EventSource, "eventSource");
        if (key.SequenceEqual("eventName"u8)) return ReadText(ref json, ref record.EventName, "eventName");
        if (key.SequenceEqual("sourceIPAddress"u8)) return ReadText(ref json, ref record.SourceAddress, "sourceIPAddress");
        if (key.SequenceEqual("userAgent"u8)) return ReadText(ref json, ref record.UserAgent, "userAgent");
        if (key.SequenceEqual("errorCode"u8)) return ReadText(ref json, ref record.ErrorCode, "errorCode");
        if (key.SequenceEqual("errorMessage"u8)) return ReadText(ref json, ref record.ErrorMessage, "errorMessage");
        if (key.SequenceEqual("recipientAccountId"u8)) return ReadText(ref json, ref record.RecipientAccount, "recipientAccountId");
        return json.SkipValue(Limits.JsonDepth - 1);
    }

    private bool ReadIdentity(ref JsonCursor json, ReadOnlySpan<byte> key, ref CloudTrailRecord record)
    {
        if (key.SequenceEqual("accountId"u8)) return ReadText(ref json, ref record.CallerAccount, "userIdentity.accountId");
        if (key.SequenceEqual("arn"u8)) return ReadText(ref json, ref record.Arn, "userIdentity.arn");
        if (key.SequenceEqual("principalId"u8)) return ReadText(ref json, ref record.PrincipalId, "userIdentity.principalId");
        if (key.SequenceEqual("invokedBy"u8)) return ReadText(ref json, ref record.InvokedBy, "userIdentity.invokedBy");
        if (key.SequenceEqual("accessKeyId"u8)) return ReadText(ref json, ref record.AccessKeyId, "userIdentity.accessKeyId");
        return json.SkipValue(Limits.JsonDepth - 2);
    }

    private bool ReadParameters(ref JsonCursor json, ReadOnlySpan<byte> key, ref CloudTrailRecord record) =>
        key.SequenceEqual("roleArn"u8) && json.Current == '"'
            ? ReadText(ref json, ref record.RoleArn, "requestParameters.roleArn")
            : json.SkipValue(Limits.JsonDepth - 2);

    private bool ReadResponse(ref JsonCursor json, ReadOnlySpan<byte> key, ref CloudTrailRecord record) =>
        key.SequenceEqual("ConsoleLogin"u8) && json.Current == '"'
            ? ReadText(ref json, ref record.ConsoleLogin, "responseElements.ConsoleLogin")
            : json.SkipValue(Limits.JsonDepth - 2);

    private bool ReadNested(ref JsonCursor json, ref CloudTrailRecord record, Part part) =>
        json.Current == '{' ? ReadMembers(ref json, ref record, part) : json.SkipValue(Limits.JsonDepth - 1);

    /// <summary>A string, or null for absent. Everything else, and a member that is there twice, is refused.</summary>
    private bool ReadText(ref JsonCursor json, ref JsonString member, string name)
    {
        if (json.Current == 'n') return json.SkipWord("null"u8);
        if (json.Current != '"')
        {
            Reject(RejectionReasons.Invalid(Contract(name)), $"'{name}' must be a string.");
            return json.SkipValue(Limits.JsonDepth - 2);
        }

        if (!member.IsEmpty) Reject(RejectionReasons.DuplicateKey, $"The key '{name}' is there twice.");
        return json.ReadString(out member);
    }
}
