using System.Globalization;

namespace AnomalyDetect.Bouncer.Sample;

/// <summary>
/// The token endpoint: a refresh token is no claim of the request, so what is known of it is held against the revocations here. This shop's are as simple as its access tokens,
/// <c>tenant_id=acme;sub=ada;sid=s1;jti=r1;iat=…</c>, and taken at their word.
/// </summary>
internal static class SampleTokens
{
    public static async Task<IResult> RenewAsync(HttpRequest request, IRevocations revocations)
    {
        var refresh = SamplePairs.Read((await request.ReadFormAsync())["refresh_token"].ToString());
        var refusal = revocations.RefusalOf(new RequestSubject
        {
            Tenant = refresh.GetValueOrDefault("tenant_id"),
            Principal = refresh.GetValueOrDefault("sub"),
            Session = refresh.GetValueOrDefault("sid"),
            Token = refresh.GetValueOrDefault("jti"),
            IssuedAt = long.TryParse(refresh.GetValueOrDefault("iat"), CultureInfo.InvariantCulture, out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null,
        });
        return refusal is null ? Results.Ok(new { access_token = "another one" }) : Results.BadRequest(new { error = "invalid_grant", error_description = refusal.Detail });
    }
}
