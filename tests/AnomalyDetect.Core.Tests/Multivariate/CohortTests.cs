using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Multivariate;

[TestClass]
public sealed class CohortTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;

    private static float[] Moved(double by) => [.. SomeModel.Entity().Mean.Select(m => (float)(m + (by * 0.5)))]; // tenants differ by 0.5

    [TestMethod]
    public void A_tenant_is_of_the_nearest_cohort_within_whose_radius_it_is()
    {
        var model = SomeModel.Create() with { Cohorts = [SomeModel.Cohort(Moved(2), 1), SomeModel.Cohort(Moved(4), 1.5f)] };
        Assert.AreEqual((0, 1, 1, 2, 2, 0), (model.CohortOf(Moved(0)), model.CohortOf(Moved(1.1)), model.CohortOf(Moved(2.9)), model.CohortOf(Moved(3.1)), model.CohortOf(Moved(5.4)), model.CohortOf(Moved(5.6))));
        Assert.AreEqual(3, Cohort.Distance(Moved(1), Moved(4), model.Tenant), 1e-6);
        Assert.AreSame(model.Principal, model.CohortAt(0).Principal);
        Assert.AreSame(model.Cohorts[1], model.CohortAt(2));
    }

    [TestMethod]
    public void A_changed_copy_has_an_everybody_of_its_own()
    {
        var model = SomeModel.Create();
        var before = model.Everybody;
        Assert.AreSame(before, model.Everybody);
        var changed = model with { Tenant = SomeModel.Entity() };
        Assert.AreSame(changed.Tenant, changed.Everybody.Tenant);
        Assert.AreSame(model.Tenant, model.Everybody.Tenant);
    }

    [TestMethod]
    [DataRow("centroid")]
    [DataRow("radius")]
    [DataRow("tenants")]
    [DataRow("principal")]
    [DataRow("rates")]
    public void What_is_wrong_with_a_cohort_is_named(string what)
    {
        var cohort = SomeModel.Cohort(Moved(0), 1);
        var model = SomeModel.Create() with
        {
            Cohorts =
            [
                cohort,
                what switch
                {
                    "centroid" => cohort with { Centroid = [1, 2] },
                    "radius" => cohort with { Radius = float.NaN },
                    "tenants" => cohort with { Tenants = 0 },
                    "principal" => cohort with { Principal = cohort.Principal with { ScoreUnit = 0 } },
                    _ => cohort with { Rates = [] },
                },
            ],
        };
        StringAssert.StartsWith(model.Validate().Single(), $"cohorts[1].{what}");
    }

    [TestMethod]
    public void No_more_cohorts_are_read_than_there_may_be() =>
        StringAssert.Contains((SomeModel.Create() with { Cohorts = [.. Enumerable.Repeat(SomeModel.Cohort(Moved(0), 1), 17)] }).Validate().Single(), "17 cohorts, and 16 are read");

    /// <summary>Three thousand calls of a newcomer in a minute, after two hours of some ten a minute by others.</summary>
    private static bool TellsOfANewcomer(params Cohort[] cohorts)
    {
        var bench = new LaneBench(SomeTelemetry.Options() with { Model = SomeModel.Create() with { Cohorts = cohorts } });
        for (var m = 0; m < 120; m++)
            bench.Add(Enumerable.Range(0, 9 + (m % 3)).Select(i => Acts.Of(EventType.ApiCall, T0.AddMinutes(m).AddSeconds(5 * i), $"u{i % 3}")));
        bench.Add(Acts.Of(EventType.ApiCall, T0.AddMinutes(120), "eve") with { Count = 3_000 }).Add(Acts.Of(EventType.ApiCall, T0.AddMinutes(122), "u1"));
        bench.Complete();
        return bench.Final.Any(a => a.Signal == Signal.ApiCallRate && a.PrincipalId == "eve");
    }

    [TestMethod]
    public void A_newcomer_is_held_against_what_is_usual_of_tenants_alike()
    {
        float[] everywhere = Moved(0);
        Assert.IsTrue(TellsOfANewcomer());
        Assert.IsFalse(TellsOfANewcomer(SomeModel.Cohort(everywhere, 100, rate: 3_000)));
        Assert.IsTrue(TellsOfANewcomer(SomeModel.Cohort(Moved(50), 1, rate: 3_000)), "it is none of that cohort");
    }
}
