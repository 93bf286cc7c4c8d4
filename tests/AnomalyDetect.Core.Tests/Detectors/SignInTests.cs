using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Geography;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Detectors;

[TestClass]
public sealed class SignInTests
{
    /// <summary>The third morning, when ada has a habit: Germany, one laptop.</summary>
    private static readonly DateTime Third = SomeTelemetry.Monday.AddDays(2);

    private static TelemetryEvent Strange(DateTime at, string country = "SG") => Acts.Login(at, "ada", Acts.Away).In(country).On("unknown").During("strange");

    private static TelemetryEvent Change(DateTime at, string session = "strange", string address = Acts.Away) =>
        Acts.Of(EventType.ConfigChange, at, "ada", address).During(session);

    [TestMethod]
    public void Too_far_too_soon_on_a_new_device_has_to_step_up()
    {
        var bench = new LaneBench().WithHabit().Add(Strange(Third.AddHours(1)));
        var alert = bench.The(Signal.ImpossibleTravel);
        Assert.AreEqual((EntityKind.Principal, "ada", Severity.Medium, Acts.Away), (alert.EntityKind, alert.PrincipalId, alert.Severity, alert.SourceIp));
        Assert.AreEqual((DecisionType.StepUp, "ada"), (bench.Decisions.Single().Type, bench.Decisions.Single().Value));
    }

    [TestMethod]
    public void A_privileged_call_makes_it_high_and_ends_the_session()
    {
        var bench = new LaneBench().WithHabit().Add(Strange(Third.AddHours(1))).Add(Change(Third.AddHours(1.2)));
        var alert = bench.The(Signal.ImpossibleTravel);
        Assert.AreEqual(Severity.High, alert.Severity);
        StringAssert.Contains(alert.Explanation, "DE to have travelled to SG"); // which the call itself does not say
        CollectionAssert.AreEquivalent(
            new[] { (DecisionType.StepUp, "ada"), (DecisionType.ForceReauth, "strange"), (DecisionType.RevokeSession, "strange") },
            bench.Decisions.Select(d => (d.Type, d.Value)).ToArray());
    }

    [TestMethod]
    public void The_known_device_keeps_travel_at_low_whatever_else_speaks_against_it()
    {
        var bench = new LaneBench().WithHabit();
        for (var i = 0; i < 3; i++) bench.Add(Acts.Login(Third.AddMinutes(50 + i), "ada", Acts.Away).Failed());
        bench.Add(Acts.Login(Third.AddHours(1), "ada", Acts.Away).In("SG").On("laptop").During("strange"));
        for (var i = 0; i < 5; i++) bench.Add(Change(Third.AddHours(1).AddMinutes(i)));
        Assert.AreEqual(Severity.Low, bench.The(Signal.ImpossibleTravel).Severity);
        Assert.IsEmpty(bench.Decisions);
    }

    [TestMethod]
    public void At_an_airliners_pace_it_is_travel_and_a_little_faster_it_is_not()
    {
        var hours = Countries.LeastDistanceKm(Countries.Pack("DE"), Countries.Pack("SG")) / 900;
        TelemetryEvent Landed(double after) => Acts.Login(Third.AddHours(after), "ada", Acts.Away).In("SG").On("laptop");
        new LaneBench().WithHabit().Add(Landed(hours + 0.02)).None();
        new LaneBench().WithHabit().Add(Landed(hours - 0.02)).The(Signal.ImpossibleTravel);
    }

    [TestMethod]
    public void Where_the_session_was_active_last_is_the_last_place()
    {
        var bench = new LaneBench().WithHabit();
        bench.Add(Acts.Of(EventType.ApiCall, Third.AddHours(11), "ada").During("ada-2"));
        bench.Add(Acts.Login(Third.AddHours(12), "ada", Acts.Away).In("SG").On("laptop")).The(Signal.ImpossibleTravel);
    }

    [TestMethod]
    [DataRow(0, Severity.Medium)]
    [DataRow(2, Severity.Medium)]
    [DataRow(3, Severity.Low)]
    public void A_new_device_of_somebody_who_administers_every_day_is_no_more_than_low(int days, Severity expected)
    {
        var bench = new LaneBench().WithHabit();
        for (var day = 0; day < days; day++) bench.Add(Change(Third.AddHours(1).AddDays(day), "ada-2", Acts.Home));
        bench.SaveAndLoad();
        var at = Third.AddDays(4);
        bench.Add(Acts.Login(at, "ada").In("DE").On("phone").During("new"));
        for (var i = 1; i < 5; i++) bench.Add(Change(at.AddMinutes(i), "new", Acts.Home));
        Assert.AreEqual(expected, bench.The(Signal.UnfamiliarSignIn).Severity);
    }

    [TestMethod]
    [DataRow(2, true, Severity.Medium, DisplayName = "refused on two days before")]
    [DataRow(3, true, Severity.Low, DisplayName = "refused on three days before")]
    [DataRow(3, false, Severity.Medium, DisplayName = "refused on three days before, and now it administers")]
    public void Refusals_on_a_new_device_of_somebody_refused_every_other_day_are_no_more_than_low(int days, bool isRefused, Severity expected)
    {
        static TelemetryEvent Refused(DateTime at, string session) => Change(at, session, Acts.Home) with { Type = EventType.ApiCall, Outcome = EventOutcome.Denied };
        var bench = new LaneBench().WithHabit();
        for (var day = 0; day < days; day++) bench.Add(Refused(Third.AddHours(1).AddDays(day), "ada-2"));
        bench.SaveAndLoad();
        var at = Third.AddDays(4);
        bench.Add(Acts.Login(at, "ada").In("DE").On("phone").During("new"));
        for (var i = 1; i < 5; i++) bench.Add(isRefused ? Refused(at.AddMinutes(i), "new") : Change(at.AddMinutes(i), "new", Acts.Home));
        Assert.AreEqual(expected, bench.The(Signal.UnfamiliarSignIn).Severity);
    }

    [TestMethod]
    public void Refused_calls_and_a_new_country_say_as_much_of_an_administrator_as_of_others()
    {
        var bench = new LaneBench().WithHabit();
        for (var day = 0; day < 3; day++) bench.Add(Change(Third.AddHours(1).AddDays(day), "ada-2", Acts.Home));
        var refused = new LaneBench(); // the same again, for the other half
        refused.WithHabit();
        for (var day = 0; day < 3; day++) refused.Add(Change(Third.AddHours(1).AddDays(day), "ada-2", Acts.Home));
        var at = Third.AddDays(4);
        bench.Add(Acts.Login(at, "ada", Acts.Away).In("BR").On("phone").During("new")).Add(Change(at.AddMinutes(1), "new"));
        Assert.AreEqual(Severity.Medium, bench.The(Signal.UnfamiliarSignIn).Severity);
        refused.Add(Acts.Login(at, "ada").In("DE").On("phone").During("new"));
        for (var i = 1; i < 5; i++) refused.Add(Change(at.AddMinutes(i), "new", Acts.Home) with { Outcome = EventOutcome.Denied });
        Assert.AreEqual(Severity.Medium, refused.The(Signal.UnfamiliarSignIn).Severity);
    }

    [TestMethod]
    [DataRow("BR", "laptop")]
    [DataRow("DE", "phone")]
    [DataRow("DE", "laptop")]
    public void One_oddity_alone_is_quiet(string country, string device) =>
        new LaneBench().WithHabit().Add(Acts.Login(Third.AddDays(1), "ada", Acts.Away).In(country).On(device)).None(Signal.UnfamiliarSignIn);

    [TestMethod]
    public void A_new_country_on_a_new_device_is_low_and_after_wrong_passwords_medium()
    {
        var at = Third.AddDays(1);
        Assert.AreEqual(Severity.Low, new LaneBench().WithHabit().Add(Strange(at, "BR")).The(Signal.UnfamiliarSignIn).Severity);
        var guessed = new LaneBench().WithHabit();
        for (var i = 0; i < 2; i++) guessed.Add(Strange(at.AddMinutes(-2 + i), "BR").Failed());
        Assert.AreEqual(Severity.Medium, guessed.Add(Strange(at, "BR")).The(Signal.UnfamiliarSignIn).Severity);
        Assert.AreEqual(DecisionType.StepUp, guessed.Decisions.Single().Type);
    }

    [TestMethod]
    public void Refused_second_factors_before_it_count_as_well()
    {
        var bench = new LaneBench().WithHabit();
        for (var i = 0; i < 2; i++) bench.Add(Acts.Of(EventType.MfaChallenge, Third.AddDays(1).AddMinutes(-2 + i), "ada", Acts.Away).Failed(FailureReason.UserRejected));
        Assert.AreEqual(Severity.Medium, bench.Add(Strange(Third.AddDays(1), "BR")).The(Signal.UnfamiliarSignIn).Severity);
    }

    [TestMethod]
    public void Of_somebody_new_nothing_is_strange()
    {
        var bench = new LaneBench().Add(Acts.Login(Third, "eve").In("DE").On("laptop"));
        for (var i = 1; i < 20; i++) bench.Add(Acts.Login(Third.AddHours(i), "eve", $"203.0.{i}.1").In(i % 2 == 0 ? "SG" : "BR").On($"d{i}"));
        bench.None(Signal.ImpossibleTravel).None(Signal.UnfamiliarSignIn);
    }

    [TestMethod]
    public void Shared_ways_out_are_left_out()
    {
        var options = SomeTelemetry.Options();
        options = options with { Detection = options.Detection with { Signals = new SignalOptions { EgressRanges = ["203.0.113.0/24"] } } };
        var bench = new LaneBench(options).WithHabit().Add(Strange(Third.AddHours(1))).Add(Change(Third.AddHours(1.1))).None();
        // Nor does it become the last place.
        bench.Add(Acts.Login(Third.AddHours(2), "ada").In("DE").On("laptop")).None();
    }

    [TestMethod]
    public void Privileged_calls_of_the_principals_other_session_do_not_count()
    {
        var bench = new LaneBench().WithHabit().Add(Strange(Third.AddHours(1)));
        for (var i = 0; i < 5; i++) bench.Add(Change(Third.AddHours(1.1).AddMinutes(i), "ada-2", Acts.Home));
        Assert.AreEqual(Severity.Medium, bench.The(Signal.ImpossibleTravel).Severity);
    }

    [TestMethod]
    public void After_an_hour_privileged_calls_no_longer_count()
    {
        var bench = new LaneBench().WithHabit().Add(Strange(Third.AddHours(1)));
        for (var i = 0; i < 5; i++) bench.Add(Change(Third.AddHours(2.1).AddMinutes(i)));
        Assert.AreEqual(Severity.Medium, bench.The(Signal.ImpossibleTravel).Severity);
    }

    [TestMethod]
    public void The_principals_own_sign_in_meanwhile_does_not_call_off_the_watch()
    {
        var bench = new LaneBench().WithHabit().Add(Strange(Third.AddHours(1)));
        bench.Add(Acts.Login(Third.AddHours(1.1), "ada").In("DE").On("laptop").During("own"));
        bench.Add(Change(Third.AddHours(1.2)));
        Assert.AreEqual(Severity.High, bench.The(Signal.ImpossibleTravel).Severity);
        Assert.IsFalse(bench.Decisions.Any(d => d.Value == "own"));
    }

    [TestMethod]
    public void Who_fails_to_sign_in_is_nobodys_habit()
    {
        var bench = new LaneBench().WithHabit();
        for (var i = 0; i < 20; i++) bench.Add(Strange(Third.AddHours(1).AddMinutes(i)).Failed());
        bench.None(Signal.ImpossibleTravel).None(Signal.UnfamiliarSignIn);
    }
}
