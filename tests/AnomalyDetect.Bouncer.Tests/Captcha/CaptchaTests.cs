using System.Net;
using System.Text;
using AnomalyDetect.Bouncer.Captcha;

namespace AnomalyDetect.Bouncer.Tests.Captcha;

/// <summary>A challenged client of the sample application, and a provider that answers as it is told.</summary>
[TestClass]
public sealed class CaptchaTests
{
    private const string Ada = "tenant_id=acme;sub=ada";
    private const string From = "203.0.113.9";

    [TestMethod]
    [DataRow(CaptchaProvider.Turnstile, "turnstile", "cf-turnstile-response")]
    [DataRow(CaptchaProvider.HCaptcha, "hcaptcha", "h-captcha-response")]
    [DataRow(CaptchaProvider.ReCaptcha, "recaptcha", "g-recaptcha-response")]
    public async Task A_solved_challenge_lets_the_same_address_through_for_a_while(CaptchaProvider provider, string word, string field)
    {
        await using var judge = HttpReceiver.Start();
        judge.Decide = r => Json(Encoding.UTF8.GetString(r.Body).Contains("response=solved", StringComparison.Ordinal) ? """{"success":true}""" : """{"success":false,"error-codes":["invalid-input-response"]}""");
        await using var service = await FakeService.StartAsync();
        var decision = Some.Decision(DecisionType.Captcha, DecisionScope.Principal, "ada");
        service.Put(decision);
        var clock = new FakeTimeProvider(Some.Time);
        await using var shop = await OpenAsync(service, judge, provider, clock);

        var challenged = await shop.GetAsync("/acme/orders", Ada, From);
        Assert.AreEqual((HttpStatusCode.Forbidden, "captcha_required", decision.Id), (challenged.Status, challenged.Code, challenged.Headers["X-AnomalyDetect-Decision"]));
        Assert.AreEqual($$"""{"provider":"{{word}}","site_key":"site","header":"X-Captcha-Response"}""", challenged.Problem.GetProperty("captcha").GetRawText());
        Assert.IsEmpty(judge.Requests, "nothing to check");
        Assert.AreEqual("captcha_failed", (await shop.GetAsync("/acme/orders", Ada, From, ("X-Captcha-Response", "wrong"))).Code);
        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/acme/orders", Ada, From, ("X-Captcha-Response", "solved"))).Status);
        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/acme/orders", Ada, From)).Status);
        var body = Encoding.UTF8.GetString(judge.Requests[^1].Body);
        Assert.AreEqual(provider == CaptchaProvider.HCaptcha ? "secret=shh&response=solved&remoteip=203.0.113.9&sitekey=site" : "secret=shh&response=solved&remoteip=203.0.113.9", body);

        Assert.AreEqual("captcha_required", (await shop.GetAsync("/acme/orders", Ada, "203.0.113.10")).Code);
        clock.Advance(TimeSpan.FromMinutes(10));
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { [field] = "solved", ["item"] = "a lamp" });
        var posted = await shop.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/acme/orders") { Content = form }, Ada, From);
        Assert.AreEqual((HttpStatusCode.OK, "acme: a lamp ordered"), (posted.Status, posted.Body), "the endpoint still reads the form");
    }

    [TestMethod]
    [DataRow("""{"success":true,"hostname":"shop.example.com","score":0.9,"action":"order"}""", true)]
    [DataRow("""{"success":true,"hostname":"shop.example.com","score":0.4,"action":"order"}""", false)]
    [DataRow("""{"success":true,"hostname":"evil.example.com","score":0.9,"action":"order"}""", false)]
    [DataRow("""{"success":true,"hostname":"shop.example.com","score":0.9,"action":"other"}""", false)]
    [DataRow("""{"success":true}""", false)]
    public async Task Host_score_and_action_are_held_to_what_is_configured(string answer, bool passes)
    {
        await using var judge = HttpReceiver.Start();
        judge.Reply = Json(answer);
        await using var following = new Following(new Uri("http://127.0.0.1:1"), o =>
        {
            Configure(o, judge, CaptchaProvider.ReCaptcha);
            o.Captcha.Hostnames.Add("shop.example.com");
            o.Captcha.Action = "order";
        });
        Assert.AreEqual(passes ? CaptchaOutcome.Passed : CaptchaOutcome.Failed, await following.Get<ICaptchaVerifier>().VerifyAsync("t", null, CancellationToken.None));
        Assert.AreEqual("secret=shh&response=t", Encoding.UTF8.GetString(judge.Requests[0].Body));
    }

    [TestMethod]
    public async Task An_outage_is_told_from_a_failure_and_rubbish_makes_no_outage()
    {
        await using var judge = HttpReceiver.Start();
        await using var following = new Following(new Uri("http://127.0.0.1:1"), o => Configure(o, judge, CaptchaProvider.Turnstile));
        async Task<CaptchaOutcome> With(HttpReply reply)
        {
            judge.Reply = reply;
            return await following.Get<ICaptchaVerifier>().VerifyAsync("t", IPAddress.Loopback, CancellationToken.None);
        }

        Assert.AreEqual(CaptchaOutcome.Unavailable, await With(HttpReply.Status(500)));
        Assert.AreEqual(CaptchaOutcome.Unavailable, await With(HttpReply.Status(429)));
        Assert.AreEqual(CaptchaOutcome.Unavailable, await With(HttpReply.Status(302, ("Location", "/elsewhere"))));
        Assert.AreEqual(CaptchaOutcome.Unavailable, await With(new HttpReply.Close()));
        Assert.AreEqual(CaptchaOutcome.Unavailable, await With(Json("<html>")));
        Assert.AreEqual(CaptchaOutcome.Unavailable, await With(new HttpReply.EndlessBody(200)));
        Assert.AreEqual(CaptchaOutcome.Unavailable, await With(Json("""{"success":false,"error-codes":["invalid-input-secret"]}""")));
        Assert.AreEqual(CaptchaOutcome.Failed, await With(Json("""{"success":false,"error-codes":["timeout-or-duplicate"]}""")));
        Assert.AreEqual(CaptchaOutcome.Failed, await With(Json("""{"success":false}""")));
        Assert.AreEqual(CaptchaOutcome.Failed, await With(HttpReply.Status(400)));
        Assert.AreEqual(CaptchaOutcome.Failed, await With(HttpReply.Status(413)));
    }

    [TestMethod]
    [DataRow(AwayPolicy.FailOpen, HttpStatusCode.OK)]
    [DataRow(AwayPolicy.FailClosed, HttpStatusCode.ServiceUnavailable)]
    public async Task While_the_provider_is_out_it_is_the_applications_choice(AwayPolicy policy, HttpStatusCode status)
    {
        await using var judge = HttpReceiver.Start();
        judge.Reply = HttpReply.Status(500);
        await using var service = await FakeService.StartAsync();
        service.Put(Some.Decision(DecisionType.Captcha, DecisionScope.Principal, "ada"));
        await using var shop = await OpenAsync(service, judge, CaptchaProvider.Turnstile, new FakeTimeProvider(Some.Time), o => o.WhenAway = policy);
        Assert.AreEqual(status, (await shop.GetAsync("/acme/orders", Ada, From, ("X-Captcha-Response", "solved"))).Status);
        Assert.AreEqual(HttpStatusCode.Forbidden, (await shop.GetAsync("/acme/orders", Ada, From)).Status, "without a solution it is no matter of the provider");
        Assert.AreEqual("captcha_failed", (await shop.GetAsync("/acme/orders", Ada, From, ("X-Captcha-Response", new string('x', 8193)))).Code);
    }

    [TestMethod]
    public async Task More_checks_than_there_are_places_for_open_no_door()
    {
        await using var judge = HttpReceiver.Start();
        judge.Reply = new HttpReply.Hang();
        await using var service = await FakeService.StartAsync();
        service.Put(Some.Decision(DecisionType.Captcha, DecisionScope.Principal, "ada"));
        var clock = new FakeTimeProvider(Some.Time);
        await using var shop = await OpenAsync(service, judge, CaptchaProvider.Turnstile, clock, o => o.Captcha.MaxInFlight = 1);
        var first = shop.GetAsync("/acme/orders", Ada, From, ("X-Captcha-Response", "a"));
        await judge.WaitForAsync(1);
        var second = await shop.GetAsync("/acme/orders", Ada, From, ("X-Captcha-Response", "b"));
        Assert.AreEqual((HttpStatusCode.ServiceUnavailable, "captcha_unavailable"), (second.Status, second.Code));
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.AreEqual(HttpStatusCode.OK, (await first).Status, "a provider that does not answer in time is out, and the policy is open");
    }

    [TestMethod]
    public async Task Without_a_provider_nobody_is_challenged_and_one_of_the_applications_own_may_stand_in()
    {
        await using var service = await FakeService.StartAsync();
        service.Put(Some.Decision(DecisionType.Captcha, DecisionScope.Principal, "ada"));
        var logs = new LogLines();
        await using var shop = await Shop.OpenAsync(service.Url, time: new FakeTimeProvider(Some.Time), logs: logs);
        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/acme/orders", Ada, From)).Status);
        Assert.AreEqual(HttpStatusCode.OK, (await shop.GetAsync("/acme/orders", Ada, From)).Status);
        Assert.AreEqual(1, logs.Lines.Count(l => l.Contains("no captcha provider", StringComparison.Ordinal)));

        var options = Some.Options();
        using var own = new CaptchaGate(new Riddle(), new CaptchaPasses(options, TimeProvider.System), options);
        Assert.IsTrue(own.CanPose);
    }

    [TestMethod]
    public void Passes_are_bounded_and_the_oldest_make_room()
    {
        var passes = new CaptchaPasses(Some.Options(o => o.Captcha.Passes = 100), new FakeTimeProvider(Some.Time));
        var held = Some.Held(Some.Decision(DecisionType.Captcha, DecisionScope.Principal, "ada"));
        for (var i = 0; i < 300; i++) passes.Grant(held, new IPAddress([203, 0, (byte)(i >> 8), (byte)i]));
        Assert.AreEqual(100, passes.Count);
        Assert.IsTrue(passes.Has(held, new IPAddress([203, 0, 1, 43])));
        Assert.IsFalse(passes.Has(held, new IPAddress([203, 0, 0, 1])));
        for (var i = 0; i < 300; i++) passes.Grant(held, IPAddress.Parse("203.0.113.9"));
        Assert.AreEqual(1, passes.Count, "granted again is one");
        Assert.IsTrue(passes.Has(held, IPAddress.Parse("203.0.113.9")));
    }

    private static HttpReply.Answer Json(string body) => new(200) { Body = Encoding.UTF8.GetBytes(body), Headers = [("Content-Type", "application/json")] };

    private static void Configure(BouncerOptions options, HttpReceiver judge, CaptchaProvider provider) =>
        (options.Captcha.Provider, options.Captcha.Secret, options.Captcha.SiteKey, options.Captcha.VerifyUrl) = (provider, "shh", "site", new Uri(judge.Url));

    private static Task<Shop> OpenAsync(FakeService service, HttpReceiver judge, CaptchaProvider provider, TimeProvider time, Action<BouncerOptions>? adjust = null) =>
        Shop.OpenAsync(service.Url, time: time, adjust: o =>
        {
            Configure(o, judge, provider);
            adjust?.Invoke(o);
        });

    private sealed class Riddle : ICaptchaVerifier
    {
        public Task<CaptchaOutcome> VerifyAsync(string token, IPAddress? address, CancellationToken cancellation) => Task.FromResult(CaptchaOutcome.Passed);
    }
}
