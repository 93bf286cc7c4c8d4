using AnomalyDetect.Bouncer.Decisions;

namespace AnomalyDetect.Bouncer.Tests.Decisions;

/// <summary>Tokens and sessions that are over, one by one or all at once.</summary>
[TestClass]
public sealed class RevocationJudgeTests
{
    private static readonly DateTime Before = Some.Time.AddSeconds(-1);
    private static readonly DateTime Since = Some.Time;

    [TestMethod]
    public void One_token_is_refused_by_its_id_whenever_it_was_issued_and_the_next_one_is_not()
    {
        var bench = new Bench();
        bench.Put(Revoke(DecisionScope.Token, "t1"));
        Assert.AreEqual(DecisionType.RevokeToken, bench.Refused(Some.Subject(principal: "ada", token: "t1", issued: Since.AddHours(1))));
        Assert.IsTrue(bench.Of(Some.Subject(principal: "ada", token: "t2", issued: Before)).LetsThrough);
        Assert.IsTrue(bench.Of(Some.Subject(principal: "t1", session: "t1", token: "t2")).LetsThrough, "an id of another kind is another thing");
    }

    [TestMethod]
    [DataRow(DecisionScope.Principal)]
    [DataRow(DecisionScope.Tenant)]
    public void All_that_was_issued_before_is_over_and_what_was_issued_since_is_not(DecisionScope scope)
    {
        var bench = new Bench();
        bench.Put(Revoke(scope, scope == DecisionScope.Tenant ? "acme" : "ada"));
        bool Refuses(DateTime? issued, DateTime? authenticated) => bench.Refused(Some.Subject(principal: "ada", token: "t", issued: issued, at: authenticated)) is not null;

        Assert.IsTrue(Refuses(Before, Before));
        Assert.IsFalse(Refuses(Since, Since));
        Assert.IsTrue(Refuses(Since, Before), "fetched with a refresh token of a session from before");
        Assert.IsTrue(Refuses(Before, Since));
        Assert.IsFalse(Refuses(Since, null), "a client without a user");
        Assert.IsTrue(Refuses(Before, null));
        Assert.IsFalse(Refuses(null, Since), "a session without a token");
        Assert.IsTrue(Refuses(null, Before));
        Assert.IsTrue(Refuses(null, null), "nobody knows");
    }

    [TestMethod]
    public void A_token_of_the_very_second_is_taken_as_from_before()
    {
        var bench = new Bench();
        bench.Put(Revoke(DecisionScope.Principal, "ada", Some.Time.AddMilliseconds(300)));
        Assert.AreEqual(DecisionType.RevokeToken, bench.Refused(Some.Subject(principal: "ada", issued: Some.Time)));
        Assert.IsNull(bench.Refused(Some.Subject(principal: "ada", issued: Some.Time.AddSeconds(1))));
    }

    [TestMethod]
    public void What_was_issued_while_it_waited_for_approval_is_over_too()
    {
        var bench = new Bench();
        var decision = Revoke(DecisionScope.Tenant, "acme");
        bench.Copy.Table.Put(HeldDecision.Of(decision, false, 1, bench.Clock, inForceSince: Some.Time.AddMinutes(20))!);
        Assert.AreEqual(DecisionType.RevokeToken, bench.Refused(Some.Subject(principal: "eve", issued: Some.Time.AddMinutes(19), at: Some.Time.AddMinutes(19))));
        Assert.IsNull(bench.Refused(Some.Subject(principal: "ada", issued: Some.Time.AddMinutes(20))));

        var reauth = Some.Decision(DecisionType.ForceReauth, DecisionScope.Principal, "bob");
        Assert.AreEqual(Some.Time, HeldDecision.Of(reauth, false, 1, bench.Clock, inForceSince: Some.Time.AddMinutes(20))!.Since, "a sign-in since what was seen will do");
    }

    [TestMethod]
    public void Of_a_revoked_tenant_whoever_has_not_signed_in_yet_comes_in_and_so_does_everybody_of_another()
    {
        var bench = new Bench();
        bench.Put(Revoke(DecisionScope.Tenant, "acme"));
        Assert.IsTrue(bench.Of(Some.Subject(address: "203.0.113.9")).LetsThrough);
        Assert.IsTrue(bench.Of(Some.Subject("globex", principal: "ada", issued: Before)).LetsThrough);
        foreach (var subject in new[] { Some.Subject(session: "s"), Some.Subject(partner: "p"), Some.Subject(token: "t"), Some.Subject(principal: "ada") })
            Assert.AreEqual(DecisionType.RevokeToken, bench.Refused(subject), $"{subject}");
    }

    [TestMethod]
    public void What_expires_or_is_undone_voids_nothing_any_more()
    {
        var bench = new Bench();
        var (first, second) = (bench.Put(Revoke(DecisionScope.Principal, "ada")), bench.Put(Revoke(DecisionScope.Tenant, "acme")));
        bench.Copy.Table.Remove(second.Id);
        Assert.AreEqual(DecisionType.RevokeToken, bench.Refused(Some.Subject(principal: "ada", issued: Before)));
        bench.Clock.Advance(first.ExpiresAt - Some.Time);
        Assert.IsNull(bench.Refused(Some.Subject(principal: "ada", issued: Before)));
    }

    [TestMethod]
    [DataRow(DecisionType.StepUp, DecisionScope.Tenant)]
    [DataRow(DecisionType.RevokeSession, DecisionScope.Token)]
    [DataRow(DecisionType.RevokeToken, DecisionScope.Address)]
    [DataRow(DecisionType.RevokeToken, DecisionScope.Session)]
    public void A_pair_of_type_and_scope_nobody_defined_is_not_guessed_at(DecisionType type, DecisionScope scope) =>
        Assert.IsNull(HeldDecision.Of(Some.Decision(type, scope, "203.0.113.9"), false, 1, TimeProvider.System));

    [TestMethod]
    public void A_renewal_is_judged_by_what_ends_sessions_and_draws_on_no_limit()
    {
        var bench = new Bench();
        bench.Put(Some.Decision(DecisionType.RateLimit, DecisionScope.Principal, "ada", limit: 1, per: 3600));
        bench.Put(Some.Decision(DecisionType.StepUp, DecisionScope.Principal, "ada"));
        for (var i = 0; i < 3; i++) Assert.IsTrue(bench.Judge.OfRenewal(Some.Subject(principal: "ada")).LetsThrough);
        bench.Put(Some.Decision(DecisionType.RevokeSession, DecisionScope.Session, "s1"));
        Assert.AreEqual(DecisionType.RevokeSession, bench.Judge.OfRenewal(Some.Subject(principal: "ada", session: "s1")).Refused!.Type);
        bench.Put(Revoke(DecisionScope.Tenant, "acme"));
        Assert.AreEqual(DecisionType.RevokeToken, bench.Judge.OfRenewal(Some.Subject(principal: "bob", issued: Before)).Refused!.Type);
    }

    private static Decision Revoke(DecisionScope scope, string value, DateTime? at = null) => Some.Decision(DecisionType.RevokeToken, scope, value, createdAt: at);
}
