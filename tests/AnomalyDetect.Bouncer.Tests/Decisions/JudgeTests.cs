namespace AnomalyDetect.Bouncer.Tests.Decisions;

[TestClass]
public sealed class JudgeTests
{
    [TestMethod]
    public void Whoever_no_decision_is_about_is_let_through()
    {
        var bench = new Bench();
        bench.Put(Some.Block());
        bench.Put(Some.Decision(DecisionType.RevokeSession, DecisionScope.Session, "s1"));
        Assert.IsTrue(bench.Of(Some.Subject(principal: "ada", session: "s2", partner: "p", address: "203.0.113.10")).LetsThrough);
        Assert.IsTrue(bench.Of(Some.Subject(principal: "s1", partner: "s1")).LetsThrough, "an id of another kind is another thing");
    }

    [TestMethod]
    public void A_decision_holds_in_its_own_tenant_only_and_where_no_tenant_is_known_nowhere()
    {
        var bench = new Bench();
        bench.Put(Some.Block());
        Assert.AreEqual(DecisionType.BlockIp, bench.Refused(Some.Subject(address: "203.0.113.9")));
        Assert.IsTrue(bench.Of(Some.Subject("globex", address: "203.0.113.9")).LetsThrough);
        Assert.IsTrue(bench.Of(Some.Subject("Acme", address: "203.0.113.9")).LetsThrough);
        Assert.IsTrue(bench.Of(Some.Subject(null, address: "203.0.113.9")).LetsThrough);
        Assert.IsTrue(bench.Of(Some.Subject("", address: "203.0.113.9")).LetsThrough);

        var single = new Bench(o => o.DefaultTenant = "acme");
        single.Put(Some.Block());
        Assert.AreEqual(DecisionType.BlockIp, single.Refused(Some.Subject(null, address: "203.0.113.9")));
    }

    [TestMethod]
    [DataRow("203.0.113.9", "203.0.113.9", true)]
    [DataRow("203.0.113.9", "::ffff:203.0.113.9", true)]
    [DataRow("203.0.113.9", "203.0.113.8", false)]
    [DataRow("2001:db8:1:2::/64", "2001:db8:1:2:aaaa::1", true)]
    [DataRow("2001:db8:1:2::/64", "2001:db8:1:3::1", false)]
    [DataRow("2001:db8:1:2::7", "2001:db8:1:2::9", true)]
    public void An_address_is_an_IPv4_address_or_a_64(string blocked, string from, bool refused)
    {
        var bench = new Bench();
        bench.Put(Some.Block(blocked));
        Assert.AreEqual(refused, bench.Refused(Some.Subject(address: from)) is not null);
    }

    [TestMethod]
    [DataRow("127.0.0.1")]
    [DataRow("10.1.2.3")]
    [DataRow("100.64.0.1")]
    [DataRow("192.168.1.1")]
    [DataRow("::1")]
    [DataRow("fe80::1")]
    [DataRow("fd00::1")]
    [DataRow("198.51.100.77")]
    public void A_proxy_nobody_told_us_of_is_no_target(string proxy)
    {
        var bench = new Bench(o => o.NeverRefuse.Add("198.51.100.0/24"));
        bench.Put(Some.Block(proxy));
        bench.Put(Some.Decision(DecisionType.RateLimit, DecisionScope.Address, proxy, limit: 1, per: 60));
        for (var i = 0; i < 3; i++) Assert.IsTrue(bench.Of(Some.Subject(address: proxy)).LetsThrough, proxy);

        var told = new Bench(o => o.SparePrivateAddresses = false);
        told.Put(Some.Block(proxy));
        Assert.AreEqual(DecisionType.BlockIp, told.Refused(Some.Subject(address: proxy)));
    }

    [TestMethod]
    public void An_expired_decision_stops_by_itself()
    {
        var bench = new Bench();
        bench.Put(Some.Block(expiresAt: Some.Time.AddMinutes(10)));
        var subject = Some.Subject(address: "203.0.113.9");
        bench.Clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        Assert.IsNotNull(bench.Refused(subject));
        bench.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.IsTrue(bench.Of(subject).LetsThrough);
    }

    [TestMethod]
    public void A_revoked_session_is_over_however_fresh_its_authentication()
    {
        var bench = new Bench();
        bench.Put(Some.Decision(DecisionType.RevokeSession, DecisionScope.Session, "s1"));
        Assert.AreEqual(DecisionType.RevokeSession, bench.Refused(Some.Subject(session: "s1", at: Some.Time.AddMinutes(5))));
    }

    [TestMethod]
    [DataRow(DecisionType.RevokeSession, DecisionScope.Principal)]
    [DataRow(DecisionType.ForceReauth, DecisionScope.Principal)]
    [DataRow(DecisionType.ForceReauth, DecisionScope.Session)]
    [DataRow(DecisionType.StepUp, DecisionScope.Principal)]
    public void An_authentication_counts_from_the_decision_on(DecisionType type, DecisionScope scope)
    {
        var bench = new Bench();
        bench.Put(Some.Decision(type, scope, "x"));
        RequestSubject At(DateTime? at) => scope == DecisionScope.Session ? Some.Subject(session: "x", at: at) : Some.Subject(principal: "x", at: at);
        Assert.AreEqual(type, bench.Refused(At(Some.Time.AddSeconds(-1))));
        Assert.AreEqual(type, bench.Refused(At(null)), "what is not known does not count");
        Assert.IsTrue(bench.Of(At(Some.Time)).LetsThrough);
        Assert.IsTrue(bench.Of(At(Some.Time.AddMinutes(1))).LetsThrough);
    }

    [TestMethod]
    public void A_step_up_wants_a_strong_authentication_where_strength_is_named()
    {
        var bench = new Bench(o =>
        {
            o.StepUpAcrValues.Add("phrh");
            o.StepUpAcrValues.Add("phr");
        });
        bench.Put(Some.Decision(DecisionType.StepUp, DecisionScope.Principal, "ada"));
        Assert.AreEqual(DecisionType.StepUp, bench.Refused(Some.Subject(principal: "ada", at: Some.Time.AddMinutes(1))));
        Assert.AreEqual(DecisionType.StepUp, bench.Refused(Some.Subject(principal: "ada", at: Some.Time.AddMinutes(1), acr: "pwd")));
        Assert.AreEqual(DecisionType.StepUp, bench.Refused(Some.Subject(principal: "ada", at: Some.Time.AddMinutes(-1), acr: "phr")));
        Assert.IsTrue(bench.Of(Some.Subject(principal: "ada", at: Some.Time.AddMinutes(1), acr: "phr")).LetsThrough);
    }

    [TestMethod]
    public void A_rate_limit_lets_through_what_it_allows_and_says_when_to_come_again()
    {
        var bench = new Bench(o => o.RateLimitShare = 0.5);
        bench.Put(Some.Decision(DecisionType.RateLimit, DecisionScope.Principal, "ada", limit: 60, per: 60));
        var ada = Some.Subject(principal: "ada");
        for (var i = 0; i < 30; i++) Assert.IsTrue(bench.Of(ada).LetsThrough, $"request {i}");
        var over = bench.Of(ada);
        Assert.AreEqual(DecisionType.RateLimit, over.Refused!.Type);
        Assert.AreEqual(TimeSpan.FromSeconds(2), over.RetryAfter, "half of one a second is this instance's");
        bench.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.IsTrue(bench.Of(ada).LetsThrough);
        Assert.IsFalse(bench.Of(ada).LetsThrough);
    }

    [TestMethod]
    public void The_sternest_of_several_is_told()
    {
        var bench = new Bench();
        bench.Put(Some.Decision(DecisionType.StepUp, DecisionScope.Principal, "ada"));
        bench.Put(Some.Decision(DecisionType.ForceReauth, DecisionScope.Session, "s1"));
        Assert.AreEqual(DecisionType.ForceReauth, bench.Refused(Some.Subject(principal: "ada", session: "s1")));
        bench.Put(Some.Decision(DecisionType.RevokeSession, DecisionScope.Session, "s1"));
        Assert.AreEqual(DecisionType.RevokeSession, bench.Refused(Some.Subject(principal: "ada", session: "s1")));
        bench.Put(Some.Decision(DecisionType.SuspendPartnerToken, DecisionScope.Partner, "p1"));
        Assert.AreEqual(DecisionType.SuspendPartnerToken, bench.Refused(Some.Subject(principal: "ada", session: "s1", partner: "p1")));
        bench.Put(Some.Block());
        Assert.AreEqual(DecisionType.BlockIp, bench.Refused(Some.Subject(principal: "ada", session: "s1", partner: "p1", address: "203.0.113.9")));
    }

    [TestMethod]
    public void A_dry_run_refuses_nobody_and_is_told_beside_what_does()
    {
        var bench = new Bench();
        var dry = bench.Put(Some.Block(simulated: true));
        var limit = bench.Put(Some.Decision(DecisionType.RateLimit, DecisionScope.Principal, "ada", simulated: true, limit: 1, per: 60));
        var first = bench.Of(Some.Subject(principal: "ada", address: "203.0.113.9"));
        Assert.IsNull(first.Refused);
        CollectionAssert.AreEqual(new[] { dry }, first.WouldHave);
        CollectionAssert.AreEqual(new[] { dry, limit }, bench.Of(Some.Subject(principal: "ada", address: "203.0.113.9")).WouldHave, "its limit runs as a real one would");

        bench.Put(Some.Decision(DecisionType.RevokeSession, DecisionScope.Session, "s1"));
        var both = bench.Of(Some.Subject(session: "s1", address: "203.0.113.9"));
        Assert.AreEqual(DecisionType.RevokeSession, both.Refused!.Type);
        CollectionAssert.AreEqual(new[] { dry }, both.WouldHave);
    }

    [TestMethod]
    public void A_challenge_passed_is_passed_for_that_address_and_for_a_while()
    {
        var bench = new Bench(o => o.Captcha.PassFor = TimeSpan.FromMinutes(10));
        var held = bench.Put(Some.Decision(DecisionType.Captcha, DecisionScope.Principal, "ada"));
        var here = Some.Subject(principal: "ada", address: "2001:db8::1");
        CollectionAssert.AreEqual(new[] { held }, bench.Of(here).Challenges);
        bench.Passes.Grant(held, here.Address);
        Assert.IsTrue(bench.Of(here).LetsThrough);
        Assert.IsTrue(bench.Of(Some.Subject(principal: "ada", address: "2001:db8::2")).LetsThrough, "the same /64");
        Assert.IsFalse(bench.Of(Some.Subject(principal: "ada", address: "203.0.113.9")).LetsThrough, "who holds the same token elsewhere");
        bench.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.IsFalse(bench.Of(here).LetsThrough);
    }
}
