using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace AnomalyDetect.Bouncer;

/// <summary>
/// Reads a subject from claims, in one walk over them. Lists are walked by index, because an enumerator behind an interface is an allocation a request. Of the two names a thing
/// may have the first wins, wherever in the list it stands; of several claims of one name, the first.
/// </summary>
internal static class ClaimsSubject
{
    private const string AuthenticationContext = "http://schemas.microsoft.com/claims/authnclassreference";

    public static RequestSubject Of(HttpContext context)
    {
        var subject = new RequestSubject { Address = context.Connection.RemoteIpAddress };
        var identities = context.User.Identities as IReadOnlyList<ClaimsIdentity> ?? [.. context.User.Identities];
        for (var i = 0; i < identities.Count; i++)
        {
            var identity = identities[i];
            if (identity.IsAuthenticated) subject = Read(subject, identity.Claims as IReadOnlyList<Claim> ?? [.. identity.Claims]);
        }

        return subject;
    }

    /// <summary>What an earlier identity told stays.</summary>
    private static RequestSubject Read(in RequestSubject subject, IReadOnlyList<Claim> claims)
    {
        string? tenant = null, token = null, issuedAt = null;
        (string? First, string? Second) principal = default, session = default, partner = default, authenticatedAt = default, acr = default;
        for (var i = 0; i < claims.Count; i++)
        {
            var (type, value) = (claims[i].Type, claims[i].Value);
            if (value.Length == 0) continue;
            switch (type)
            {
                case "tenant_id": tenant ??= value; break;
                case "sub": principal.First ??= value; break;
                case ClaimTypes.NameIdentifier: principal.Second ??= value; break;
                case "sid": session.First ??= value; break;
                case ClaimTypes.Sid: session.Second ??= value; break;
                case "client_id": partner.First ??= value; break;
                case "azp": partner.Second ??= value; break;
                case "jti": token ??= value; break;
                case "iat": issuedAt ??= value; break;
                case "auth_time": authenticatedAt.First ??= value; break;
                case ClaimTypes.AuthenticationInstant: authenticatedAt.Second ??= value; break;
                case "acr": acr.First ??= value; break;
                case AuthenticationContext: acr.Second ??= value; break;
            }
        }

        return subject with
        {
            Tenant = subject.Tenant ?? tenant,
            Principal = subject.Principal ?? principal.First ?? principal.Second,
            Session = subject.Session ?? session.First ?? session.Second,
            Partner = subject.Partner ?? partner.First ?? partner.Second,
            Token = subject.Token ?? token,
            IssuedAt = subject.IssuedAt ?? Time(issuedAt),
            AuthenticatedAt = subject.AuthenticatedAt ?? Time(authenticatedAt.First ?? authenticatedAt.Second),
            Acr = subject.Acr ?? acr.First ?? acr.Second,
        };
    }

    /// <summary>Seconds since 1970 as in JWT, or a time as text.</summary>
    private static DateTimeOffset? Time(string? value)
    {
        if (value is null) return null;
        if (long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
        return DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
    }
}
