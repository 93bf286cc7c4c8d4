using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Simulation.Tests;

/// <summary>Each attack crosses the design's threshold, counted here straight from the events.</summary>
[TestClass]
public sealed class AttackTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [TestMethod]
    public void Every_scenario_is_played_and_its_label_matches_its_events()
    {
        var run = Runs.Attacks;
        ScenarioKind[] longer = [ScenarioKind.DormantPrincipal, ScenarioKind.BackFromHoliday];
        CollectionAssert.AreEquivalent(
            Enum.GetValues<ScenarioKind>().Except(longer).SelectMany(k => Enumerable.Repeat(k, 3)).ToArray(), run.Labels.Select(l => l.Kind).ToArray());
        foreach (var label in run.Labels)
        {
            var events = run.Played(label);
            Assert.HasCount(label.Events, events, label.Id);
            Assert.AreEqual(label.Kind == ScenarioKind.TelemetrySilence, events.Length == 0, label.Id);
            Assert.IsTrue(run.ByLabel[label.Id].All(e => e.TenantId == label.TenantId), label.Id);
            Assert.IsGreaterThanOrEqualTo(run.Options.Start + TimeSpan.FromHours(24), label.Start, "warm-up");
            Assert.IsNotEmpty(label.Signals);
            if (events.Length == 0) continue;
            Assert.AreEqual(label.Start, events[0].OccurredAt, label.Id);
            Assert.AreEqual(label.End, events[^1].OccurredAt, label.Id);
            foreach (var entity in label.Entities) Assert.IsTrue(events.Any(e => Mentions(e, entity)), $"{label.Id}: {entity}");
        }
    }

    [TestMethod]
    public void A_look_alikes_kind_comes_after_every_attacks()
    {
        var labels = Runs.Attacks.Labels.Concat(Runs.Weeks.Labels).ToArray();
        Assert.IsLessThan((int)labels.Where(l => !l.IsAttack).Min(l => l.Kind), (int)labels.Where(l => l.IsAttack).Max(l => l.Kind));
    }

    [TestMethod]
    public void A_cross_tenant_spike_exceeds_five_times_the_usual_and_fifty() => Each(ScenarioKind.CrossTenantApiSpike, (run, label) =>
    {
        var crossing = CrossTenant(run.Of(label)).ToArray();
        var usual = crossing.Where(e => e.OccurredAt < label.Start).Sum(e => e.Count) / ((label.Start - run.Options.Start).TotalMinutes / 5);
        var most = Runs.MostWithin(crossing.Where(e => e.OccurredAt >= label.Start && e.OccurredAt <= label.End), TimeSpan.FromMinutes(5));
        Assert.IsGreaterThan(Math.Max(50, usual * 5), most, $"{label.Id}: usual {usual:F1}");
    });

    [TestMethod]
    [DataRow(ScenarioKind.InvalidClaimInjection)]
    [DataRow(ScenarioKind.InvalidClaimWithSession)]
    public void Claims_are_forged_more_than_ten_times_a_minute_from_one_address(ScenarioKind kind) => Each(kind, (run, label) =>
    {
        var address = label.Entities.Single(e => e.Kind == EntityKind.Address).Id;
        Assert.IsGreaterThan(10, Runs.MostWithin(run.Of(label).Where(e => Runs.IsProofFailure(e) && Runs.Source(e) == address), Minute), label.Id);
        var succeeded = run.Around(label, Minute).Any(e => e.Type == EventType.SessionStart && e.Outcome == EventOutcome.Success && Runs.Source(e) == address);
        Assert.AreEqual(kind == ScenarioKind.InvalidClaimWithSession, succeeded, label.Id);
    });

    [TestMethod]
    public void Distributed_claims_cross_for_the_claimed_principal() => Each(ScenarioKind.InvalidClaimDistributed, (run, label) =>
    {
        var claims = run.Of(label).Where(e => Runs.IsProofFailure(e) && e.PrincipalId == label.Entities[0].Id).ToArray();
        Assert.IsGreaterThan(10, Runs.MostWithin(claims, Minute), label.Id);
        Assert.IsGreaterThan(4, claims.Select(Runs.Source).Distinct().Count(), label.Id);
    });

    [TestMethod]
    [DataRow(ScenarioKind.DelegationScopeAbuse)]
    [DataRow(ScenarioKind.DelegationScopeAbuseByDelegator)]
    public void More_than_three_grants_are_denied_in_an_hour(ScenarioKind kind) => Each(kind, (run, label) =>
    {
        var key = label.Entities[0];
        Assert.AreEqual(kind == ScenarioKind.DelegationScopeAbuse ? EntityKind.Partner : EntityKind.Principal, key.Kind);
        Assert.IsGreaterThan(3, Runs.MostWithin(DeniedGrants(run, label, key), TimeSpan.FromHours(1)), label.Id);
    });

    [TestMethod]
    public void A_stolen_session_is_used_from_three_networks_that_interleave() => Each(ScenarioKind.SessionHijack, (run, label) =>
    {
        var (networks, interleaved) = SessionTests.Networks(run, label);
        Assert.IsGreaterThan(2, networks, label.Id);
        Assert.IsTrue(interleaved, label.Id);
    });

    [TestMethod]
    public void An_account_is_denied_more_than_ten_times_in_a_minute() => Each(ScenarioKind.PolicyViolationBurst, (run, label) =>
    {
        var denials = run.Of(label).Where(e => e.PrincipalId == label.Entities[0].Id && e.Outcome == EventOutcome.Denied);
        Assert.IsGreaterThan(10, Runs.MostWithin(denials, Minute), label.Id);
    });

    [TestMethod]
    public void Stuffing_raises_the_tenants_logins_beyond_three_sigma() => Each(ScenarioKind.LoginRateSurge, (run, label) =>
        Assert.IsGreaterThan(3, Sigmas(run, label, e => e.Type == EventType.Login), label.Id));

    [TestMethod]
    public void A_drained_api_raises_the_principals_calls_beyond_three_sigma() => Each(ScenarioKind.ApiCallRateSurge, (run, label) =>
        Assert.IsGreaterThan(3, Sigmas(run, label, e => e.Type == EventType.ApiCall && e.PrincipalId == label.Entities[0].Id), label.Id));

    [TestMethod]
    public void Bulk_grants_raise_the_tenants_delegations_beyond_three_sigma() => Each(ScenarioKind.DelegationRateSurge, (run, label) =>
        Assert.IsGreaterThan(3, Sigmas(run, label, e => e.Type is EventType.DelegationGrant or EventType.DelegationUse), label.Id));

    [TestMethod]
    public void Scenarios_can_be_put_at_a_chosen_time_and_tenant_and_be_played_faster()
    {
        var options = new SimulationOptions
        {
            Tenants = 3,
            EventsPerMinute = 15,
            Duration = TimeSpan.FromDays(11),
            Schedule =
            [
                .. Enum.GetValues<ScenarioKind>().Select((k, i) =>
                    new ScheduledScenario(k, TimeSpan.FromHours(228 + (0.5 * i)), i % 3, TimeSpan.FromSeconds(20))),
            ],
        };
        var simulator = new TrafficSimulator(options);
        Assert.HasCount(options.Schedule.Count, simulator.Labels);
        var starts = simulator.Labels.ToDictionary(l => l.Id, l => l.Start);
        var counts = simulator.Generate().Where(e => e.LabelId is { } id && e.OccurredAt >= starts[id])
            .GroupBy(e => e.LabelId).ToDictionary(g => g.Key!, g => g.Count());
        foreach (var label in simulator.Labels)
        {
            var wanted = options.Schedule.Single(s => s.Kind == label.Kind);
            Assert.IsInRange(options.Start + wanted.At, options.Start + wanted.At + TimeSpan.FromSeconds(20), label.Start, label.Id);
            Assert.AreEqual(simulator.TenantIds[wanted.Tenant!.Value], label.TenantId);
            if (label.Kind is not (ScenarioKind.BatchJob or ScenarioKind.PartnerSync))
                Assert.IsLessThanOrEqualTo(options.Start + wanted.At + TimeSpan.FromSeconds(20), label.End, label.Id);
            Assert.AreEqual(label.Events, counts.GetValueOrDefault(label.Id), label.Id);
        }
    }

    internal static void Each(ScenarioKind kind, Action<Run, AttackLabel> check) => Each(Runs.Attacks, kind, check);

    internal static void Each(Run run, ScenarioKind kind, Action<Run, AttackLabel> check)
    {
        var labels = run.Labels.Where(l => l.Kind == kind).ToArray();
        Assert.IsNotEmpty(labels);
        foreach (var label in labels) check(run, label);
    }

    internal static IEnumerable<SimulatedEvent> CrossTenant(IEnumerable<SimulatedEvent> events) => events.Where(e =>
        e.Type is EventType.ApiCall or EventType.DelegationUse && e.TargetTenantId is { } target && target != e.TenantId && !e.Internal);

    internal static IEnumerable<SimulatedEvent> DeniedGrants(Run run, AttackLabel label, Entity key) => run.Of(label).Where(e =>
        e.Type == EventType.DelegationGrant && e.Outcome == EventOutcome.Denied
        && (key.Kind == EntityKind.Partner ? e.PartnerId == key.Id : e.PartnerId is null && e.PrincipalId == key.Id));

    /// <summary>How far the busiest whole minute of the label lies above the minutes before it; σ at least what counting noise gives.</summary>
    private static double Sigmas(Run run, AttackLabel label, Func<SimulatedEvent, bool> counts)
    {
        var minutes = run.Of(label).Where(e => counts(e) && !e.Internal)
            .GroupBy(e => (int)(e.OccurredAt - run.Options.Start).TotalMinutes).ToDictionary(g => g.Key, g => g.Sum(e => e.Count));
        var start = (int)(label.Start - run.Options.Start).TotalMinutes;
        var end = (int)(label.End - run.Options.Start).TotalMinutes;
        var before = Enumerable.Range(0, start).Select(m => (double)minutes.GetValueOrDefault(m)).ToArray();
        var mean = before.Average();
        var sigma = Math.Max(Math.Sqrt(before.Sum(c => (c - mean) * (c - mean)) / before.Length), Math.Sqrt(Math.Max(1, mean)));
        return (Enumerable.Range(start, end - start + 1).Max(m => minutes.GetValueOrDefault(m)) - mean) / sigma;
    }

    private static bool Mentions(SimulatedEvent e, Entity entity) => entity.Id == entity.Kind switch
    {
        EntityKind.Tenant => e.TenantId,
        EntityKind.Principal => e.PrincipalId,
        EntityKind.Session => e.SessionId,
        EntityKind.Partner => e.PartnerId,
        _ => e.SourceIp is null ? null : Runs.Source(e),
    };
}
