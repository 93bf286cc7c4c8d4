using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Alerts;

/// <summary>A storm of alerts of one kind is a handful of messages, and every decision is made all the same.</summary>
[TestClass]
public sealed class AlertGroupTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;

    /// <summary>One address forges that many claims within 20 s; each address 10 s after the one before.</summary>
    private static IEnumerable<TelemetryEvent> Forgeries(int address, int claims = 11, double startsAt = -1)
    {
        var start = T0.AddSeconds(startsAt < 0 ? address * 10 : startsAt);
        for (var i = 0; i < claims; i++)
        {
            yield return SomeTelemetry.Event(start.AddSeconds(20.0 * i / claims)) with
            {
                Type = EventType.TokenValidation,
                Outcome = EventOutcome.Failure,
                Reason = FailureReason.BadSignature,
                SourceIp = NetworkAddress.FromIPv4(0xCB00_7100u + (uint)address),
            };
        }
    }

    private static LaneBench Storm(int addresses)
    {
        var bench = new LaneBench();
        return bench.Add(Enumerable.Range(0, addresses).SelectMany(a => Forgeries(a)).OrderBy(e => e.OccurredAt));
    }

    private static string[] Told(LaneBench bench) => [.. bench.Outcome.Notifications.Select(n => n.AlertId).Distinct()];

    [TestMethod]
    public void Ten_are_told_singly_then_each_doubling()
    {
        var bench = Storm(40);
        var alerts = bench.Final; // of forty addresses, and of the tenant that they were spread over
        Assert.HasCount(41, alerts);
        var told = Told(bench).ToHashSet();
        Assert.AreSequenceEqual(new[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 16, 32 }, alerts.Select((a, i) => (a, i)).Where(p => told.Contains(p.a.Id)).Select(p => p.i + 1));
        Assert.IsGreaterThan(0, bench.Outcome.Counters.Grouped);
        Assert.HasCount(40, bench.Decisions.Where(d => d.Type == DecisionType.BlockIp).ToList(), "decisions are never grouped");
        Assert.HasCount(1, alerts.Select(a => a.GroupId).Distinct().ToList());
        Assert.AreEqual(alerts[0].Id, alerts[0].GroupId);
        Assert.IsTrue(bench.Outcome.Notifications.Any(n => n.Text.Contains("There are 32 alerts of this kind in the tenant since 2026-03-02 09:00:", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void Whatever_is_worse_than_all_before_is_told()
    {
        var bench = Storm(14);
        var before = Told(bench).Length;
        bench.Add(Forgeries(200, 150, startsAt: 200));
        Assert.AreEqual(before + 1, Told(bench).Length);
        Assert.AreEqual(Severity.Critical, bench.Final.Single(a => a.Id == Told(bench)[^1]).Severity);
    }

    [TestMethod]
    public void After_a_pause_there_is_a_new_group()
    {
        var bench = Storm(20);
        bench.Add(Forgeries(300, startsAt: 3600));
        var last = bench.Final[^1];
        Assert.AreEqual(last.Id, last.GroupId);
        CollectionAssert.Contains(Told(bench), last.Id);
    }

    [TestMethod]
    public void A_restart_forgets_nothing_of_a_storm()
    {
        var (plain, restarted) = (Storm(40), new LaneBench());
        foreach (var e in Enumerable.Range(0, 40).SelectMany(a => Forgeries(a)).OrderBy(e => e.OccurredAt)) restarted.Add(e).SaveAndLoad();
        Assert.AreEqual(plain.Outcome.Notifications.Count, restarted.Outcome.Notifications.Count);
        Assert.AreSequenceEqual(plain.Final.Select(a => (a.GroupId, a.GroupSize)), restarted.Final.Select(a => (a.GroupId, a.GroupSize)));
    }

    [TestMethod]
    public void Other_signals_and_tenants_have_groups_of_their_own()
    {
        var bench = Storm(12);
        foreach (var e in Forgeries(1, startsAt: 130)) bench.Add(e with { Tenant = Symbol.Create("globex") });
        var other = bench.Final.Single(a => a.TenantId == "globex");
        Assert.AreEqual((other.Id, 1), (other.GroupId, other.GroupSize));
        CollectionAssert.Contains(Told(bench), other.Id);
    }
}
