using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Lanes;

/// <summary>A lane finds tenants it saw lately without its dictionary, which must not keep one that had to go.</summary>
[TestClass]
public sealed class DisplacedTenantTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;

    private static EngineOptions Two()
    {
        var options = SomeTelemetry.Options();
        return options with { Detection = options.Detection with { Limits = options.Detection.Limits with { Tenants = 2 } } };
    }

    private static TelemetryEvent Of(string tenant, double minute) => Acts.Login(T0.AddMinutes(minute), $"ada of {tenant}") with { Tenant = Symbol.Create(tenant) };

    [TestMethod]
    public void A_displaced_tenant_that_comes_back_is_a_new_one()
    {
        var bench = new LaneBench(Two());
        foreach (var tenant in new[] { "acme", "globex", "initech" }) bench.Add(Of(tenant, 1));
        CollectionAssert.AreEquivalent(new[] { "globex", "initech" }, bench.Lane.Tenants.Select(t => t.Tenant.Text).ToArray());
        bench.Add(Of("acme", 2));
        Assert.AreEqual(2, bench.Lane.Tenants.Count());
        Assert.Contains("acme", bench.Lane.Tenants.Select(t => t.Tenant.Text));
    }

    [TestMethod]
    public void After_new_options_events_reach_the_tenants_that_were_carried_over()
    {
        var bench = new LaneBench(Two()).Add(Of("acme", 1));
        bench.Lane.Reconfigure(Two() with { Detection = Two().Detection with { EpisodeGap = TimeSpan.FromMinutes(20) } });
        var before = bench.Lane.Tenants.Single().LastSeen;
        bench.Add(Of("acme", 3));
        Assert.IsGreaterThan(before, bench.Lane.Tenants.Single().LastSeen);
    }
}
