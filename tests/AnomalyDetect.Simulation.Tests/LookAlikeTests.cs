using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Simulation.Tests;

/// <summary>Each look-alike stays at or below the design's threshold, counted here straight from all of its tenant's events.</summary>
[TestClass]
public sealed class LookAlikeTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [TestMethod]
    public void Ten_invalid_claims_in_a_minute_are_exactly_ten() => AttackTests.Each(ScenarioKind.ThresholdClaims, (run, label) =>
    {
        var failures = run.Around(label, Minute).Where(Runs.IsProofFailure).ToArray();
        Assert.AreEqual(10, Runs.MostWithin(failures.Where(e => Runs.Source(e) == label.Entities[0].Id), Minute), label.Id);
        Assert.AreEqual(10, Runs.MostWithin(failures.Where(e => e.PrincipalId == label.Entities[1].Id), Minute), label.Id);
    });

    [TestMethod]
    public void Three_denied_grants_in_an_hour_are_exactly_three() => AttackTests.Each(ScenarioKind.ThresholdGrants, (run, label) =>
        Assert.AreEqual(3, Runs.MostWithin(AttackTests.DeniedGrants(run, label, label.Entities[0]).Where(e => e.LabelId == label.Id), TimeSpan.FromHours(1)), label.Id));

    [TestMethod]
    public void Ten_denials_in_a_minute_are_exactly_ten() => AttackTests.Each(ScenarioKind.ThresholdDenials, (run, label) =>
        Assert.AreEqual(10, Runs.MostWithin(
            run.Around(label, Minute).Where(e => e.Outcome == EventOutcome.Denied && e.PrincipalId == label.Entities[0].Id), Minute), label.Id));

    [TestMethod]
    public void A_forgotten_password_stays_below_five_logins_a_minute_and_ends_in_success() => AttackTests.Each(ScenarioKind.ForgottenPassword, (run, label) =>
    {
        var logins = run.Around(label, Minute).Where(e => e.Type == EventType.Login && e.PrincipalId == label.Entities[0].Id).ToArray();
        Assert.IsLessThan(5, Runs.MostWithin(logins, Minute), label.Id);
        Assert.IsGreaterThan(2, logins.Count(e => e.Outcome == EventOutcome.Failure), label.Id);
        Assert.AreEqual(EventOutcome.Success, logins[^1].Outcome, label.Id);
    });

    [TestMethod]
    public void An_expired_token_fails_often_and_never_for_a_forged_claim() => AttackTests.Each(ScenarioKind.ExpiredTokenStorm, (run, label) =>
    {
        var failures = run.Around(label, Minute).Where(e => e.Type == EventType.TokenValidation && e.Outcome == EventOutcome.Failure && Runs.Source(e) == label.Entities[0].Id).ToArray();
        Assert.IsGreaterThan(10, Runs.MostWithin(failures, Minute), label.Id);
        Assert.IsTrue(failures.All(e => e.Reason == FailureReason.Expired), label.Id);
    });

    [TestMethod]
    public void Health_checks_cross_tenants_in_plenty_and_are_all_marked_internal() => AttackTests.Each(ScenarioKind.InternalHealthChecks, (run, label) =>
    {
        var probes = run.Around(label, TimeSpan.Zero).Where(e => e.LabelId == label.Id).ToArray();
        Assert.IsTrue(probes.All(e => e.Internal), label.Id);
        Assert.IsGreaterThan(50, probes.Count(e => e.TargetTenantId is not null), label.Id);
    });

    [TestMethod]
    public void The_partner_sync_stays_below_the_factor_or_the_floor_of_a_spike() => AttackTests.Each(ScenarioKind.PartnerSync, (run, label) =>
    {
        var spikes = run.Labels.Where(l => l.Kind == ScenarioKind.CrossTenantApiSpike).Select(l => l.Id).ToHashSet();
        var crossing = AttackTests.CrossTenant(run.Of(label)).Where(e => e.LabelId is null || !spikes.Contains(e.LabelId)).ToArray();
        var usual = crossing.Where(e => e.OccurredAt < label.Start).Sum(e => e.Count) / ((label.Start - run.Options.Start).TotalMinutes / 5);
        var most = Runs.MostWithin(crossing.Where(e => e.OccurredAt >= label.Start - TimeSpan.FromMinutes(5) && e.OccurredAt <= label.End), TimeSpan.FromMinutes(5));
        Assert.IsTrue(most <= 50 || most <= usual * 5, $"{label.Id}: {most} against a usual {usual:F1}");
    });

    [TestMethod]
    public void Nightly_routines_come_at_the_same_hour_in_the_same_strength_every_night()
    {
        foreach (var label in Runs.Attacks.Labels.Where(l => l.Kind is ScenarioKind.BatchJob or ScenarioKind.PartnerSync))
        {
            var who = label.Entities.First(e => e.Kind == EntityKind.Principal).Id;
            var tonight = Count(label, who, TimeSpan.Zero);
            var yesterday = Count(label, who, TimeSpan.FromDays(1));
            Assert.IsInRange(0.7, 1.4, tonight / (double)yesterday, label.Id);
        }

        static int Count(AttackLabel label, string who, TimeSpan earlier) => Runs.Attacks.Of(label).Count(e =>
            e.PrincipalId == who && e.OccurredAt >= label.Start - earlier && e.OccurredAt <= label.End - earlier
            && e.LabelId?.StartsWith("cross_tenant", StringComparison.Ordinal) != true && e.LabelId?.StartsWith("delegation", StringComparison.Ordinal) != true);
    }

    [TestMethod]
    public void Plain_traffic_crosses_no_hard_threshold()
    {
        foreach (var tenant in Runs.Attacks.Events.Where(e => e.LabelId is null).GroupBy(e => e.TenantId))
        {
            var events = tenant.ToArray();
            foreach (var address in events.Where(Runs.IsProofFailure).GroupBy(Runs.Source)) Assert.IsLessThanOrEqualTo(10, Runs.MostWithin(address, Minute));
            foreach (var who in events.Where(e => e.Outcome == EventOutcome.Denied).GroupBy(e => e.PrincipalId)) Assert.IsLessThanOrEqualTo(10, Runs.MostWithin(who, Minute));
            Assert.AreEqual(0, events.Count(e => e.Type == EventType.DelegationGrant && e.Outcome == EventOutcome.Denied));
        }
    }
}
