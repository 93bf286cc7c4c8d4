using AnomalyDetect.Formats.Json;

namespace AnomalyDetect.Formats.CloudTrail;

/// <summary>Where the members we use stand in one CloudTrail event; absent, null and non-string ones are empty.</summary>
internal struct CloudTrailRecord
{
    public JsonString EventId;
    public JsonString EventTime;
    public JsonString EventSource;
    public JsonString EventName;
    public JsonString SourceAddress;
    public JsonString UserAgent;
    public JsonString ErrorCode;
    public JsonString ErrorMessage;
    public JsonString RecipientAccount;

    // userIdentity
    public JsonString CallerAccount;
    public JsonString Arn;
    public JsonString PrincipalId;
    public JsonString InvokedBy;
    public JsonString AccessKeyId;

    // requestParameters, responseElements
    public JsonString RoleArn;
    public JsonString ConsoleLogin;
}
