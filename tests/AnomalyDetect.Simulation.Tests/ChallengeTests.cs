using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Simulation.Tests;

[TestClass]
public sealed class ChallengeTests
{
    [TestMethod]
    public void Fatigue_is_eight_or_more_rejected_challenges_after_the_right_password_from_abroad() => AttackTests.Each(ScenarioKind.MfaFatigue, (run, label) =>
    {
        var events = run.Played(label);
        Assert.AreEqual((EventType.Login, EventOutcome.Success), (events[0].Type, events[0].Outcome));
        Assert.IsTrue(events.All(e => e.PrincipalId == label.Entities[0].Id && Runs.Source(e) == label.Entities[1].Id), label.Id);
        Assert.AreNotEqual(run.Tenants[label.TenantId].Country, events[0].Country, label.Id);
        var rejected = Rejected(events);
        Assert.IsInRange(8, 25, rejected.Length, label.Id);
        Assert.IsInRange(2.5, 10, (rejected[^1].OccurredAt - label.Start).TotalMinutes, label.Id);
        var accepted = events.SkipWhile(e => e != rejected[^1]).Skip(1).Select(e => e.Type).ToArray();
        if (accepted.Length > 0) CollectionAssert.AreEqual(new[] { EventType.MfaChallenge, EventType.TokenIssue, EventType.SessionStart }, accepted[..3]);
    });

    [TestMethod]
    public void Every_second_owner_gives_in() =>
        Assert.IsInRange(30, 70, PasswordTests.Many(ScenarioKind.MfaFatigue, 100).Count(l => l.Entities.Any(e => e.Kind == EntityKind.Session)));

    [TestMethod]
    public void A_clumsy_thumb_rejects_two_to_four_at_home_on_the_known_device_and_then_accepts() => AttackTests.Each(ScenarioKind.MfaRetry, (run, label) =>
    {
        var events = run.Played(label);
        var who = run.Tenants[label.TenantId].People.Single(p => p.Id == label.Entities[0].Id);
        Assert.IsTrue(events.All(e => e.PrincipalId == who.Id && e.DeviceId == who.DeviceId && e.Asn == who.Home.Asn), label.Id);
        Assert.IsInRange(2, 4, Rejected(events).Length, label.Id);
        Assert.AreEqual(1, events.Count(e => e.Type == EventType.MfaChallenge && e.Outcome == EventOutcome.Success), label.Id);
    });

    private static SimulatedEvent[] Rejected(SimulatedEvent[] events) =>
        [.. events.Where(e => e.Type == EventType.MfaChallenge && e.Reason == FailureReason.UserRejected)];
}
