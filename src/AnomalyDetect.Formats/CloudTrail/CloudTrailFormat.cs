using AnomalyDetect.Core.Events;
using AnomalyDetect.Formats.CloudTrail;

namespace AnomalyDetect.Formats;

/// <summary>
/// AWS CloudTrail: the delivered files (<c>{"Records":[…]}</c>, also several behind each other), arrays of events, and events on lines of their own or spread
/// over lines. Source: the CloudTrail record contents reference, event versions 1.0 to 1.11.
/// </summary>
/// <remarks>
/// <para>Tenant: <c>userIdentity.accountId</c>, else <c>recipientAccountId</c>; the recipient is the target tenant where it is another account.</para>
/// <para>Principal: the full ARN, else <c>principalId</c>, else the service that called. Session: <c>accessKeyId</c>. Resource: <c>eventSource:eventName</c>.</para>
/// <para>Type: <c>ConsoleLogin</c> is a login. Calls that hand out credentials (<c>AssumeRole*</c>, <c>GetFederationToken</c>, <c>GetSessionToken</c>) are token
/// issues with the role as delegation, or, for a role of another account than the caller's, the use of that delegation with the caller's account as partner
/// and the role's as target. All else is an API call.</para>
/// <para>Outcome: <c>AccessDenied*</c> and <c>*UnauthorizedOperation*</c> are denied by policy, other error codes and a failed console login failures.</para>
/// </remarks>
public sealed class CloudTrailFormat : IEventFormat
{
    public string Name => "cloudtrail";

    /// <summary>AWS delivers files about five minutes late and in no order.</summary>
    public TimeSpan AllowedLateness => TimeSpan.FromMinutes(15);

    public IEventDecoder CreateDecoder(DecodeLimits limits, SymbolTable symbols) => new CloudTrailDecoder(limits, symbols);

    public IRecordFramer CreateFramer(DecodeLimits limits) => new CloudTrailFramer(limits);
}
