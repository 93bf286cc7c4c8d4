using AnomalyDetect.Core.Events;
using AnomalyDetect.Formats.Json;

namespace AnomalyDetect.Formats.CloudTrail;

internal sealed partial class CloudTrailDecoder
{
    private byte[] _resource = [];

    /// <summary>The field of the event contract a member becomes, for the reason's name.</summary>
    private static string Contract(string name) => name switch
    {
        "eventID" => "id",
        "eventTime" => "time",
        "userIdentity.accountId" => "tenant_id",
        "recipientAccountId" => "target_tenant_id",
        "userIdentity.arn" or "userIdentity.principalId" or "userIdentity.invokedBy" => "principal_id",
        "userIdentity.accessKeyId" => "session_id",
        "sourceIPAddress" => "source_ip",
        "userAgent" => "user_agent",
        "errorCode" or "errorMessage" => "reason",
        "requestParameters.roleArn" => "delegation_id",
        "responseElements.ConsoleLogin" => "outcome",
        _ => "resource",
    };

    private void Map(in CloudTrailRecord record, ref TelemetryEvent e, in RecordOrigin origin)
    {
        if (record.EventId.IsEmpty) Reject(RejectionReasons.Missing("id"), "Every CloudTrail event needs 'eventID'.");
        else e.Id = Limited(record.EventId, "eventID");

        MapTime(record, ref e);
        MapTenants(record, ref e, origin);
        MapOutcome(record, ref e);
        e.Principal = SymbolOf(record.Arn, "userIdentity.arn") ?? SymbolOf(record.PrincipalId, "userIdentity.principalId")
            ?? SymbolOf(record.InvokedBy, "userIdentity.invokedBy");
        e.Session = SymbolOf(record.AccessKeyId, "userIdentity.accessKeyId");
        if (AddressText.TryParse(Bytes(record.SourceAddress), out var address)) e.SourceIp = address;
        e.UserAgent = MapUserAgent(record.UserAgent);
        e.Resource = MapResource(record);
        MapType(record, ref e);
    }

    private void MapTime(in CloudTrailRecord record, ref TelemetryEvent e)
    {
        var text = Bytes(record.EventTime);
        if (text.IsEmpty) Reject(RejectionReasons.Missing("time"), "Every CloudTrail event needs 'eventTime'.");
        else if (Rfc3339.TryParse(text, out var time)) e.OccurredAt = time;
        else Reject(RejectionReasons.Invalid("time"), $"'eventTime' must be a time such as 2026-03-01T12:30:00Z, and is {Excerpt.Of(text)}.");
    }

    private void MapTenants(in CloudTrailRecord record, ref TelemetryEvent e, in RecordOrigin origin)
    {
        // S3 calls without credentials name this in place of an account.
        var caller = Bytes(record.CallerAccount).SequenceEqual("ANONYMOUS_PRINCIPAL"u8) ? null : Account(record.CallerAccount, "userIdentity.accountId");
        var recipient = Account(record.RecipientAccount, "recipientAccountId");
        if ((caller ?? recipient) is not { } tenant)
        {
            Reject(RejectionReasons.Missing("tenant_id"), "The event names neither 'userIdentity.accountId' nor 'recipientAccountId'.");
            return;
        }

        e.Tenant = tenant;
        if (recipient is not null && recipient.Text != tenant.Text) e.TargetTenant = recipient;
        if (origin.ExpectedTenant is { } expected && expected.Text != tenant.Text)
            Reject(RejectionReasons.TenantMismatch, "The calling account is not the tenant its record or key is of.");
    }

    private Symbol? Account(JsonString text, string name)
    {
        if (text.IsEmpty) return null;
        var utf8 = Bytes(text);
        if (_tenants.Find(utf8) is { } tenant) return tenant;
        Reject(RejectionReasons.Invalid(Contract(name)), $"'{name}' must be an account id, and is {Excerpt.Of(utf8)}.");
        return null;
    }

    private void MapType(in CloudTrailRecord record, ref TelemetryEvent e)
    {
        var name = Bytes(record.EventName);
        e.Type = EventType.ApiCall;
        if (name.SequenceEqual("ConsoleLogin"u8)) e.Type = EventType.Login;
        else if (name.StartsWith("AssumeRole"u8) || name.SequenceEqual("GetFederationToken"u8) || name.SequenceEqual("GetSessionToken"u8)) MapTokenIssue(record, ref e);
    }

    private void MapTokenIssue(in CloudTrailRecord record, ref TelemetryEvent e)
    {
        e.Type = EventType.TokenIssue;
        if (record.RoleArn.IsEmpty) return;
        e.DelegationId = Limited(record.RoleArn, "requestParameters.roleArn");
        var owner = AccountOfArn(Bytes(record.RoleArn));
        if (IsRejected || record.CallerAccount.IsEmpty || !TenantName.IsValid(owner)) return;
        var account = Symbols.Intern(owner);
        if (account.Text == e.Tenant.Text) return;
        e.Type = EventType.DelegationUse;
        e.Partner = e.Tenant;
        e.TargetTenant = account;
    }

    /// <summary>The fifth part of <c>arn:partition:service:region:account:resource</c>.</summary>
    private static ReadOnlySpan<byte> AccountOfArn(ReadOnlySpan<byte> arn)
    {
        for (var part = 0; part < 4; part++)
        {
            var colon = arn.IndexOf((byte)':');
            if (colon < 0) return default;
            arn = arn[(colon + 1)..];
        }

        var end = arn.IndexOf((byte)':');
        return end < 0 ? default : arn[..end];
    }

    private void MapOutcome(in CloudTrailRecord record, ref TelemetryEvent e)
    {
        var loginFailed = Bytes(record.ConsoleLogin).SequenceEqual("Failure"u8);
        if (record.ErrorCode.IsEmpty && !loginFailed) return;
        e.Outcome = EventOutcome.Failure;
        e.Reason = FailureReason.Other;
        if (loginFailed)
        {
            var message = Bytes(record.ErrorMessage);
            if (message.StartsWith("No username"u8)) e.Reason = FailureReason.UnknownUser;
            else if (message.StartsWith("Failed authentication"u8)) e.Reason = FailureReason.BadPassword;
            return;
        }

        var code = Bytes(record.ErrorCode);
        if (code.StartsWith("AccessDenied"u8) || code.IndexOf("UnauthorizedOperation"u8) >= 0)
            (e.Outcome, e.Reason) = (EventOutcome.Denied, FailureReason.Policy);
        else if (code.StartsWith("ExpiredToken"u8) || code.SequenceEqual("RequestExpired"u8)) e.Reason = FailureReason.Expired;
        else if (code.StartsWith("SignatureDoesNotMatch"u8) || code.StartsWith("InvalidClientTokenId"u8) || code.SequenceEqual("AuthFailure"u8))
            e.Reason = FailureReason.BadSignature;
        else if (code.StartsWith("InvalidIdentityToken"u8)) e.Reason = FailureReason.InvalidClaim;
    }

    /// <summary>Some services put it in brackets. A longer one than the limit is cut: AWS wrote it, so no producer could mend it.</summary>
    private TextSlice MapUserAgent(JsonString text)
    {
        if (text.Length <= Limits.StringBytes && !text.Escaped && text.Length > 1
            && Buffer[text.Start] == '[' && Buffer[text.Start + text.Length - 1] == ']')
            return new TextSlice(Buffer, text.Start + 1, text.Length - 2);
        if (text.Length <= Limits.StringBytes) return Slice(text);
        var utf8 = Bytes(text);
        var end = Math.Min(utf8.Length, Limits.StringBytes);
        while (end > 0 && end < utf8.Length && (utf8[end] & 0xc0) == 0x80) end--;
        return Batch.Keep(utf8[..end]);
    }

    private TextSlice MapResource(in CloudTrailRecord record)
    {
        var longest = record.EventSource.Length + 1 + record.EventName.Length;
        if (longest == 1) return default;
        if (_resource.Length < longest) _resource = new byte[Math.Max(256, longest)];
        var source = Bytes(record.EventSource);
        source.CopyTo(_resource);
        _resource[source.Length] = (byte)':';
        var name = Bytes(record.EventName);
        name.CopyTo(_resource.AsSpan(source.Length + 1));
        var length = source.Length + 1 + name.Length;
        if (length > Limits.StringBytes) TooLong("eventName");
        return Batch.Keep(_resource.AsSpan(0, length));
    }

    private TextSlice Limited(JsonString text, string name)
    {
        var slice = Slice(text);
        if (slice.Length > Limits.StringBytes) TooLong(name);
        return slice;
    }

    private Symbol? SymbolOf(JsonString text, string name)
    {
        if (text.IsEmpty) return null;
        var utf8 = Bytes(text);
        if (utf8.Length <= Limits.StringBytes) return Symbols.Intern(utf8);
        TooLong(name);
        return null;
    }

    private void TooLong(string name) => Reject(RejectionReasons.StringTooLong, Text($"'{name}' is longer than {Limits.StringBytes} bytes."));
}
