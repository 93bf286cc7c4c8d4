using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace AnomalyDetect.Bouncer.Sample;

public sealed class SampleAuthenticationOptions : AuthenticationSchemeOptions;

/// <summary>
/// Stands in for the validation of real tokens: <c>Authorization: Sample tenant_id=acme;sub=ada;sid=s1</c> is taken at its word. For trying out only.
/// </summary>
public sealed class SampleAuthentication(IOptionsMonitor<SampleAuthenticationOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<SampleAuthenticationOptions>(options, loggers, encoder)
{
    public const string Name = "Sample";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Name + " ", StringComparison.Ordinal)) return Task.FromResult(AuthenticateResult.NoResult());
        var claims = header[(Name.Length + 1)..].Split(';').Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2).Select(pair => new Claim(pair[0], pair[1]));
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, Name)), Name)));
    }
}
