using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace AnomalyDetect.Bouncer.Tests;

[TestClass]
public sealed class ClaimsSubjectTests
{
    [TestMethod]
    public void The_names_of_tokens_and_those_handlers_map_them_to_are_both_known()
    {
        var short_ = Of(("tenant_id", "acme"), ("sub", "ada"), ("sid", "s1"), ("client_id", "p1"), ("auth_time", "1772440000"), ("acr", "phr"));
        var long_ = Of(
            ("tenant_id", "acme"), (ClaimTypes.NameIdentifier, "ada"), (ClaimTypes.Sid, "s1"), ("azp", "p1"), (ClaimTypes.AuthenticationInstant, "2026-03-02T08:26:40Z"),
            ("http://schemas.microsoft.com/claims/authnclassreference", "phr"));
        Assert.AreEqual(short_, long_);
        Assert.AreEqual(Some.Subject(principal: "ada", session: "s1", partner: "p1", address: "203.0.113.9", at: new DateTime(2026, 3, 2, 8, 26, 40, DateTimeKind.Utc), acr: "phr"), short_);
        Assert.AreEqual("first", Of(("azp", "second"), ("client_id", "first")).Partner);
    }

    [TestMethod]
    public void A_tokens_id_and_when_it_was_issued_are_read_and_the_better_name_wins_wherever_it_stands()
    {
        var subject = Of(("jti", "t1"), ("iat", "1772440000"), (ClaimTypes.NameIdentifier, "second"), ("sub", "first"), ("sub", "third"));
        Assert.AreEqual(("t1", new DateTimeOffset(2026, 3, 2, 8, 26, 40, TimeSpan.Zero), "first"), (subject.Token, subject.IssuedAt, subject.Principal));
        Assert.IsNull(Of(("iat", "soon")).IssuedAt);
    }

    [TestMethod]
    public void Claims_that_nobody_vouches_for_are_not_read()
    {
        var context = new DefaultHttpContext { User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("tenant_id", "acme"), new Claim("sub", "ada")])) };
        Assert.AreEqual(default, RequestSubject.FromClaims(context));
        Assert.AreEqual(default, RequestSubject.FromClaims(new DefaultHttpContext()));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("-5")]
    [DataRow("99999999999999999999")]
    [DataRow("999999999999999")]
    [DataRow("yesterday")]
    public void A_time_that_is_none_is_unknown(string text) => Assert.IsNull(Of(("auth_time", text)).AuthenticatedAt);

    private static RequestSubject Of(params (string Type, string Value)[] claims)
    {
        var context = new DefaultHttpContext { User = new ClaimsPrincipal(new ClaimsIdentity(claims.Select(c => new Claim(c.Type, c.Value)), "Bearer")) };
        context.Connection.RemoteIpAddress = IPAddress.Parse("203.0.113.9");
        return RequestSubject.FromClaims(context);
    }
}
