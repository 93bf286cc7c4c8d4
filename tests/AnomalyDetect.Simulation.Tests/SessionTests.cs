using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Simulation.Tests;

[TestClass]
public sealed class SessionTests
{
    [TestMethod]
    [DataRow(ScenarioKind.RoamingTwoNetworks, 2)]
    [DataRow(ScenarioKind.RoamingThreeNetworks, 3)]
    [DataRow(ScenarioKind.OfficeNat, 1)]
    public void Travellers_and_offices_never_interleave_networks(ScenarioKind kind, int expected) => AttackTests.Each(kind, (run, label) =>
    {
        var (networks, interleaved) = Networks(run, label);
        Assert.AreEqual(expected, networks, label.Id);
        Assert.IsFalse(interleaved, label.Id);
        Assert.AreEqual(kind == ScenarioKind.RoamingThreeNetworks, label.MayAlert);
    });

    [TestMethod]
    public void An_office_hops_among_at_least_three_addresses_of_its_range() => AttackTests.Each(ScenarioKind.OfficeNat, (run, label) =>
        Assert.IsGreaterThan(2, OfSession(run, label).Select(e => e.SourceIp).Distinct().Count(), label.Id));

    [TestMethod]
    public void No_session_of_plain_traffic_is_seen_on_three_networks()
    {
        foreach (var session in Runs.Attacks.Events.Where(e => e.LabelId is null && e.SessionId is not null).GroupBy(e => (e.TenantId, e.SessionId)))
            Assert.IsLessThan(3, session.Select(Neighbourhood).Distinct().Count(), session.Key.SessionId!);
    }

    /// <summary>The most networks (/24 or /64) of the label's session in any 5 min, and whether one returns there after another was used.</summary>
    internal static (int Networks, bool Interleaved) Networks(Run run, AttackLabel label)
    {
        var events = OfSession(run, label).ToArray();
        var (most, interleaved) = (0, false);
        for (var i = 0; i < events.Length; i++)
        {
            var window = events[..(i + 1)].Where(e => e.OccurredAt > events[i].OccurredAt - TimeSpan.FromMinutes(5)).Select(Neighbourhood).ToArray();
            most = Math.Max(most, window.Distinct().Count());
            var changes = window.Where((n, at) => at == 0 || n != window[at - 1]).ToArray();
            interleaved |= changes.Distinct().Count() < changes.Length;
        }

        return (most, interleaved);
    }

    private static IEnumerable<SimulatedEvent> OfSession(Run run, AttackLabel label) =>
        run.Of(label).Where(e => e.SessionId is { } id && id == label.Entities.First(x => x.Kind == EntityKind.Session).Id);

    private static NetworkAddress Neighbourhood(SimulatedEvent e) => NetworkAddress.Parse(e.SourceIp!).Neighbourhood;
}
