using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Playbooks;

/// <summary>Playbooks that remember, in a whole lane.</summary>
[TestClass]
public sealed class PlaybookLaneTests
{
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_repeat_offender_is_known_over_a_restart(bool restarts)
    {
        var bench = new LaneBench(Options(new DecisionTemplate(
            DecisionType.StepUp, [DecisionScope.Principal], TimeSpan.FromMinutes(30), Repeats: new RepeatExpiry(TimeSpan.FromDays(1), [TimeSpan.FromHours(8)]))));
        Burst(bench, SomeTelemetry.Monday.AddHours(9));
        if (restarts) bench.SaveAndLoad();
        Burst(bench, SomeTelemetry.Monday.AddHours(12));
        CollectionAssert.AreEqual(new[] { 0.5, 8.0 }, bench.Decisions.Select(d => (d.ExpiresAt - d.CreatedAt).TotalHours).ToArray());
        Assert.IsTrue(bench.Decisions.All(d => d.Rule == "rule"));
    }

    [TestMethod]
    public void A_step_that_waits_is_taken_while_the_alert_goes_on_and_not_told_with_every_finding()
    {
        var bench = new LaneBench(Options(
            new DecisionTemplate(DecisionType.StepUp, [DecisionScope.Principal], TimeSpan.FromHours(2)),
            new DecisionTemplate(DecisionType.RevokeSession, [DecisionScope.Principal], TimeSpan.FromHours(2), When: new StepCondition { After = DecisionType.StepUp, For = TimeSpan.FromMinutes(5) })));
        for (var i = 0; i < 600; i++) bench.Add(Denied(SomeTelemetry.Monday.AddHours(9).AddSeconds(i)));
        CollectionAssert.AreEqual(new[] { DecisionType.StepUp, DecisionType.RevokeSession }, bench.Decisions.Select(d => d.Type).ToArray());
        Assert.IsGreaterThan(TimeSpan.FromMinutes(5), bench.Decisions[1].CreatedAt - bench.Decisions[0].CreatedAt);
        Assert.IsLessThan(12, bench.Alerts.Count);
    }

    [TestMethod]
    public void A_decision_that_nobody_renews_does_not_have_every_later_finding_told()
    {
        // The step is only for the first time: once it has run out, it is not taken again.
        var bench = new LaneBench(Options(
            new DecisionTemplate(DecisionType.StepUp, [DecisionScope.Principal], TimeSpan.FromMinutes(1), When: new StepCondition { Unless = DecisionType.StepUp })));
        for (var i = 0; i < 1_200; i++) bench.Add(Denied(SomeTelemetry.Monday.AddHours(9).AddSeconds(i)));
        Assert.HasCount(1, bench.Decisions);
        Assert.IsLessThan(12, bench.Alerts.Count);
    }

    [TestMethod]
    public void A_checkpoint_of_the_layout_before_is_refused()
    {
        var bench = new LaneBench(Options(new DecisionTemplate(DecisionType.StepUp, [DecisionScope.Principal], TimeSpan.FromHours(2))));
        var state = bench.Lane.Save();
        Assert.AreEqual(0, Lane.Load(bench.Lane.Options, state).Statistics.Tenants);
        state[3]--;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(state.AsSpan(state.Length - 8), System.IO.Hashing.XxHash3.HashToUInt64(state.AsSpan(0, state.Length - 8)));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => Lane.Load(bench.Lane.Options, state)).Message, "another version");
    }

    [TestMethod]
    public void Denials_that_our_own_decisions_caused_are_no_evidence()
    {
        var bench = new LaneBench(Options(new DecisionTemplate(DecisionType.StepUp, [DecisionScope.Principal], TimeSpan.FromHours(2))));
        var at = SomeTelemetry.Monday.AddHours(9);
        // A bouncer answers 403 and 429 to all that a limited client sends: a hundred times what the signal takes.
        for (var i = 0; i < 1_000; i++) bench.Add(Denied(at.AddMilliseconds(50 * i)) with { DecisionId = TextSlice.Of("0123456789abcdef0123456789abcdef") });
        bench.Complete().None();
        Assert.IsEmpty(bench.Decisions);
        Assert.AreEqual(1_000, bench.Outcome.Counters.Ignored);
        // And the same flood that nobody of ours caused is evidence.
        Burst(bench, at.AddMinutes(10));
        bench.The(Signal.PolicyViolationBurst);
    }

    private static void Burst(LaneBench bench, DateTime at)
    {
        for (var i = 0; i < 20; i++) bench.Add(Denied(at.AddSeconds(i)));
    }

    private static TelemetryEvent Denied(DateTime at) => SomeTelemetry.Event(at) with { Outcome = EventOutcome.Denied, Principal = Symbol.Create("mallory") };

    private static EngineOptions Options(params DecisionTemplate[] decisions) => SomeTelemetry.Options() with
    {
        Enforcement = new EnforcementOptions { Enforce = true },
        Playbook = new Playbook { Rules = [new PlaybookRule { Name = "rule", Signals = [Signal.PolicyViolationBurst], Decisions = decisions, Notify = [new(Audience.SocTier1)] }] },
    };
}
