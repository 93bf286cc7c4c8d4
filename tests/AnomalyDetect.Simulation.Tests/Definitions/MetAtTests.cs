using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Simulation.Traffic;

namespace AnomalyDetect.Simulation.Tests.Definitions;

[TestClass]
public sealed class MetAtTests
{
    private static readonly Signal[] WithoutMoment =
        [Signal.LoginRate, Signal.ApiCallRate, Signal.DelegationRate, Signal.MlSpike, Signal.UnfamiliarSignIn, Signal.ImpossibleTravel, Signal.DormantPrincipal];

    [TestMethod]
    public void Every_attack_of_a_threshold_meets_it_while_it_goes_on_and_nothing_else_does()
    {
        foreach (var label in Runs.Attacks.Labels)
        {
            Assert.AreEqual(label.IsAttack && !WithoutMoment.Contains(label.Signals[0]), label.MetAt is not null, label.Id);
            if (label.MetAt is { } met) Assert.IsInRange(label.Start, label.End, met, label.Id);
            if (label is { MetAt: { } of, Events: > 0 }) Assert.IsTrue(Runs.Attacks.Played(label).Any(e => e.OccurredAt == of), $"{label.Id}: one of its events completes it");
        }
    }

    [TestMethod]
    public void The_fourth_of_the_denied_grants_completes_scope_abuse() => AttackTests.Each(ScenarioKind.DelegationScopeAbuse, (run, label) =>
        Assert.AreEqual(run.Played(label).Where(e => e is { Type: EventType.DelegationGrant, Outcome: EventOutcome.Denied }).ElementAt(3).OccurredAt, label.MetAt, label.Id));

    /// <summary>The rate is what the traffic shows: as many events are due by then as come at the same time of other working days.</summary>
    [TestMethod]
    public void A_silence_is_met_when_twenty_five_events_were_due()
    {
        var run = Runs.Weeks;
        var silences = run.Labels.Where(l => l.Kind == ScenarioKind.TelemetrySilence).ToArray();
        Assert.IsNotEmpty(silences);
        var (due, came) = (0.0, 0.0);
        foreach (var label in silences)
        {
            var length = label.MetAt!.Value - label.Start;
            Assert.IsInRange(0.98, 1.02, run.Options.EventsPerMinuteAt(run.Tenants[label.TenantId], label.Start + (length / 2)) * length.TotalMinutes / 25, label.Id);
            var others = Enumerable.Range(-8, 17).Where(d => d != 0).Select(d => label.Start.AddDays(d))
                .Where(t => t > run.Options.Start && t < run.Options.Start + run.Options.Duration && t.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)).ToArray();
            due += 25 * others.Length;
            came += others.Sum(t => run.Of(label).Count(e => e.LabelId is null && e.OccurredAt >= t && e.OccurredAt < t + length));
        }

        Assert.IsInRange(0.7, 1.4, came / due);
    }

    [TestMethod]
    public void A_stricter_threshold_is_met_sooner_and_changes_no_event()
    {
        var options = new SimulationOptions { Seed = 5, Tenants = 2, EventsPerMinute = 5, Scenarios = [ScenarioKind.DelegationScopeAbuse], Duration = TimeSpan.FromHours(8) };
        var strict = options with { Signals = new SignalOptions { DelegationScopeAbuse = new ThresholdOptions { Threshold = 1, Window = TimeSpan.FromHours(1) } } };
        var (usual, sooner) = (new TrafficSimulator(options), new TrafficSimulator(strict));
        Assert.IsLessThan(usual.Labels.Single().MetAt!.Value, sooner.Labels.Single().MetAt!.Value);
        CollectionAssert.AreEqual(usual.Generate().ToArray(), sooner.Generate().ToArray());
    }

    [TestMethod]
    public void The_moment_is_written_and_read_where_there_is_one()
    {
        var labels = Runs.Attacks.Labels;
        foreach (var label in labels) Assert.AreEqual(label.MetAt, AttackLabel.FromJson(label.ToJson()).MetAt, label.Id);
        StringAssert.Contains(labels.First(l => l.MetAt is not null).ToJson(), "\"met_at\":\"2026-");
        Assert.DoesNotContain("met_at", labels.First(l => l.MetAt is null).ToJson());
    }
}
