namespace AnomalyDetect.Bouncer;

/// <summary>
/// For a token endpoint: whether what somebody holds may still be renewed. A refresh token comes past no middleware as the claims of a request, so its endpoint has to ask. In
/// the application's services with the bouncer; allocates nothing while all is well.
/// </summary>
public interface IRevocations
{
    /// <summary>
    /// Why it must not be renewed, or null. The answer is an <c>invalid_grant</c> (RFC 6749). By revoked tokens and sessions, re-authentications asked for and suspended partners;
    /// limits and challenges are not asked. Counts as enforced. While the service is away and the bouncer fails closed, everything is refused.
    /// </summary>
    /// <param name="subject">
    /// Whose refresh token it is: tenant and principal, its session and id, when it (or the first of its family) was issued and when its owner signed in.
    /// </param>
    Refusal? RefusalOf(in RequestSubject subject);
}
