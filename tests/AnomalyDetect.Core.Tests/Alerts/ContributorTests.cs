using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Alerts;

/// <summary>Who made most of what an alert about many tells of.</summary>
[TestClass]
public sealed class ContributorTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;

    private static IEnumerable<TelemetryEvent> Minute(int minute, EventType type, params (string Who, int Count)[] acts) =>
        acts.SelectMany(a => Enumerable.Range(0, a.Count).Select(i => Acts.Of(type, T0.AddMinutes(minute).AddMilliseconds(59_000 * i / a.Count), a.Who)));

    private static (string, int)[] Crowd(int people, int each) => [.. Enumerable.Range(0, people).Select(i => ($"u{i}", each))];

    private static LaneBench Busy(EventType type, int minutes = 120, EngineOptions? options = null)
    {
        var bench = new LaneBench(options);
        for (var m = 0; m < minutes; m++) bench.Add(Minute(m, type, Crowd(12, 1)));
        return bench;
    }

    [TestMethod]
    [DataRow(EventType.Login, Signal.LoginRate)]
    [DataRow(EventType.ApiCall, Signal.ApiCallRate)]
    [DataRow(EventType.DelegationUse, Signal.DelegationRate)]
    public void A_tenants_rate_names_those_furthest_above_their_usual(EventType type, Signal signal)
    {
        var bench = Busy(type).Add(Minute(120, type, [("new", 40), .. Crowd(60, 3)])).Add(Minute(121, type, Crowd(12, 1))).Complete();
        var alert = bench.Final.Single(a => a.Signal == signal && a.EntityKind == EntityKind.Tenant);
        Assert.HasCount(Contributor.Kept, alert.Contributors!);
        Assert.AreEqual(new Contributor(EntityKind.Principal, "new", 40, null, 0.18, false), alert.Contributors![0]);
        Assert.IsTrue(alert.Contributors.Skip(1).All(c => c is { Observed: 3, Share: 0.01 }));
        StringAssert.Contains(alert.Explanation, "much by principal new (18 %)");
        Assert.IsEmpty(alert.Drivers, "a contributor is nobody to aim at");
    }

    [TestMethod]
    public void What_is_usual_of_a_contributor_stands_beside_it()
    {
        var bench = Busy(EventType.ApiCall).Add(Minute(120, EventType.ApiCall, Crowd(12, 20))).Add(Minute(121, EventType.ApiCall, Crowd(12, 1))).Complete();
        var tenant = bench.Final.Single(a => a.EntityKind == EntityKind.Tenant);
        Assert.IsTrue(tenant.Contributors!.All(c => c is { Observed: 20, Expected: 1, Share: 0.08 }));
        Assert.DoesNotContain("by principal", tenant.Explanation, "nobody stands out");
    }

    [TestMethod]
    public void An_alert_about_one_or_of_a_drop_names_nobody()
    {
        var bench = Busy(EventType.ApiCall, 300).Add(Minute(300, EventType.ApiCall, ("u1", 200), ("u2", 1))).Add(Minute(301, EventType.ApiCall, Crowd(12, 1))).Complete();
        Assert.IsNull(bench.Final.Single(a => a.EntityKind == EntityKind.Principal).Contributors);
        bench = Busy(EventType.ApiCall, 300).Add(Minute(300, EventType.ApiCall, ("u1", 1))).Add(Minute(301, EventType.ApiCall, Crowd(12, 1))).Complete();
        Assert.IsTrue(bench.Final.All(a => a.Contributors is null));
    }

    [TestMethod]
    public void Failed_logins_make_a_contributor_a_claim()
    {
        var bench = Busy(EventType.Login).Add(Minute(120, EventType.Login, ("ada", 30)).Select(e => e.Failed())).Add(Minute(120, EventType.Login, Crowd(40, 2)))
            .Add(Minute(121, EventType.Login, Crowd(12, 1))).Complete();
        var alert = bench.Final.Single(a => a.Signal == Signal.LoginRate && a.EntityKind == EntityKind.Tenant);
        Assert.AreEqual(("ada", true), (alert.Contributors![0].Id, alert.Contributors[0].Claimed));
        StringAssert.Contains(alert.Explanation, "claiming to be principal ada (27 %)");
    }

    [TestMethod]
    public void Stuffing_names_the_busiest_addresses_and_the_names_they_tried()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 100; i++)
            bench.Add(Acts.Login(T0.AddSeconds(i), i % 4 == 0 ? "boss" : $"u{i}", i % 2 == 0 ? "198.51.100.7" : $"203.0.{i}.9").Failed());
        var alert = bench.The(Signal.CredentialStuffing);
        var (address, name) = (alert.Contributors!.Single(c => c.Id == "198.51.100.7"), alert.Contributors!.Single(c => c.Id == "boss"));
        Assert.AreEqual((EntityKind.Address, false), (address.Kind, address.Claimed));
        Assert.AreEqual(0.5, address.Share, 0.03);
        Assert.AreEqual((EntityKind.Principal, true), (name.Kind, name.Claimed));
        Assert.AreEqual(0.25, name.Share, 0.1);
        StringAssert.Contains(alert.Explanation, "by address 198.51.100.7 (");
        StringAssert.Contains(alert.Explanation, "claiming to be principal boss (");
        Assert.IsFalse(bench.Decisions.Any(d => d.Value == "boss"), "a claim is nobody to aim at");
    }

    [TestMethod]
    public void Spread_claims_name_addresses_and_whom_they_claim_to_be()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 60; i++)
            bench.Add(Acts.Of(EventType.TokenValidation, T0.AddSeconds(10 * i), $"u{i}", i % 4 == 0 ? "198.51.100.7" : $"203.0.{i}.9").Failed(FailureReason.InvalidClaim));
        var alert = bench.The(Signal.InvalidClaimInjection);
        Assert.AreEqual(EntityKind.Tenant, alert.EntityKind);
        Assert.AreEqual((EntityKind.Address, "198.51.100.7", false), (alert.Contributors![0].Kind, alert.Contributors[0].Id, alert.Contributors[0].Claimed));
        Assert.IsTrue(alert.Contributors.Where(c => c.Kind == EntityKind.Principal).All(c => c.Claimed));
    }

    [TestMethod]
    public void Spraying_names_whom_it_tried_most()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 39; i++) bench.Add(Acts.Login(T0.AddMinutes(i), i % 3 == 0 ? "boss" : $"u{i}", Acts.Away).Failed());
        var alert = bench.The(Signal.PasswordSpraying);
        Assert.AreEqual(("boss", true), (alert.Contributors![0].Id, alert.Contributors[0].Claimed));
        Assert.AreEqual(0.33, alert.Contributors[0].Share, 0.05);
        StringAssert.Contains(alert.Explanation, "claiming to be principal boss (");
    }

    [TestMethod]
    public void A_cross_tenant_spike_names_principals_and_partners_with_their_habit()
    {
        var bench = new LaneBench();
        TelemetryEvent Call(DateTime at, string who, string? partner) =>
            SomeTelemetry.Event(at) with { Principal = Symbol.Create(who), Partner = partner is null ? null : Symbol.Create(partner), TargetTenant = Symbol.Create("globex") };
        for (var s = 0; s < 7200; s += 6) bench.Add(Call(T0.AddSeconds(s), "svc", null));
        for (var i = 0; i < 400; i++) bench.Add(Call(T0.AddMinutes(120).AddMilliseconds(i * 100), i % 4 == 0 ? "ada" : "bob", "initech"));
        var alert = bench.The(Signal.CrossTenantApiSpike);
        CollectionAssert.AreEqual(new[] { "initech", "bob", "ada", "svc" }, alert.Contributors!.Select(c => c.Id).ToArray());
        Assert.AreEqual(0, alert.Contributors![0].Expected);
        Assert.AreEqual(45, alert.Contributors[3].Expected!.Value, 10);
    }

    [TestMethod]
    public void A_tenant_unlike_itself_names_who_made_most_of_what_drove_it()
    {
        var bench = new LaneBench(SomeTelemetry.Options() with { Model = SomeModel.Create() });
        IEnumerable<TelemetryEvent> Calls(int window, string who, long bytes = 5_000) => Enumerable.Range(0, 6).Select(i =>
            Acts.Of(EventType.ApiCall, T0.AddMinutes(5 * window).AddSeconds(40 * i), who) with { Resource = TextSlice.Of($"/v1/resource/{i % 2}"), Bytes = bytes });
        for (var w = 0; w < 60; w++)
            for (var p = 0; p < 12; p++) bench.Add(Calls(w, $"u{p}"));
        // Somebody knocks in u0's name meanwhile, so that no spell of its own is told.
        bench.Add(Calls(60, "u0", 9_000_000).Concat(Enumerable.Range(0, 9).Select(i => Acts.Login(T0.AddMinutes(300).AddSeconds(30 * i), "u0").Failed())).OrderBy(e => e.OccurredAt));
        bench.Add(Calls(61, "u1"));
        var alert = bench.Complete().Final.SingleOrDefault(a => a.Signal == Signal.MlSpike && a.EntityKind == EntityKind.Tenant && a.Contributions is not null);
        Assert.IsNotNull(alert, string.Join('\n', bench.Final.Select(a => a.Explanation)));
        Assert.AreEqual(Feature.Kilobytes, alert.Contributions![0].Feature);
        Assert.AreEqual(("u0", 1d, false), (alert.Contributors![0].Id, alert.Contributors[0].Share, alert.Contributors[0].Claimed));
        Assert.AreEqual(29, alert.Contributors[0].Expected!.Value, 15);
        Assert.IsNotEmpty(alert.EventIds);
    }

    [TestMethod]
    public void They_survive_a_restart_in_the_middle_of_the_alert()
    {
        static LaneBench Play(bool restarts)
        {
            var bench = new LaneBench();
            for (var i = 0; i < 150; i++)
            {
                bench.Add(Acts.Login(T0.AddSeconds(i), i % 5 == 0 ? "boss" : $"u{i}", $"203.0.{i % 60}.9").Failed());
                bench.Add(Acts.Login(T0.AddSeconds(i), $"v{i % 25}", Acts.Away).Failed());
                if (restarts && i % 10 == 0) bench.SaveAndLoad();
            }

            return bench;
        }

        var (straight, restarted) = (Play(false).Final, Play(true).Final);
        Assert.IsTrue(straight.Any(a => a.Contributors is not null));
        foreach (var (a, b) in straight.Zip(restarted, (a, b) => (a, b)))
        {
            Assert.AreEqual(a.Explanation, b.Explanation);
            CollectionAssert.AreEqual(a.Contributors?.ToArray(), b.Contributors?.ToArray());
        }
    }
}
