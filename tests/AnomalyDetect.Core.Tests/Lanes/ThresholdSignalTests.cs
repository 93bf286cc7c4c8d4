using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Lanes;

[TestClass]
public sealed class ThresholdSignalTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;

    private static TelemetryEvent Forged(DateTime at, string address = "203.0.113.9", string principal = "u1") => SomeTelemetry.Event(at) with
    {
        Type = EventType.TokenValidation,
        Outcome = EventOutcome.Failure,
        Reason = FailureReason.InvalidClaim,
        SourceIp = NetworkAddress.Parse(address),
        Principal = Symbol.Create(principal),
    };

    private static TelemetryEvent Denied(DateTime at, string principal = "u1") =>
        SomeTelemetry.Event(at) with { Outcome = EventOutcome.Denied, Reason = FailureReason.Policy, Principal = Symbol.Create(principal) };

    private static TelemetryEvent Used(DateTime at, string address, string session = "s1") =>
        SomeTelemetry.Event(at) with { Session = Symbol.Create(session), Principal = Symbol.Create("u1"), SourceIp = NetworkAddress.Parse(address) };

    [TestMethod]
    public void Ten_forged_tokens_in_a_minute_are_quiet_and_the_eleventh_blocks_the_address()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 10; i++) bench.Add(Forged(T0.AddSeconds(i * 5)));
        bench.None();
        bench.Add(Forged(T0.AddSeconds(50)));

        var alert = bench.The(Signal.InvalidClaimInjection);
        Assert.AreEqual(T0.AddSeconds(50), alert.DetectedAt);
        Assert.AreEqual(11, alert.Observed);
        Assert.AreEqual(10, alert.Threshold);
        Assert.AreEqual(Severity.High, alert.Severity);
        Assert.AreEqual("203.0.113.9", alert.SourceIp);
        Assert.AreEqual("u1", alert.PrincipalId);
        StringAssert.Contains(alert.Explanation, "203.0.113.9");
        Assert.HasCount(1, bench.Decisions);
        Assert.AreEqual((DecisionType.BlockIp, DecisionScope.Address, "203.0.113.9"), (bench.Decisions[0].Type, bench.Decisions[0].Scope, bench.Decisions[0].Value));
    }

    [TestMethod]
    public void The_window_is_open_at_its_start()
    {
        // The first falls out of (t − 60 s, t] exactly when the eleventh arrives.
        var bench = new LaneBench();
        for (var i = 0; i < 11; i++) bench.Add(Forged(T0.AddSeconds(i * 6)));
        bench.None();
    }

    [TestMethod]
    public void A_claimed_principal_is_never_targeted()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 11; i++) bench.Add(Forged(T0.AddSeconds(i), $"203.0.113.{i + 1}", "victim"));
        var alert = bench.The(Signal.InvalidClaimInjection);
        Assert.AreEqual(EntityKind.Principal, alert.EntityKind);
        Assert.AreEqual("victim", alert.PrincipalId);
        Assert.IsEmpty(bench.Decisions);
    }

    [TestMethod]
    public void Sessions_that_succeeded_from_the_forgers_address_are_revoked_and_others_are_not()
    {
        var bench = new LaneBench().Add(Used(T0.AddMinutes(-5), "203.0.113.9", "his")).Add(Used(T0.AddMinutes(-4), "198.51.100.1", "theirs"));
        for (var i = 0; i < 11; i++) bench.Add(Forged(T0.AddSeconds(i)));
        CollectionAssert.AreEquivalent(
            new[] { (DecisionType.BlockIp, "203.0.113.9"), (DecisionType.RevokeSession, "his") },
            bench.Decisions.Select(d => (d.Type, d.Value)).ToArray());
    }

    [TestMethod]
    public void A_private_address_is_never_blocked()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 11; i++) bench.Add(Forged(T0.AddSeconds(i), "10.1.2.3"));
        bench.The(Signal.InvalidClaimInjection);
        Assert.IsEmpty(bench.Decisions);
    }

    [TestMethod]
    public void IPv6_counts_by_its_slash_64()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 11; i++) bench.Add(Forged(T0.AddSeconds(i), $"2001:db8:1:2::{i + 1:x}", $"u{i}"));
        Assert.AreEqual("2001:db8:1:2::/64", bench.The(Signal.InvalidClaimInjection).SourceIp);
        Assert.AreEqual("2001:db8:1:2::/64", bench.Decisions.Single().Value);
    }

    [TestMethod]
    public void An_event_out_of_order_but_not_late_takes_its_place_and_the_crossing_is_where_it_belongs()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 5; i++) bench.Add(Forged(T0.AddSeconds(i)));
        for (var i = 6; i < 11; i++) bench.Add(Forged(T0.AddSeconds(i)));
        bench.None();
        bench.Add(Forged(T0.AddSeconds(5)));
        Assert.AreEqual(T0.AddSeconds(10), bench.The(Signal.InvalidClaimInjection).DetectedAt);
    }

    [TestMethod]
    public void A_flood_is_one_alert_with_few_revisions()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 5000; i++) bench.Add(Forged(T0.AddMilliseconds(i * 10)));
        var alert = bench.The(Signal.InvalidClaimInjection);
        Assert.AreEqual(Severity.Critical, alert.Severity);
        Assert.IsLessThan(15, alert.Revision);
        Assert.IsGreaterThan(2000, alert.Observed);
        Assert.HasCount(1, bench.Decisions);
    }

    [TestMethod]
    public void An_episode_ends_after_its_gap_and_the_next_is_another_alert()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 11; i++) bench.Add(Denied(T0.AddSeconds(i)));
        for (var i = 0; i < 11; i++) bench.Add(Denied(T0.AddMinutes(20).AddSeconds(i)));
        Assert.HasCount(2, bench.Final.Where(a => a.Signal == Signal.PolicyViolationBurst).ToList());
    }

    [TestMethod]
    public void A_decision_that_ran_out_while_the_attack_goes_on_is_asked_for_again()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 2000; i++) bench.Add(Denied(T0.AddSeconds(i * 2)));
        var stepUps = bench.Decisions.Where(d => d.Type == DecisionType.StepUp).ToList();
        Assert.HasCount(2, stepUps);
        Assert.AreNotEqual(stepUps[0].Id, stepUps[1].Id);
        Assert.IsGreaterThan(stepUps[0].ExpiresAt, stepUps[1].CreatedAt);
    }

    [TestMethod]
    public void Denials_caused_by_our_own_decision_are_no_evidence()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 30; i++) bench.Add(Denied(T0.AddSeconds(i)) with { DecisionId = TextSlice.Of("d1") });
        bench.None();
        Assert.AreEqual(30, bench.Outcome.Counters.Ignored);
    }

    [TestMethod]
    public void Three_denied_grants_are_quiet_and_the_fourth_suspends_the_partner()
    {
        var bench = new LaneBench();
        TelemetryEvent Grant(int i) => SomeTelemetry.Event(T0.AddMinutes(i * 10)) with
        {
            Type = EventType.DelegationGrant,
            Outcome = EventOutcome.Denied,
            Reason = FailureReason.UnauthorizedScope,
            Partner = Symbol.Create("globex"),
            Principal = Symbol.Create($"u{i}"),
        };
        for (var i = 0; i < 3; i++) bench.Add(Grant(i));
        bench.None();
        bench.Add(Grant(3));
        Assert.AreEqual("globex", bench.The(Signal.DelegationScopeAbuse).PartnerId);
        Assert.AreEqual((DecisionType.SuspendPartnerToken, "globex"), (bench.Decisions.Single().Type, bench.Decisions.Single().Value));
        Assert.AreEqual(Audience.SecurityLead, bench.Outcome.Notifications.Single().Audience);
    }

    [TestMethod]
    public void A_delegator_without_partner_is_told_of_and_nothing_is_suspended()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 4; i++)
            bench.Add(SomeTelemetry.Event(T0.AddMinutes(i)) with { Type = EventType.DelegationGrant, Outcome = EventOutcome.Denied, Principal = Symbol.Create("boss") });
        Assert.AreEqual("boss", bench.The(Signal.DelegationScopeAbuse).PrincipalId);
        Assert.IsEmpty(bench.Decisions);
    }

    [TestMethod]
    public void Moving_over_three_networks_is_low_and_going_back_and_forth_ends_the_session()
    {
        var roaming = new LaneBench().Add(Used(T0, "198.51.100.1")).Add(Used(T0.AddMinutes(1), "203.0.113.2")).Add(Used(T0.AddMinutes(2), "192.0.2.3"));
        Assert.AreEqual(Severity.Low, roaming.The(Signal.SessionHijack).Severity);
        Assert.IsEmpty(roaming.Decisions);

        var stolen = new LaneBench().Add(Used(T0, "198.51.100.1")).Add(Used(T0.AddMinutes(1), "203.0.113.2")).Add(Used(T0.AddMinutes(2), "198.51.100.1"))
            .Add(Used(T0.AddMinutes(3), "192.0.2.3"));
        var alert = stolen.The(Signal.SessionHijack);
        Assert.AreEqual(Severity.High, alert.Severity);
        Assert.AreEqual(("s1", "u1", 3d), (alert.SessionId, alert.PrincipalId, alert.Observed));
        CollectionAssert.AreEquivalent(new[] { DecisionType.ForceReauth, DecisionType.RevokeSession }, stolen.Decisions.Select(d => d.Type).ToArray());
    }

    [TestMethod]
    public void Two_networks_or_three_over_a_longer_time_are_quiet()
    {
        new LaneBench().Add(Used(T0, "198.51.100.1")).Add(Used(T0.AddMinutes(1), "203.0.113.2")).Add(Used(T0.AddMinutes(2), "198.51.100.1")).None();
        new LaneBench().Add(Used(T0, "198.51.100.1")).Add(Used(T0.AddMinutes(4), "203.0.113.2")).Add(Used(T0.AddMinutes(8), "192.0.2.3")).None();
    }

    [TestMethod]
    public void Hopping_inside_one_slash_24_is_never_enforced()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 20; i++) bench.Add(Used(T0.AddSeconds(i), $"203.0.113.{(i % 4) + 1}"));
        Assert.AreEqual(Severity.Low, bench.The(Signal.SessionHijack).Severity);
        Assert.IsEmpty(bench.Decisions);
    }

    [TestMethod]
    public void Dry_run_decides_and_marks_it_simulated()
    {
        var bench = new LaneBench(SomeTelemetry.Options(enforce: false));
        for (var i = 0; i < 11; i++) bench.Add(Denied(T0.AddSeconds(i)));
        Assert.IsTrue(bench.Decisions.Single().Simulated);
    }

    [TestMethod]
    public void Internal_events_stay_out()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 30; i++) bench.Add(Denied(T0.AddSeconds(i)) with { Internal = true });
        bench.None();
    }

    [TestMethod]
    public void A_count_stands_for_as_many_events()
    {
        var bench = new LaneBench().Add(Denied(T0) with { Count = 11 });
        Assert.AreEqual(11, bench.The(Signal.PolicyViolationBurst).Observed);
    }

    [TestMethod]
    public void An_event_seen_twice_counts_once()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 20; i++) bench.Add(Denied(T0.AddSeconds(i)) with { Id = TextSlice.Of("same") });
        bench.None();
        Assert.AreEqual(19, bench.Outcome.Counters.Duplicates);
    }

    [TestMethod]
    public void The_same_id_in_two_tenants_is_two_events()
    {
        var bench = new LaneBench().Add(SomeTelemetry.Event(T0, "acme", "e-1")).Add(SomeTelemetry.Event(T0, "globex", "e-1"));
        Assert.AreEqual(0, bench.Outcome.Counters.Duplicates);
    }
}
