using System.Net;
using Microsoft.AspNetCore.Http;

namespace AnomalyDetect.Bouncer;

/// <summary>
/// Whose request it is. Everything but the address MUST have been proved (by a validated token or session): what a request merely claims must not decide
/// whose limits and blocks it meets. The ids MUST be those the service's telemetry carries, letter by letter. What is null is not looked up.
/// </summary>
public readonly record struct RequestSubject
{
    /// <summary>Decisions hold within one tenant, so without it none applies. Of anonymous requests a host name or a path may tell it.</summary>
    public string? Tenant { get; init; }

    /// <summary>The user or service that acts.</summary>
    public string? Principal { get; init; }

    /// <summary>The session it acts in.</summary>
    public string? Session { get; init; }

    /// <summary>The partner (client) on whose delegation it acts.</summary>
    public string? Partner { get; init; }

    /// <summary>Where the request comes from. IPv6 counts by its /64; IPv4 mapped into IPv6 is IPv4.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>
    /// When the principal last authenticated actively. Null: unknown, and then no re-authentication can be told from the authentication that a decision
    /// declared void, so the request is refused until the decision expires or the session is another.
    /// </summary>
    public DateTimeOffset? AuthenticatedAt { get; init; }

    /// <summary>The id of the token it comes with (<c>jti</c>).</summary>
    public string? Token { get; init; }

    /// <summary>
    /// When that token was issued (<c>iat</c>). A revocation of all tokens is told by it and by <see cref="AuthenticatedAt"/>: what is known of the two must lie after it, and where
    /// neither is known the request is refused until the decision expires.
    /// </summary>
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>The authentication context class the principal reached (<c>acr</c>), for step-up.</summary>
    public string? Acr { get; init; }

    /// <summary>
    /// From the authenticated identities' claims (<c>tenant_id</c>; <c>sub</c>; <c>sid</c>; <c>client_id</c> or <c>azp</c>; <c>jti</c>; <c>iat</c>; <c>auth_time</c>; <c>acr</c>; and the long names
    /// ASP.NET Core's JWT handlers may map them to) and the connection's remote address. <c>X-Forwarded-For</c> is not read: behind a proxy, add ASP.NET Core's
    /// forwarded-headers middleware with the proxies you know. Allocates nothing.
    /// </summary>
    public static RequestSubject FromClaims(HttpContext context) => ClaimsSubject.Of(context);
}
