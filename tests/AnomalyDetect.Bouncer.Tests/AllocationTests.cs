using System.Net;
using System.Security.Claims;
using AnomalyDetect.Testing;
using Microsoft.AspNetCore.Http;

namespace AnomalyDetect.Bouncer.Tests;

[TestClass]
[DoNotParallelize]
public sealed class AllocationTests
{
    private const int Decisions = 100_000;

    [TestMethod]
    [DataRow(AwayPolicy.FailOpen)]
    [DataRow(AwayPolicy.FailClosed)]
    public async Task Letting_a_request_through_allocates_nothing(AwayPolicy policy)
    {
        await using var following = new Following(new Uri("http://127.0.0.1:1"), o => (o.WhenAway, o.SayWhenAway) = (policy, true));
        for (var i = 0; i < Decisions / 5; i++)
        {
            following.Table.Put(Some.Held(Some.Block($"203.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}")));
            following.Table.Put(Some.Held(Some.Decision(DecisionType.StepUp, DecisionScope.Principal, $"user-{i}")));
            following.Table.Put(Some.Held(Some.Decision(DecisionType.RevokeSession, DecisionScope.Session, $"s-{i}")));
            following.Table.Put(Some.Held(Some.Decision(DecisionType.SuspendPartnerToken, DecisionScope.Partner, $"p-{i}")));
            following.Table.Put(Some.Held(Some.Decision(DecisionType.RevokeToken, DecisionScope.Token, $"t-{i}")));
        }

        // Found, weighed and passed: the token was issued since.
        following.Table.Put(Some.Held(Some.Decision(DecisionType.RevokeToken, DecisionScope.Tenant, "acme", createdAt: Some.Time.AddDays(-1))));
        following.Table.Put(Some.Held(Some.Decision(DecisionType.RevokeToken, DecisionScope.Principal, "ada", createdAt: Some.Time.AddDays(-1))));
        Assert.AreEqual(Decisions + 2, following.Table.Count);
        following.Get<AnomalyDetect.Bouncer.Feed.FeedState>().Succeeded();
        var middleware = ActivatorUtilities.CreateInstance<BouncerMiddleware>(following.Get<IServiceProvider>(), (RequestDelegate)(_ => Task.CompletedTask));
        var context = new DefaultHttpContext { User = new ClaimsPrincipal(new ClaimsIdentity(Claims(), "Bearer")) };
        context.Connection.RemoteIpAddress = IPAddress.Parse("2001:db8::17");

        void Pass()
        {
            for (var i = 0; i < 1000; i++)
                if (!middleware.InvokeAsync(context).IsCompletedSuccessfully) throw new InvalidOperationException("it was not let through");
        }

        Assert.AreEqual(0, Allocation.Of(Pass));
        Assert.AreEqual(200, context.Response.StatusCode);
    }

    private static Claim[] Claims() =>
    [
        new("iss", "https://idp.example.com"), new("aud", "shop"), new("exp", "1772443600"), new("iat", "1772440000"), new("tenant_id", "acme"), new("sub", "ada"), new("sid", "s1"),
        new("azp", "p1"), new("auth_time", "1772440000"), new("acr", "phr"), new("scope", "orders"), new("jti", "t1"),
    ];
}
