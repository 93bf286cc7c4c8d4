using System.Net;

namespace AnomalyDetect.Bouncer.Tests;

/// <summary>What a client of the sample application gets to see.</summary>
[TestClass]
public sealed class RefusalTests
{
    private const string Ada = "tenant_id=acme;sub=ada;sid=s1;client_id=p1;auth_time=1772440000"; // an hour and more before Some.Time

    [TestMethod]
    [DataRow(DecisionType.BlockIp, DecisionScope.Address, "203.0.113.9", 403, "address_blocked")]
    [DataRow(DecisionType.SuspendPartnerToken, DecisionScope.Partner, "p1", 403, "partner_suspended")]
    [DataRow(DecisionType.RevokeSession, DecisionScope.Session, "s1", 401, "session_revoked")]
    [DataRow(DecisionType.RevokeSession, DecisionScope.Principal, "ada", 401, "session_revoked")]
    [DataRow(DecisionType.ForceReauth, DecisionScope.Session, "s1", 401, "reauthentication_required")]
    [DataRow(DecisionType.StepUp, DecisionScope.Principal, "ada", 401, "step_up_required")]
    public async Task A_refusal_is_a_problem_that_names_its_decision_and_its_neighbours_notice_nothing(DecisionType type, DecisionScope scope, string value, int status, string code)
    {
        await using var service = await FakeService.StartAsync();
        var decision = Some.Decision(type, scope, value);
        service.Put(decision);
        await using var shop = await Shop.OpenAsync(service.Url, time: new FakeTimeProvider(Some.Time));
        var refused = await shop.GetAsync("/acme/orders", Ada, "203.0.113.9");
        Assert.AreEqual(status, (int)refused.Status, refused.Body);
        Assert.AreEqual(code, refused.Code);
        Assert.AreEqual("application/problem+json", refused.Type);
        Assert.AreEqual(decision.Id, refused.Headers["X-AnomalyDetect-Decision"]);
        Assert.AreEqual(decision.Id, refused.Problem.GetProperty("decision_id").GetString());
        Assert.AreEqual("no-store", refused.Headers["Cache-Control"]);
        Assert.AreEqual(status == 401, refused.Headers.ContainsKey("WWW-Authenticate"));

        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/acme/orders", "tenant_id=acme;sub=bob;sid=s2;client_id=p2")).Status);
        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/globex/orders", Ada.Replace("acme", "globex"), "203.0.113.9")).Status, "another tenant");
    }

    [TestMethod]
    public async Task Step_up_is_asked_for_by_the_words_of_RFC_9470_and_a_fresh_strong_sign_in_satisfies_it()
    {
        await using var service = await FakeService.StartAsync();
        service.Put(Some.Decision(DecisionType.StepUp, DecisionScope.Principal, "ada"));
        var clock = new FakeTimeProvider(Some.Time.AddSeconds(90));
        await using var shop = await Shop.OpenAsync(service.Url, time: clock, adjust: o =>
        {
            o.StepUpAcrValues.Add("urn:acme:gold");
            o.StepUpAcrValues.Add("urn:acme:silver");
        });
        Assert.AreEqual(
            """Bearer error="insufficient_user_authentication", error_description="A different authentication level is required", acr_values="urn:acme:gold urn:acme:silver", max_age="90" """.TrimEnd(),
            (await shop.GetAsync("/acme/orders", Ada)).Headers["WWW-Authenticate"]);
        var fresh = $"tenant_id=acme;sub=ada;sid=s1;auth_time={new DateTimeOffset(Some.Time).ToUnixTimeSeconds() + 60}";
        Assert.AreEqual(HttpStatusCode.Unauthorized, (await shop.GetAsync("/acme/orders", fresh)).Status);
        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/acme/orders", fresh + ";acr=urn:acme:silver")).Status);
    }

    [TestMethod]
    public async Task A_limit_answers_429_and_says_when_to_come_again()
    {
        await using var service = await FakeService.StartAsync();
        service.Put(Some.Decision(DecisionType.RateLimit, DecisionScope.Principal, "ada", limit: 3, per: 60));
        var clock = new FakeTimeProvider(Some.Time);
        await using var shop = await Shop.OpenAsync(service.Url, time: clock);
        for (var i = 0; i < 3; i++) Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/acme/orders", Ada)).Status);
        var limited = await shop.GetAsync("/acme/orders", Ada);
        Assert.AreEqual((HttpStatusCode.TooManyRequests, "rate_limited", "20"), (limited.Status, limited.Code, limited.Headers["Retry-After"]));
        Assert.AreEqual(20, limited.Problem.GetProperty("retry_after").GetInt32());
        clock.Advance(TimeSpan.FromSeconds(20));
        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/acme/orders", Ada)).Status);
    }

    [TestMethod]
    public async Task A_forged_token_is_blocked_at_the_door_it_knocks_at()
    {
        await using var service = await FakeService.StartAsync();
        service.Put(Some.Block());
        await using var shop = await Shop.OpenAsync(service.Url, time: new FakeTimeProvider(Some.Time));
        Assert.AreEqual(HttpStatusCode.Forbidden, (await shop.GetAsync("/acme/catalogue", null, "203.0.113.9")).Status);
        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/globex/catalogue", null, "203.0.113.9")).Status);
        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/acme/catalogue", null, "203.0.113.9, 198.51.100.1")).Status, "only what the proxy itself adds is believed");
    }

    [TestMethod]
    public async Task A_dry_run_lets_everything_through_and_is_reported_as_what_it_would_have_done()
    {
        await using var service = await FakeService.StartAsync();
        var dry = Some.Block(simulated: true);
        service.Put(dry);
        await using var shop = await Shop.OpenAsync(service.Url, time: TimeProvider.System, adjust: o => o.Identify = RequestSubject.FromClaims);
        service.End(dry, "simulated"); // once more, unchanged
        var later = dry with { Id = "later", ExpiresAt = DateTime.UtcNow.AddHours(1) };
        service.Put(later);
        await shop.HoldsAsync(1);
        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/acme/orders", Ada, "203.0.113.9")).Status);
        await Wait.UntilAsync(() => service.Reports.Any(r => r.Contains("\"later\"", StringComparison.Ordinal)), "a report of the dry run");
    }

    [TestMethod]
    public async Task The_application_may_write_its_own_answer_and_exempt_what_it_likes()
    {
        await using var service = await FakeService.StartAsync();
        service.Put(Some.Decision(DecisionType.RevokeSession, DecisionScope.Session, "s1"));
        await using var shop = await Shop.OpenAsync(service.Url, time: new FakeTimeProvider(Some.Time), adjust: o =>
        {
            o.Exempt = context => context.Request.Path == "/acme/catalogue";
            o.Answer = (context, refusal) =>
            {
                context.Response.StatusCode = 303;
                context.Response.Headers.Location = $"/signin?why={refusal.Code}";
                return Task.CompletedTask;
            };
        });
        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/acme/catalogue", Ada)).Status);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(shop.Web.Urls.Single()), "/acme/orders"));
        request.Headers.Add("Authorization", $"Sample {Ada}");
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var answer = await client.SendAsync(request);
        Assert.AreEqual((HttpStatusCode.SeeOther, "/signin?why=session_revoked"), (answer.StatusCode, answer.Headers.Location!.ToString()));
        Assert.IsTrue(answer.Headers.Contains("X-AnomalyDetect-Decision"));
    }
}
