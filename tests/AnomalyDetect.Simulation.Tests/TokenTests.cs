using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Simulation.Tests;

[TestClass]
public sealed class TokenTests
{
    [TestMethod]
    public void A_replayed_token_is_used_in_turn_in_a_session_at_home_and_without_one_elsewhere() => AttackTests.Each(ScenarioKind.TokenReplay, (run, label) =>
    {
        var uses = Uses(run, label);
        var (home, thief) = (uses.Where(e => e.SessionId is not null).ToArray(), uses.Where(e => e.SessionId is null).ToArray());
        Assert.HasCount(1, uses.Select(e => e.TokenId).Distinct(), label.Id);
        Assert.IsInRange(8, 20, thief.Length, label.Id);
        Assert.AreEqual(thief[0].OccurredAt, label.Start, label.Id);
        Assert.HasCount(1, home.Select(e => (Runs.Source(e), e.Country, e.Asn)).Distinct(), label.Id);
        Assert.HasCount(1, thief.Select(e => (Runs.Source(e), e.Country, e.Asn)).Distinct(), label.Id);
        Assert.AreNotEqual(home[0].Country, thief[0].Country, label.Id);
        var turns = uses.SkipWhile(e => e.SessionId is not null).ToArray();
        Assert.IsTrue(turns.Skip(1).Zip(turns).All(p => p.First.SessionId is null != p.Second.SessionId is null), label.Id);
        Assert.IsInRange(2.5, 8.5, (label.End - label.Start).TotalMinutes, label.Id);
    });

    [TestMethod]
    public void A_roaming_token_leaves_the_wifi_once_and_stays_in_its_session() => AttackTests.Each(ScenarioKind.TokenRoaming, (run, label) =>
    {
        var uses = Uses(run, label);
        Assert.HasCount(1, uses.Select(e => (e.TokenId, e.SessionId, e.DeviceId, e.Country)).Distinct(), label.Id);
        var networks = uses.Select(Runs.Source).ToArray();
        Assert.HasCount(2, networks.Distinct(), label.Id);
        Assert.AreEqual(1, networks.Skip(1).Zip(networks).Count(p => p.First != p.Second), label.Id);
    });

    private static SimulatedEvent[] Uses(Run run, AttackLabel label) =>
        [.. run.ByLabel[label.Id].Where(e => e.Type == EventType.ApiCall)];
}
