using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Alerts;

[TestClass]
public sealed class AlertExceptionTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;
    private static readonly NetworkAddress Attacker = NetworkAddress.Parse("203.0.113.9");

    private static AlertException Some => new() { Reason = "the yearly penetration test", Until = T0.AddDays(1) };

    private static LaneBench Forge(AlertException exception, DateTime at, string tenant = "acme")
    {
        var options = SomeTelemetry.Options();
        var bench = new LaneBench(options with { Detection = options.Detection with { Exceptions = [exception] } });
        return Forge(bench, at, tenant);
    }

    private static LaneBench Forge(LaneBench bench, DateTime at, string tenant = "acme")
    {
        for (var i = 0; i < 15; i++)
            bench.Add(SomeTelemetry.Event(at.AddSeconds(i), tenant) with
            {
                Type = EventType.TokenValidation,
                Outcome = EventOutcome.Failure,
                Reason = FailureReason.BadSignature,
                SourceIp = Attacker,
            });
        return bench.Complete();
    }

    [TestMethod]
    public void What_is_excepted_is_counted_and_neither_told_nor_acted_upon()
    {
        var bench = Forge(Some, T0).None();
        Assert.IsEmpty(bench.Decisions);
        Assert.IsEmpty(bench.Outcome.Notifications);
        Assert.AreEqual(5, bench.Outcome.Counters.Excepted, "the eleventh to the fifteenth");
        Assert.AreEqual(5, bench.Outcome.Counters.Findings[(int)Signal.InvalidClaimInjection]);
    }

    [TestMethod]
    public void It_runs_out() => Forge(Some, T0.AddDays(1)).The(Signal.InvalidClaimInjection);

    [TestMethod]
    public void It_does_not_hold_before_it_begins() => Forge(Some with { From = T0.AddHours(1) }, T0).The(Signal.InvalidClaimInjection);

    [TestMethod]
    public void An_episode_that_outlives_it_is_told_then()
    {
        var bench = Forge(Some with { Until = T0.AddSeconds(12) }, T0);
        var alert = bench.The(Signal.InvalidClaimInjection);
        Assert.AreEqual(T0.AddSeconds(10), alert.DetectedAt, "the crossing stays where it was");
        Assert.AreEqual(2, bench.Outcome.Counters.Excepted);
    }

    [TestMethod]
    [DataRow("acme", true)]
    [DataRow("other", false)]
    public void It_holds_for_the_tenants_it_names(string tenant, bool excepted) =>
        Assert.AreEqual(excepted, Forge(Some with { Tenants = ["acme"] }, T0, tenant).Final.Count == 0);

    [TestMethod]
    [DataRow(Signal.InvalidClaimInjection, true)]
    [DataRow(Signal.SessionHijack, false)]
    public void It_holds_for_the_signals_it_names(Signal signal, bool excepted) =>
        Assert.AreEqual(excepted, Forge(Some with { Signals = [signal] }, T0).Final.Count == 0);

    [TestMethod]
    [DataRow("203.0.113.9", null, true)]
    [DataRow("203.0.113.0/24", null, true)]
    [DataRow("203.0.113.9", EntityKind.Address, true)]
    [DataRow("203.0.113.9", EntityKind.Principal, false)]
    [DataRow("198.51.100.0/24", null, false)]
    public void It_holds_for_the_entity_it_names(string entity, EntityKind? kind, bool excepted) =>
        Assert.AreEqual(excepted, Forge(Some with { Entity = entity, EntityKind = kind }, T0).Final.Count == 0);

    [TestMethod]
    [DataRow("09:00", "01:00", true)]
    [DataRow("09:30", "01:00", false)]
    [DataRow("23:00", "10:30", true)] // yesterday's reaches into this morning
    [DataRow("23:00", "10:00", false)]
    public void A_calendar_entry_comes_back_every_day(string from, string length, bool excepted)
    {
        var entry = Some with { DailyFrom = TimeSpan.Parse(from), DailyFor = TimeSpan.Parse(length), Until = T0.AddYears(1) };
        Assert.AreEqual(excepted, Forge(entry, T0.AddDays(200)).Final.Count == 0);
    }

    [TestMethod]
    public void A_calendar_entry_holds_on_its_days()
    {
        Forge(Some with { Days = [DayOfWeek.Monday] }, T0).None();
        Forge(Some with { Days = [DayOfWeek.Tuesday] }, T0).The(Signal.InvalidClaimInjection);
        // Sunday's, which began at 23:00.
        Forge(Some with { Days = [DayOfWeek.Sunday], DailyFrom = TimeSpan.FromHours(23), DailyFor = TimeSpan.FromHours(11) }, T0).None();
    }

    [TestMethod]
    public void One_that_gives_no_reason_or_ends_before_it_begins_is_refused()
    {
        var options = SomeTelemetry.Options();
        var problems = EngineOptionsValidator.Validate(options with
        {
            Detection = options.Detection with { Exceptions = [Some with { Reason = " ", From = T0.AddDays(2) }, Some with { DailyFor = TimeSpan.FromHours(1) }] },
        });
        Assert.HasCount(3, problems);
        StringAssert.StartsWith(problems[0], "detection.exceptions[0].reason");
        StringAssert.StartsWith(problems[2], "detection.exceptions[1].daily_for");
    }
}
