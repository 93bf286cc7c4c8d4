using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Playbooks;

[TestClass]
public sealed class PlaybookRuleTests
{
    private static readonly DateTime Noon = SomeTelemetry.Monday.AddHours(12);

    private static readonly DecisionTemplate StepUp = new(DecisionType.StepUp, [DecisionScope.Principal], TimeSpan.FromHours(1));

    [TestMethod]
    [DataRow("acme-eu", true)]
    [DataRow("acme", false)]
    public void A_rule_for_some_tenants_leaves_the_others_alone(string tenant, bool applies) =>
        Assert.HasCount(applies ? 1 : 0, Ask(Rule(StepUp) with { Tenants = ["acme-*", "globex"] }, Alert(tenant: tenant)).Decisions);

    [TestMethod]
    [DataRow("acme-eu", true)]
    [DataRow("umbrella", false)]
    public void A_rule_for_a_tag_is_for_the_tenants_that_bear_it(string tenant, bool applies)
    {
        var tags = new Dictionary<string, IReadOnlyList<string>> { ["gold"] = ["acme-*"], ["eu"] = ["*-eu", "umbrella"] };
        var answer = new PlaybookTrial(Options(Rule(StepUp) with { Tags = ["gold", "eu"] }, tags)).Ask(Alert(tenant: tenant));
        Assert.HasCount(applies ? 1 : 0, answer.Decisions, string.Join('|', answer.Notes));
    }

    [TestMethod]
    public void A_rule_may_ask_for_a_score_and_for_what_the_alert_is_about()
    {
        var rule = Rule(StepUp) with { MinScore = 60, EntityKinds = [EntityKind.Session] };
        Assert.IsEmpty(Ask(rule, Alert() with { Score = 59, EntityKind = EntityKind.Session }).Decisions);
        Assert.IsEmpty(Ask(rule, Alert() with { Score = 60, EntityKind = EntityKind.Principal }).Decisions);
        Assert.HasCount(1, Ask(rule, Alert() with { Score = 60, EntityKind = EntityKind.Session }).Decisions);
    }

    [TestMethod]
    public void A_counting_rule_applies_from_its_number_of_alerts_within_its_time()
    {
        var trial = new PlaybookTrial(Options(Rule(StepUp) with { Count = new AlertCount(3, TimeSpan.FromHours(1)) }));
        Assert.IsEmpty(trial.Ask(Alert(1, Noon)).Decisions);
        Assert.IsEmpty(trial.Ask(Alert(1, Noon) with { Revision = 2 }).Decisions, "a revision is no second alert");
        Assert.IsEmpty(trial.Ask(Alert(2, Noon.AddMinutes(90))).Decisions, "the first is too long ago");
        Assert.IsEmpty(trial.Ask(Alert(3, Noon.AddMinutes(100), principal: "somebody-else")).Decisions);
        Assert.IsEmpty(trial.Ask(Alert(4, Noon.AddMinutes(100))).Decisions);
        Assert.HasCount(1, trial.Ask(Alert(5, Noon.AddMinutes(110))).Decisions);
    }

    [TestMethod]
    public void A_repeat_offender_is_held_longer_up_to_the_last_of_the_list()
    {
        var repeats = new RepeatExpiry(TimeSpan.FromDays(7), [TimeSpan.FromHours(6), TimeSpan.FromDays(2)]);
        var trial = new PlaybookTrial(Options(Rule(StepUp with { Repeats = repeats })));
        TimeSpan Next(int day, string who = "u1")
        {
            var decision = trial.Ask(Alert(day + (who == "u1" ? 0 : 100), Noon.AddDays(day), who)).Decisions.Single();
            return decision.ExpiresAt - decision.CreatedAt;
        }

        Assert.AreEqual(TimeSpan.FromHours(1), Next(0));
        Assert.AreEqual(TimeSpan.FromHours(6), Next(1));
        Assert.AreEqual(TimeSpan.FromHours(1), Next(2, "u2"), "somebody else's first");
        Assert.AreEqual(TimeSpan.FromDays(2), Next(3));
        Assert.AreEqual(TimeSpan.FromDays(2), Next(4));
        Assert.AreEqual(TimeSpan.FromHours(1), Next(40), "forgiven");
    }

    [TestMethod]
    public void A_later_step_waits_for_the_earlier_one_and_for_its_time()
    {
        var revoke = new DecisionTemplate(DecisionType.RevokeSession, [DecisionScope.Principal], TimeSpan.FromHours(12), When: new StepCondition { After = DecisionType.StepUp, For = TimeSpan.FromMinutes(10) });
        var trial = new PlaybookTrial(Options(Rule(StepUp, revoke)));
        CollectionAssert.AreEqual(new[] { DecisionType.StepUp }, Types(trial.Ask(Alert(1, Noon))));
        Assert.IsEmpty(trial.Ask(Alert(1, Noon) with { LastSeenAt = Noon.AddMinutes(9) }).Decisions);
        CollectionAssert.AreEqual(new[] { DecisionType.RevokeSession }, Types(trial.Ask(Alert(1, Noon) with { LastSeenAt = Noon.AddMinutes(10) })));
        Assert.IsEmpty(trial.Ask(Alert(1, Noon) with { LastSeenAt = Noon.AddMinutes(11) }).Decisions, "it stands already");
    }

    [TestMethod]
    public void A_step_may_ask_for_a_severity_and_give_way_to_another()
    {
        var captcha = new DecisionTemplate(DecisionType.Captcha, [DecisionScope.Principal], TimeSpan.FromHours(1), When: new StepCondition { Unless = DecisionType.StepUp });
        var rule = Rule(StepUp with { When = new StepCondition { From = Severity.High } }, captcha);
        CollectionAssert.AreEqual(new[] { DecisionType.Captcha }, Types(Ask(rule, Alert() with { Severity = Severity.Medium })));
        CollectionAssert.AreEqual(new[] { DecisionType.StepUp }, Types(Ask(rule, Alert() with { Severity = Severity.High })));
    }

    [TestMethod]
    [DataRow(EntityKind.Principal, true)]
    [DataRow(EntityKind.Session, true)]
    [DataRow(EntityKind.Partner, true)]
    [DataRow(EntityKind.Address, false)]
    public void Everybody_of_a_tenant_is_signed_out_for_what_somebody_of_it_did_and_not_for_what_an_outsider_claims(EntityKind driver, bool revoked)
    {
        var revoke = new DecisionTemplate(DecisionType.RevokeToken, [DecisionScope.Tenant], TimeSpan.FromDays(30));
        var trial = new PlaybookTrial(Options(Rule(revoke)));
        var alert = Alert(1, Noon) with { Drivers = [new Entity(driver, driver == EntityKind.Address ? "203.0.113.9" : "x"), new Entity(driver, driver == EntityKind.Address ? "203.0.113.10" : "y")] };
        var decided = trial.Ask(alert).Decisions;
        Assert.HasCount(revoked ? 1 : 0, decided);
        if (!revoked) return;
        Assert.AreEqual((DecisionType.RevokeToken, DecisionScope.Tenant, alert.TenantId), (decided[0].Type, decided[0].Scope, decided[0].Value));
        Assert.IsEmpty(trial.Ask(alert with { LastSeenAt = Noon.AddMinutes(5) }).Decisions, "it stands already");
    }

    [TestMethod]
    public void Tokens_are_revoked_of_a_principal_or_a_tenant_and_never_one_by_one()
    {
        DecisionScope[] scopes = [DecisionScope.Principal, DecisionScope.Tenant, DecisionScope.Token, DecisionScope.Session];
        var revoke = new DecisionTemplate(DecisionType.RevokeToken, scopes, TimeSpan.FromDays(30));
        var problems = PlaybookValidator.Validate(new Playbook { Rules = [Rule(revoke)] });
        CollectionAssert.AreEqual(
            new[] { "rules[0].decisions[0].scopes[2]", "rules[0].decisions[0].scopes[3]" }, problems.Select(p => p.Path).ToArray(), string.Join('|', problems));
        var decided = Ask(Rule(revoke with { Scopes = [DecisionScope.Principal] }), Alert()).Decisions.Single();
        Assert.AreEqual((DecisionScope.Principal, "u1"), (decided.Scope, decided.Value));
    }

    [TestMethod]
    public void What_a_dry_rule_or_a_dry_type_decides_is_recorded_as_such()
    {
        Assert.IsTrue(Ask(Rule(StepUp) with { DryRun = true }, Alert()).Decisions.Single().Simulated);
        Assert.IsFalse(Ask(Rule(StepUp), Alert()).Decisions.Single().Simulated);
        var options = Options(Rule(StepUp));
        options = options with { Enforcement = options.Enforcement with { DryRun = [DecisionType.StepUp] } };
        Assert.IsTrue(new PlaybookTrial(options).Ask(Alert()).Decisions.Single().Simulated);
    }

    [TestMethod]
    public void A_chain_tells_the_first_at_once_and_each_next_one_unless_somebody_acknowledges()
    {
        var rule = Rule() with { Chain = new ContactChain([Audience.TenantAdmin, Audience.SocTier1, Audience.SecurityLead, Audience.OnCall], TimeSpan.FromMinutes(15), Severity.High) };
        Assert.IsEmpty(Ask(rule, Alert() with { Severity = Severity.Medium }).Notifications);
        CollectionAssert.AreEqual(
            new (Audience, TimeSpan?)[]
            {
                (Audience.TenantAdmin, null), (Audience.SocTier1, TimeSpan.FromMinutes(15)), (Audience.SecurityLead, TimeSpan.FromMinutes(30)), (Audience.OnCall, TimeSpan.FromMinutes(45)),
            },
            Ask(rule, Alert()).Notifications.Select(n => (n.Audience, n.UnlessAcknowledgedWithin)).ToArray());
    }

    [TestMethod]
    public void A_flood_of_names_makes_room_among_what_was_seen_longest_ago()
    {
        var book = new OffenceBook();
        for (var i = 0; i < 3 * OffenceBook.NamesKept; i++) book.Note($"name {i}", i);
        Assert.IsLessThanOrEqualTo(OffenceBook.NamesKept * 400L, book.Bytes);
        Assert.AreEqual(1, book.Count($"name {(3 * OffenceBook.NamesKept) - 1}", 0, long.MaxValue));
        Assert.AreEqual(0, book.Count("name 0", 0, long.MaxValue));
        for (var i = 0; i < 100; i++) book.Note("one", i);
        Assert.AreEqual(OffenceBook.TimesKept, book.Count("one", 0, long.MaxValue));
    }

    [TestMethod]
    public void Every_problem_is_named_with_its_path()
    {
        var rule = Rule(
            new DecisionTemplate(DecisionType.BlockIp, [DecisionScope.Principal], TimeSpan.Zero),
            new DecisionTemplate(DecisionType.RateLimit, [], TimeSpan.FromHours(1), Repeats: new RepeatExpiry(TimeSpan.Zero, [])),
            StepUp with { When = new StepCondition { After = DecisionType.Captcha, For = TimeSpan.FromDays(8) } }) with
        {
            Name = " ",
            Signals = [],
            MinScore = 101,
            Tags = ["gold"],
            Tenants = [""],
            Count = new AlertCount(1, TimeSpan.Zero),
            Chain = new ContactChain([Audience.OnCall, Audience.OnCall], TimeSpan.Zero),
        };
        var problems = PlaybookValidator.Validate(new Playbook { Rules = [rule] });
        CollectionAssert.AreEquivalent(
            new[]
            {
                "rules[0].name", "rules[0].signals", "rules[0].min_score", "rules[0].tenants[0]", "rules[0].tags[0]", "rules[0].count.alerts", "rules[0].count.within",
                "rules[0].decisions[0].expires_after", "rules[0].decisions[0].scopes[0]", "rules[0].decisions[1].scopes", "rules[0].decisions[1].parameters",
                "rules[0].decisions[1].repeats.within", "rules[0].decisions[1].repeats.expires_after", "rules[0].decisions[2].when.for", "rules[0].decisions[2].when.after",
                "rules[0].chain.contacts", "rules[0].chain.acknowledge_within",
            },
            problems.Select(p => p.Path).ToArray(), string.Join('\n', problems));
        Assert.IsEmpty(PlaybookValidator.Validate(Playbook.Default));
    }

    private static TrialAnswer Ask(PlaybookRule rule, Alert alert) => new PlaybookTrial(Options(rule)).Ask(alert);

    private static DecisionType[] Types(TrialAnswer answer) => [.. answer.Decisions.Select(d => d.Type)];

    private static PlaybookRule Rule(params DecisionTemplate[] decisions) => new() { Name = "rule", Signals = [Signal.ApiCallRate], Decisions = decisions };

    private static EngineOptions Options(PlaybookRule rule, IReadOnlyDictionary<string, IReadOnlyList<string>>? tags = null) => SomeTelemetry.Options() with
    {
        Enforcement = new EnforcementOptions { Enforce = true },
        Playbook = new Playbook { Rules = [rule], TenantTags = tags ?? new Dictionary<string, IReadOnlyList<string>>() },
    };

    private static Alert Alert(int number = 1, DateTime? at = null, string principal = "u1", string tenant = "acme") => new()
    {
        Id = $"{number}",
        Revision = 1,
        TenantId = tenant,
        Signal = Signal.ApiCallRate,
        Severity = Severity.High,
        Score = 80,
        DetectedAt = at ?? Noon,
        LastSeenAt = at ?? Noon,
        WindowStart = at ?? Noon,
        WindowEnd = at ?? Noon,
        Observed = 10,
        Expected = 1,
        Threshold = 5,
        EntityKind = EntityKind.Principal,
        PrincipalId = principal,
        Explanation = "much",
        Evidence = [],
        Techniques = [],
        EventIds = [],
        Drivers = [new Entity(EntityKind.Principal, principal)],
        RelatedAlertIds = [],
    };
}
