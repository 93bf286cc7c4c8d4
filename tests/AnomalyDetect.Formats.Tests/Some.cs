using System.Text.Json;
using System.Text.Json.Nodes;

namespace AnomalyDetect.Formats.Tests;

/// <summary>Input whose particulars do not matter.</summary>
internal static class Some
{
    public const string Native =
        """{"id":"e-1","time":"2026-03-01T12:30:00Z","tenant_id":"acme","type":"api_call","outcome":"success"}""";

    public const string FullNative =
        """
        {"id":"e-1","time":"2026-03-01T12:30:00.25+01:00","tenant_id":"acme","type":"delegation_use","outcome":"denied","principal_id":"ada","session_id":"s-1","token_id":"t-1","device_id":"d-1","source_ip":"203.0.113.7","user_agent":"curl/8 \"quoted\" \u00e9","country":"se","asn":64500,"target_tenant_id":"globex","partner_id":"p-1","delegation_id":"g-1","scope":"read write","tenant_context_id":"c-1","reason":"unauthorized_scope","decision_id":"x-1","resource":"/v1/things","method":"GET","status":403,"duration_ms":12,"bytes":5120,"count":7,"internal":true}
        """;

    public const string CloudTrail =
        """
        {"eventVersion":"1.08","userIdentity":{"type":"IAMUser","principalId":"AIDA1","arn":"arn:aws:iam::111122223333:user/ada","accountId":"111122223333","accessKeyId":"AKIA1"},"eventTime":"2023-07-10T11:42:18Z","eventSource":"ec2.amazonaws.com","eventName":"DescribeInstances","sourceIPAddress":"203.0.113.7","userAgent":"[Boto3/1.26]","requestParameters":{"a":[1,{"b":"}\"{"}]},"responseElements":null,"eventID":"id-1","recipientAccountId":"111122223333"}
        """;

    /// <summary>A valid record of each format.</summary>
    public static string Of(IEventFormat format) => format.Name switch
    {
        "native" => FullNative,
        "cloudtrail" => CloudTrail,
        _ => throw new NotSupportedException($"add a sample of '{format.Name}' here: the conformance suite needs one"),
    };

    /// <summary>The minimal native event with one field set, replaced, or (null) removed. <paramref name="json"/> is raw JSON.</summary>
    public static string With(string field, string? json) => Edit(Native, field, json);

    public static string Edit(string text, string path, string? json)
    {
        var root = JsonNode.Parse(text)!.AsObject();
        var target = root;
        var parts = path.Split('/');
        foreach (var part in parts[..^1]) target = target[part]!.AsObject();
        if (json is null) target.Remove(parts[^1]);
        else target[parts[^1]] = JsonNode.Parse(json);
        return root.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
