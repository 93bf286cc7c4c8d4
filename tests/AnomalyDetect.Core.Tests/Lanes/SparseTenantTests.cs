using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Lanes;

/// <summary>A tenant of whom there is nearly nothing to know.</summary>
[TestClass]
public sealed class SparseTenantTests
{
    public static IEnumerable<object[]> Events =>
        from type in Enum.GetValues<EventType>()
        from outcome in Enum.GetValues<EventOutcome>()
        select new object[] { type, outcome };

    [TestMethod]
    [DynamicData(nameof(Events))]
    public void One_event_alone_is_quiet_then_and_for_a_day_and_survives_a_restart(EventType type, EventOutcome outcome)
    {
        var bench = new LaneBench(SomeTelemetry.Options() with { Model = SomeModel.Create() });
        bench.Add(Acts.Of(type, SomeTelemetry.Monday, "ada").In("DE").On("laptop").During("s").With("t") with
        {
            Outcome = outcome,
            Reason = outcome == EventOutcome.Success ? FailureReason.None : FailureReason.Other,
            TargetTenant = Symbol.Create("globex"),
        });
        bench.SaveAndLoad().Wait(SomeTelemetry.Monday.AddMinutes(1), TimeSpan.FromHours(25)).SaveAndLoad().Complete().None();
        Assert.AreEqual(2, bench.Lane.Statistics.Tenants);
    }

    [TestMethod]
    public void Nothing_at_all_is_nothing()
    {
        var bench = new LaneBench().Complete().None();
        Assert.AreEqual(0, bench.SaveAndLoad().Complete().Lane.Statistics.Tenants);
    }
}
