using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace AnomalyDetect.Bouncer.Sample;

public sealed class SampleAuthenticationOptions : AuthenticationSchemeOptions;

/// <summary>
/// Stands in for the validation of real tokens: <c>Authorization: Sample tenant_id=acme;sub=ada;sid=s1</c> is taken at its word, and with
/// <c>fault=invalid_claim</c> (or <c>bad_signature</c>, <c>expired</c>) it is a token that does not stand up. For trying out only.
/// </summary>
public sealed class SampleAuthentication(IOptionsMonitor<SampleAuthenticationOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<SampleAuthenticationOptions>(options, loggers, encoder)
{
    public const string Name = "Sample";

    /// <summary>What the request's token says; null without one. Nothing in it is proved.</summary>
    internal static Dictionary<string, string>? TokenOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Name + " ", StringComparison.Ordinal) ? SamplePairs.Read(header[(Name.Length + 1)..]) : null;
    }

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (TokenOf(Request) is not { } token) return Task.FromResult(AuthenticateResult.NoResult());
        if (token.TryGetValue("fault", out var fault)) return Task.FromResult(AuthenticateResult.Fail(fault));
        var claims = token.Select(pair => new Claim(pair.Key, pair.Value));
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, Name)), Name)));
    }
}
