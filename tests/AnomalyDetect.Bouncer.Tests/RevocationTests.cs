using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace AnomalyDetect.Bouncer.Tests;

/// <summary>The cascade, over the real service and a sample application: asked for, broadcast, verified, enforced, counted and undone.</summary>
[TestClass]
public sealed class RevocationTests
{
    [TestMethod]
    public async Task A_revoked_tenant_is_signed_out_everywhere_its_refresh_tokens_too_and_the_service_knows_of_whom()
    {
        await using var service = await RealService.StartAsync();
        var key = service.EnforcerKey("acme", "globex");
        await using var shop = await Shop.OpenAsync(service.Url, key);
        await using var other = await Shop.OpenAsync(service.Url, key);
        var issued = Seconds(-60);
        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/acme/orders", Token("ada", "s1", "t1", issued))).Status);
        Assert.AreEqual(HttpStatusCode.OK, (await RenewAsync(shop, Token("ada", "s1", "r1", issued))).Status);

        var id = await RevokeAsync(service, """{"tenant_id":"acme","scope":"tenant","reason":"a breach"}""");
        await shop.HoldsAsync(1);
        await other.HoldsAsync(1);
        await Wait.UntilAsync(() => Steps(service, id).Contains("verified at bouncers: all 2 live bouncers hold it"), "both bouncers are known to hold it");

        var refused = await shop.GetAsync("/acme/orders", Token("ada", "s1", "t1", issued));
        Assert.AreEqual((HttpStatusCode.Unauthorized, "token_revoked", id), (refused.Status, refused.Code, refused.Headers["X-AnomalyDetect-Decision"]));
        StringAssert.Contains(refused.Headers["WWW-Authenticate"], "invalid_token");
        Assert.AreEqual(HttpStatusCode.Unauthorized, (await other.GetAsync("/acme/orders", Token("ada", "s1", "t1", issued))).Status, "seen by two, counted once");
        Assert.AreEqual(HttpStatusCode.Unauthorized, (await other.GetAsync("/acme/orders", Token("bob", "s2", "t2", issued))).Status);
        var renewal = await RenewAsync(other, Token("carol", "s3", "r3", issued));
        Assert.AreEqual(HttpStatusCode.BadRequest, renewal.Status);
        StringAssert.Contains(renewal.Body, "invalid_grant");

        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/acme/catalogue")).Status, "who has not signed in");
        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/globex/orders", $"tenant_id=globex;sub=ada;iat={issued}")).Status, "another tenant");
        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/acme/orders", Token("ada", "s9", "t9", Seconds(5)))).Status, "who signed in again");

        await Wait.UntilAsync(() => service.Host.Store.Decisions.Find(id)!.Enforced?.Count == 4, "all four refusals are known to the service");
        var ended = (await service.DecisionAsync(id)).GetProperty("enforced").GetProperty("ended");
        Assert.AreEqual((3, 3, 3), (ended.GetProperty("principals").GetInt32(), ended.GetProperty("sessions").GetInt32(), ended.GetProperty("tokens").GetInt32()));
        var metrics = await service.Admin.GetStringAsync("/metrics");
        foreach (var kind in new[] { "principals", "sessions", "tokens" }) StringAssert.Contains(metrics, $"anomalydetect_ended_total{{kind=\"{kind}\"}} 3");
        StringAssert.Contains(metrics, "anomalydetect_bouncers{state=\"live\"} 2");

        await service.UndoAsync(id);
        await shop.HoldsAsync(0);
        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/acme/orders", Token("ada", "s1", "t1", issued))).Status);
        await Wait.UntilAsync(() => Steps(service, id)[^1] == "undo_verified at bouncers: all 2 live bouncers have let go of it", "both bouncers are known to have let go of it");
        Assert.IsNull(service.Host.Store.Ledger.Verify(null, CancellationToken.None).Reason);
    }

    [TestMethod]
    public async Task A_principal_and_a_token_are_revoked_without_their_neighbours()
    {
        await using var service = await RealService.StartAsync();
        await using var shop = await Shop.OpenAsync(service.Url, service.EnforcerKey("acme"));
        var issued = Seconds(-60);
        await RevokeAsync(service, """{"tenant_id":"acme","scope":"principal","value":"ada","reason":"their laptop is gone"}""");
        await RevokeAsync(service, """{"tenant_id":"acme","scope":"token","value":"t2","reason":"it was posted in a forum"}""");
        await RevokeAsync(service, """{"tenant_id":"acme","scope":"session","value":"s3","reason":"left open"}""");
        await shop.HoldsAsync(3);
        foreach (var (claims, code) in new[] { (Token("ada", "s1", "t1", issued), "token_revoked"), (Token("bob", "s2", "t2", issued), "token_revoked"), (Token("bob", "s3", "t3", issued), "session_revoked") })
            Assert.AreEqual(code, (await shop.GetAsync("/acme/orders", claims)).Code, claims);
        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/acme/orders", Token("bob", "s2", "t4", issued))).Status);
        Assert.AreEqual(HttpStatusCode.BadRequest, (await RenewAsync(shop, Token("ada", "s1", "r1", issued))).Status);
        Assert.AreEqual(HttpStatusCode.OK, (await RenewAsync(shop, Token("bob", "s2", "r2", issued))).Status);
    }

    [TestMethod]
    public async Task In_dry_run_nobody_is_signed_out_and_it_is_counted_who_would_have_been()
    {
        await using var service = await RealService.StartAsync(enforce: false);
        await using var shop = await Shop.OpenAsync(service.Url, service.EnforcerKey());
        var id = await RevokeAsync(service, """{"tenant_id":"acme","scope":"tenant","reason":"a drill"}""", "simulated");
        await shop.HoldsAsync(1);
        foreach (var who in new[] { "ada", "bob" }) Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/acme/orders", Token(who, $"s-{who}", "t", Seconds(-60)))).Status);
        await Wait.UntilAsync(() => service.Host.Store.Decisions.Find(id)!.Enforced?.Ended?.Principals == 2, "a count of who would have been");
        StringAssert.Contains(await service.Admin.GetStringAsync("/metrics"), "anomalydetect_ended_total{kind=\"principals\"} 0");
        Assert.IsFalse(Steps(service, id).Any(s => s.Contains("verified")));
    }

    [TestMethod]
    public async Task A_token_endpoint_that_fails_closed_renews_nothing_before_it_knows()
    {
        await using var following = new Following(new Uri("http://127.0.0.1:1"), o => o.WhenAway = AwayPolicy.FailClosed);
        Assert.AreEqual("decisions_unavailable", following.Get<IRevocations>().RefusalOf(Some.Subject(principal: "ada"))!.Code);
        following.Get<AnomalyDetect.Bouncer.Feed.FeedState>().Succeeded();
        Assert.IsNull(following.Get<IRevocations>().RefusalOf(Some.Subject(principal: "ada")));
    }

    private static string Seconds(int fromNow) => DateTimeOffset.UtcNow.AddSeconds(fromNow).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static string Token(string principal, string session, string token, string issued) => $"tenant_id=acme;sub={principal};sid={session};jti={token};iat={issued}";

    private static Task<ShopAnswer> RenewAsync(Shop shop, string token) => shop.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "/acme/token") { Content = new FormUrlEncodedContent([new("refresh_token", token)]) }, null, "198.51.100.1");

    private static async Task<string> RevokeAsync(RealService service, string body, string state = "active")
    {
        using var answer = await service.Admin.PostAsync("/v1/revocations", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        Assert.AreEqual(HttpStatusCode.Created, answer.StatusCode, await answer.Content.ReadAsStringAsync());
        var revoked = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.AreEqual(state, revoked.GetProperty("state").GetString());
        return revoked.GetProperty("id").GetString()!;
    }

    private static List<string> Steps(RealService service, string id) =>
        [.. service.Host.Store.Decisions.Life(id).Select(s => $"{s.Step}{(s.Target is null ? "" : $" at {s.Target}")}: {s.Reason}")];
}
