using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace AnomalyDetect.Bouncer;

/// <summary>Reads a subject from claims. Lists are walked by index, because an enumerator behind an interface is an allocation a request.</summary>
internal static class ClaimsSubject
{
    private static readonly string[] Tenant = ["tenant_id"];
    private static readonly string[] Principal = ["sub", ClaimTypes.NameIdentifier];
    private static readonly string[] Session = ["sid", ClaimTypes.Sid];
    private static readonly string[] Partner = ["client_id", "azp"];
    private static readonly string[] AuthenticatedAt = ["auth_time", ClaimTypes.AuthenticationInstant];
    private static readonly string[] Acr = ["acr", "http://schemas.microsoft.com/claims/authnclassreference"];

    public static RequestSubject Of(HttpContext context)
    {
        var subject = new RequestSubject { Address = context.Connection.RemoteIpAddress };
        var identities = context.User.Identities as IReadOnlyList<ClaimsIdentity> ?? [.. context.User.Identities];
        for (var i = 0; i < identities.Count; i++)
        {
            var identity = identities[i];
            if (!identity.IsAuthenticated) continue;
            var claims = identity.Claims as IReadOnlyList<Claim> ?? [.. identity.Claims];
            subject = subject with
            {
                Tenant = subject.Tenant ?? Find(claims, Tenant),
                Principal = subject.Principal ?? Find(claims, Principal),
                Session = subject.Session ?? Find(claims, Session),
                Partner = subject.Partner ?? Find(claims, Partner),
                AuthenticatedAt = subject.AuthenticatedAt ?? Time(Find(claims, AuthenticatedAt)),
                Acr = subject.Acr ?? Find(claims, Acr),
            };
        }

        return subject;
    }

    /// <summary>The first type that is there wins, wherever in the list it stands.</summary>
    private static string? Find(IReadOnlyList<Claim> claims, string[] types)
    {
        foreach (var type in types)
        {
            for (var i = 0; i < claims.Count; i++)
                if (string.Equals(claims[i].Type, type, StringComparison.Ordinal) && claims[i].Value.Length > 0) return claims[i].Value;
        }

        return null;
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
