using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Formats.Tests;

[TestClass]
public class CloudTrailDecoderTests
{
    private static TelemetryEvent With(params (string Path, string? Json)[] edits) =>
        Reading.Event(edits.Aggregate(Some.CloudTrail, (text, edit) => Some.Edit(text, edit.Path, edit.Json)), "cloudtrail");

    [TestMethod]
    public void A_call_becomes_an_api_call_of_the_callers_account()
    {
        var e = With();
        Assert.AreEqual("id-1", e.Id.ToString());
        Assert.AreEqual(new DateTime(2023, 7, 10, 11, 42, 18, DateTimeKind.Utc), e.OccurredAt);
        Assert.AreEqual((EventType.ApiCall, EventOutcome.Success, FailureReason.None), (e.Type, e.Outcome, e.Reason));
        Assert.AreEqual("111122223333", e.Tenant.Text);
        Assert.IsNull(e.TargetTenant);
        Assert.AreEqual("arn:aws:iam::111122223333:user/ada", e.Principal!.Text);
        Assert.AreEqual("AKIA1", e.Session!.Text);
        Assert.AreEqual("203.0.113.7", e.SourceIp.ToString());
        Assert.AreEqual("Boto3/1.26", e.UserAgent.ToString());
        Assert.AreEqual("ec2.amazonaws.com:DescribeInstances", e.Resource.ToString());
    }

    [TestMethod]
    [DataRow("AccessDenied", EventOutcome.Denied, FailureReason.Policy)]
    [DataRow("AccessDeniedException", EventOutcome.Denied, FailureReason.Policy)]
    [DataRow("Client.UnauthorizedOperation", EventOutcome.Denied, FailureReason.Policy)]
    [DataRow("ThrottlingException", EventOutcome.Failure, FailureReason.Other)]
    [DataRow("ExpiredTokenException", EventOutcome.Failure, FailureReason.Expired)]
    [DataRow("SignatureDoesNotMatch", EventOutcome.Failure, FailureReason.BadSignature)]
    [DataRow("InvalidIdentityToken", EventOutcome.Failure, FailureReason.InvalidClaim)]
    public void The_error_code_tells_the_outcome(string code, EventOutcome outcome, FailureReason reason)
    {
        var e = With(("errorCode", $"\"{code}\""));
        Assert.AreEqual((outcome, reason), (e.Outcome, e.Reason));
    }

    [TestMethod]
    [DataRow("Failed authentication", FailureReason.BadPassword)]
    [DataRow("No username found in supplied account", FailureReason.UnknownUser)]
    [DataRow("Something else", FailureReason.Other)]
    public void A_failed_console_login_is_a_failed_login(string message, FailureReason reason)
    {
        var e = With(("eventName", "\"ConsoleLogin\""), ("responseElements", """{"ConsoleLogin":"Failure"}"""), ("errorMessage", $"\"{message}\""));
        Assert.AreEqual((EventType.Login, EventOutcome.Failure, reason), (e.Type, e.Outcome, e.Reason));
        var ok = With(("eventName", "\"ConsoleLogin\""), ("responseElements", """{"ConsoleLogin":"Success"}"""));
        Assert.AreEqual((EventType.Login, EventOutcome.Success), (ok.Type, ok.Outcome));
    }

    [TestMethod]
    public void A_role_of_the_own_account_is_a_token_issue_and_of_another_a_delegation_in_use()
    {
        var own = With(("eventName", "\"AssumeRole\""), ("requestParameters", """{"roleArn":"arn:aws:iam::111122223333:role/r"}"""));
        Assert.AreEqual(EventType.TokenIssue, own.Type);
        Assert.AreEqual("arn:aws:iam::111122223333:role/r", own.DelegationId.ToString());
        Assert.IsFalse(own.IsCrossTenant);

        var other = With(("eventName", "\"AssumeRoleWithSAML\""), ("requestParameters", """{"roleArn":"arn:aws:iam::999988887777:role/r"}"""));
        Assert.AreEqual(EventType.DelegationUse, other.Type);
        Assert.AreEqual("999988887777", other.TargetTenant!.Text);
        Assert.AreEqual("111122223333", other.Partner!.Text);

        Assert.AreEqual(EventType.TokenIssue, With(("eventName", "\"GetFederationToken\"")).Type);
        Assert.AreEqual(EventType.TokenIssue, With(("eventName", "\"AssumeRole\""), ("requestParameters", """{"roleArn":"not:an:arn"}""")).Type);
    }

    [TestMethod]
    public void Another_recipient_is_the_target_and_stands_in_for_a_caller_without_account()
    {
        var cross = With(("recipientAccountId", "\"999988887777\""));
        Assert.AreEqual("111122223333", cross.Tenant.Text);
        Assert.AreEqual("999988887777", cross.TargetTenant!.Text);

        foreach (var account in new[] { null, "\"ANONYMOUS_PRINCIPAL\"" })
        {
            var anonymous = With(("userIdentity/accountId", account));
            Assert.AreEqual("111122223333", anonymous.Tenant.Text);
            Assert.IsNull(anonymous.TargetTenant);
        }
    }

    [TestMethod]
    public void Without_an_ARN_the_principal_id_or_the_calling_service_is_the_principal()
    {
        Assert.AreEqual("AIDA1", With(("userIdentity/arn", null)).Principal!.Text);
        Assert.AreEqual("ec2.amazonaws.com", With(("userIdentity", """{"type":"AWSService","invokedBy":"ec2.amazonaws.com"}""")).Principal!.Text);
        Assert.IsNull(With(("userIdentity", "null")).Principal);
    }

    [TestMethod]
    [DataRow("AWS Internal")]
    [DataRow("ec2.amazonaws.com")]
    public void An_address_that_is_no_address_is_none(string text) => Assert.IsTrue(With(("sourceIPAddress", $"\"{text}\"")).SourceIp.IsNone);

    [TestMethod]
    [DataRow("eventID", null, "missing_id")]
    [DataRow("eventID", "7", "invalid_id")]
    [DataRow("eventTime", null, "missing_time")]
    [DataRow("eventTime", "\"now\"", "invalid_time")]
    [DataRow("userIdentity/accountId", "\"a b\"", "invalid_tenant_id")]
    [DataRow("userIdentity/arn", "[]", "invalid_principal_id")]
    public void What_an_event_needs_is_named(string path, string? json, string reason) =>
        Assert.AreEqual(reason, Reading.Rejection(Some.Edit(Some.CloudTrail, path, json), "cloudtrail").Reason);

    [TestMethod]
    public void An_event_without_any_account_has_no_tenant() => Assert.AreEqual(
        "missing_tenant_id",
        Reading.Rejection(Some.Edit(Some.Edit(Some.CloudTrail, "recipientAccountId", null), "userIdentity", "null"), "cloudtrail").Reason);

    [TestMethod]
    public void Members_we_read_come_once_and_identifiers_are_bounded()
    {
        Assert.AreEqual("duplicate_key", Reading.Rejection(Some.CloudTrail.TrimEnd()[..^1] + ",\"eventID\":\"x\"}", "cloudtrail").Reason);
        var longId = Some.Edit(Some.CloudTrail, "userIdentity/arn", $"\"{new string('x', 1025)}\"");
        Assert.AreEqual("string_too_long", Reading.Rejection(longId, "cloudtrail").Reason);
        Assert.AreEqual(1023, With(("userAgent", $"\"{new string('x', 1023)}é\"")).UserAgent.Length);
    }

    [TestMethod]
    public void The_keys_tenant_is_expected() => Assert.AreEqual(
        "tenant_mismatch",
        Reading.Rejection(Some.CloudTrail, "cloudtrail", origin: new RecordOrigin(0, 0, null, false, Symbol.Create("999988887777"))).Reason);

    [TestMethod]
    public void A_record_may_hold_a_whole_document()
    {
        var batch = Reading.Record($$"""{"Records":[{{Some.CloudTrail}},{"x":1},{{Some.CloudTrail}}],"more":[1]}""", "cloudtrail");
        Assert.AreEqual(2, batch.Count);
        Assert.AreEqual(2, batch.Events[1].Index);
        Assert.AreEqual("missing_id", batch.Rejections.Single().Reason);
    }

    [TestMethod]
    public void A_document_that_ends_badly_keeps_its_events_and_reads_none_twice()
    {
        var batch = Reading.Record($$"""{"Records":[{{Some.CloudTrail}}{{"\n"}}],"more":}""", "cloudtrail");
        Assert.AreEqual(1, batch.Count);
        Assert.AreEqual("malformed_json", batch.Rejections.Single().Reason);
    }
}
