using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Lanes;

/// <summary>What is estimated before a run is what the metric shows in it.</summary>
[TestClass]
public sealed class MemoryEstimateTests
{
    private const int Principals = 1_000, Sessions = 800, Counters = 100, OpenAlerts = 16, DedupeIds = 5_000;

    private const int Minutes = 11; // of ordinary traffic, so that every open window has seen it

    private static readonly DateTime T0 = SomeTelemetry.Monday;

    private static EngineOptions Options(bool model = true)
    {
        var options = SomeTelemetry.Options();
        return options with
        {
            Model = model ? SomeModel.Create() : null,
            Detection = options.Detection with
            {
                Limits = new LimitOptions { Tenants = 2, Principals = Principals, Sessions = Sessions, Counters = Counters, OpenAlerts = OpenAlerts, DedupeIds = DedupeIds },
            },
        };
    }

    /// <summary>As many failures of every kind as there are counters, slow ones first, for what is fast is not counted as slow as well; then everybody signs in and calls.</summary>
    /// <param name="times">How often each failure comes.</param>
    private static IEnumerable<TelemetryEvent> Traffic(string tenant, int principals, int sessions, int counters, int times)
    {
        var name = Symbol.Create(tenant);
        for (var n = 0; n < 2 * counters * times; n++)
        {
            var (i, slow) = (n % counters, counters * times > n);
            var at = T0.AddMinutes(slow ? 15.0 * n / (counters * times) : 14 + ((double)n / (counters * times)));
            var address = $"203.0.{i / 250}.{i % 250}";
            yield return Acts.Of(EventType.TokenValidation, at, "x", address).Failed(FailureReason.InvalidClaim) with { Tenant = name, Principal = null };
            if (slow) continue;
            yield return Acts.Login(at, $"u{i}", address).Failed() with { Tenant = name };
            yield return Acts.Of(EventType.MfaChallenge, at, $"u{i}").Failed(FailureReason.UserRejected) with { Tenant = name };
            yield return Acts.Of(EventType.DelegationGrant, at, $"u{i}") with { Tenant = name, Outcome = EventOutcome.Denied, Partner = Symbol.Create($"p{i}") };
            yield return Acts.Of(EventType.PolicyDecision, at, $"u{i}") with { Tenant = name, Outcome = EventOutcome.Denied };
        }

        for (var n = 0; n < Minutes * principals; n++)
        {
            var (i, at) = (n % principals, T0.AddMinutes(16 + ((double)n / principals)));
            yield return Acts.Login(at, $"u{i}", $"192.0.{i / 250}.{i % 250}") with { Tenant = name };
            yield return Acts.Of(EventType.ApiCall, at, $"u{i}").During($"s{i % sessions}").With($"t{i % sessions}") with { Tenant = name, TargetTenant = i < counters ? Symbol.Create("other") : null };
        }
    }

    private static void IsClose(double estimate, double metric, string what)
    {
        Assert.IsGreaterThanOrEqualTo(metric * 0.99, estimate, $"{what}: {estimate:N0} estimated, {metric:N0} in use");
        Assert.IsLessThanOrEqualTo(metric * 1.05, estimate, $"{what}: {estimate:N0} estimated, {metric:N0} in use");
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void A_lane_whose_every_table_is_full_comes_to_the_worst_that_was_estimated(bool model)
    {
        var options = Options(model);
        var bench = new LaneBench(options);
        foreach (var tenant in new[] { "acme", "globex" }) bench.Add(Traffic(tenant, Principals + 50, Sessions + 50, Counters, 70));
        for (var i = 0; i < DedupeIds; i++) bench.Add(SomeTelemetry.Event(bench.Newest, "acme"));
        var held = bench.Complete().Lane.Statistics;
        Assert.AreEqual((2 * Principals, 2 * Sessions, 2 * OpenAlerts), (held.Principals, held.Sessions, held.OpenAlerts));
        IsClose(new MemoryEstimate(options).WorstLaneBytes, held.StateBytes, "a full lane");
    }

    [TestMethod]
    public void A_load_below_the_limits_comes_to_what_was_estimated_for_it()
    {
        var options = Options();
        var bench = new LaneBench(options).Add(Traffic("acme", 700, 300, 50, 2)).Complete();
        var load = new TenantLoad(700, 700, 300, 50, (int)bench.Lane.Statistics.OpenAlerts);
        var estimate = new MemoryEstimate(options).BytesOf(1, 1, load, 2 * 700 / 60.0);
        IsClose(estimate, bench.Lane.Statistics.StateBytes, "an ordinary lane");
    }

    [TestMethod]
    public void A_tenant_that_was_hardly_seen_takes_the_least()
    {
        var options = Options();
        var bench = new LaneBench(options).Add(SomeTelemetry.Event(T0));
        var empty = new Lane(options);
        empty.Complete(new Outcome());
        var least = new MemoryEstimate(options).LeastTenantBytes;
        var held = bench.Complete().Lane.Statistics.StateBytes - empty.Statistics.StateBytes;
        Assert.IsInRange(least, least * 1.5, held, $"{least:N0} estimated, {held:N0} in use");
    }

    [TestMethod]
    public void The_parts_of_a_full_tenant_name_the_limits_that_bound_them_and_more_lateness_takes_more()
    {
        var estimate = new MemoryEstimate(Options());
        CollectionAssert.AreEquivalent(new[] { "", "principals", "principals", "sessions", "counters", "open_alerts" }, estimate.FullTenant.Select(s => s.Limit).ToArray());
        Assert.AreEqual("dedupe_ids", estimate.EventIds.Limit);
        Assert.AreEqual(estimate.EventIds.Bytes + (2 * estimate.FullTenantBytes), estimate.WorstLaneBytes);
        var late = Options();
        late = late with { Detection = late.Detection with { AllowedLateness = TimeSpan.FromMinutes(15) } };
        Assert.IsGreaterThan(estimate.FullTenantBytes, new MemoryEstimate(late).FullTenantBytes);
    }

    [TestMethod]
    public void Any_load_typical_of_more_principals_than_the_limit_is_that_of_the_limit()
    {
        var limits = Options().Detection.Limits;
        Assert.AreEqual(Principals, TenantLoad.Typical(1_000_000, limits).Principals);
        Assert.AreEqual(Counters, TenantLoad.Typical(1_000_000, limits).Counters);
    }
}
