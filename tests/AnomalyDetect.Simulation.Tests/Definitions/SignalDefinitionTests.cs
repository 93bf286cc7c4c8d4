using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Simulation.Definitions;

namespace AnomalyDetect.Simulation.Tests.Definitions;

/// <summary>Events made by hand, each list with the one that completes what the signal's row in the README says.</summary>
[TestClass]
public sealed class SignalDefinitionTests
{
    private static readonly DateTime Noon = new(2026, 1, 5, 12, 0, 0, DateTimeKind.Utc);
    private static readonly SignalOptions Defaults = new();

    [TestMethod]
    public void The_fourth_denied_grant_of_a_partner_within_an_hour_is_one_too_many()
    {
        SimulatedEvent[] grants = [Grant(0), Grant(10, partner: "other"), Grant(20, denied: false), Grant(25), Grant(50), Grant(59)];
        Assert.AreEqual(Noon.AddMinutes(59), Met(Signal.DelegationScopeAbuse, grants));
        Assert.IsNull(Met(Signal.DelegationScopeAbuse, grants[..^1]));
        // The first has left the window (t − 1 h, t] when the fourth comes.
        Assert.IsNull(Met(Signal.DelegationScopeAbuse, [Grant(0), Grant(25), Grant(50), Grant(60)]));
        Assert.AreEqual(Noon.AddMinutes(50), Met(Signal.DelegationScopeAbuse, [Grant(25), Grant(50) with { Count = 3 }]), "a count is so many");
    }

    [TestMethod]
    public void A_delegator_stands_in_for_a_partner() => Assert.AreEqual(
        Noon.AddMinutes(3), Met(Signal.DelegationScopeAbuse, [.. Enumerable.Range(0, 6).Select(i => Grant(i, partner: null))]));

    [TestMethod]
    public void The_third_network_of_one_session_within_five_minutes_meets_the_definition()
    {
        Assert.AreEqual(Noon.AddSeconds(299), Met(Signal.SessionHijack, [Use(0, "192.0.2.1"), Use(100, "192.0.2.2"), Use(200, "192.0.2.1"), Use(299, "192.0.2.3")]));
        Assert.IsNull(Met(Signal.SessionHijack, [Use(0, "192.0.2.1"), Use(100, "192.0.2.2"), Use(300, "192.0.2.3")]), "the first is five minutes ago");
        Assert.IsNull(Met(Signal.SessionHijack, [Use(0, "192.0.2.1"), Use(1, "192.0.2.2"), Use(2, "192.0.2.3") with { SessionId = "other" }]));
        Assert.IsNull(Met(Signal.SessionHijack, [Use(0, "2001:db8::1"), Use(1, "2001:db8::2"), Use(2, "2001:db8::3")]), "one /64 is one network");
        Assert.IsNull(Met(Signal.SessionHijack, [Use(0, "192.0.2.1"), Use(1, "192.0.2.2"), Use(2, "192.0.2.3") with { Outcome = EventOutcome.Failure }]));
    }

    [TestMethod]
    public void The_eleventh_forged_proof_in_a_minute_counts_by_its_address_or_the_name_it_claims()
    {
        Assert.AreEqual(Noon.AddSeconds(50), Met(Signal.InvalidClaimInjection, [.. Every(5, 20, i => Forged(i, "192.0.2.1", $"p{i}"))]));
        Assert.AreEqual(Noon.AddSeconds(50), Met(Signal.InvalidClaimInjection, [.. Every(5, 20, i => Forged(i, $"192.0.2.{i % 4}", "p"))]));
        Assert.IsNull(Met(Signal.InvalidClaimInjection, [.. Every(6, 20, i => Forged(i, "192.0.2.1", "p"))]), "ten in any minute");
        Assert.IsNull(Met(Signal.InvalidClaimInjection, [.. Every(5, 20, i => Forged(i, "192.0.2.1", "p") with { Reason = FailureReason.Expired })]));
    }

    [TestMethod]
    public void Slowly_it_is_the_thirty_first_in_half_an_hour() => Assert.AreEqual(
        Noon.AddSeconds(30 * 59), Met(Signal.InvalidClaimInjection, [.. Every(59, 40, i => Forged(i, "192.0.2.1", $"p{i}"))]));

    [TestMethod]
    public void Spread_it_is_the_sixteenth_in_ten_minutes_and_from_a_ninth_address()
    {
        Assert.AreEqual(Noon.AddSeconds(15 * 20), Met(Signal.InvalidClaimInjection, [.. Every(20, 40, i => Forged(i, $"192.0.2.{i}", $"p{i}"))]));
        Assert.IsNull(Met(Signal.InvalidClaimInjection, [.. Every(20, 30, i => Forged(i, $"192.0.2.{i % 8}", $"p{i}"))]), "eight addresses");
    }

    [TestMethod]
    public void Eleven_denials_of_one_principal_in_a_minute()
    {
        Assert.AreEqual(Noon.AddSeconds(50), Met(Signal.PolicyViolationBurst, [.. Every(5, 20, i => Call(i) with { Outcome = EventOutcome.Denied })]));
        Assert.IsNull(Met(Signal.PolicyViolationBurst, [.. Every(5, 20, i => Call(i) with { Outcome = EventOutcome.Denied, PrincipalId = $"p{i % 2}" })]));
    }

    [TestMethod]
    [DataRow(0.0, 50, DisplayName = "nothing is usual: the floor")]
    [DataRow(1.0, 45, DisplayName = "what is usual is made anyway, and the floor stands")]
    [DataRow(4.0, 80, DisplayName = "five times the usual 20, of which 20 are made anyway")]
    public void Calls_into_other_tenants_are_too_many_beyond_five_times_the_usual_and_fifty(double perMinute, int enough)
    {
        var calls = Every(1, 200, i => Call(i, to: "other")).ToArray();
        Assert.AreEqual(Noon.AddSeconds(enough), SignalDefinition.FirstMet(Signal.CrossTenantApiSpike, calls, Defaults, perMinute));
        Assert.IsNull(SignalDefinition.FirstMet(Signal.CrossTenantApiSpike, [.. calls.Select(c => c with { TargetTenantId = "t" })], Defaults, perMinute), "its own");
        Assert.IsNull(SignalDefinition.FirstMet(Signal.CrossTenantApiSpike, [.. Every(20, 200, i => Call(i, to: "other"))], Defaults, perMinute), "15 in five minutes");
    }

    [TestMethod]
    public void Things_that_are_counted_once_each_are()
    {
        Assert.AreEqual(Noon.AddSeconds(12), Met(Signal.PasswordSpraying, [.. Every(1, 20, i => Failed(i, "192.0.2.1", $"p{i}"))]));
        Assert.IsNull(Met(Signal.PasswordSpraying, [.. Every(1, 20, i => Failed(i, "192.0.2.1", $"p{i % 12}"))]));
        Assert.AreEqual(Noon.AddSeconds(12), Met(Signal.ResourceEnumeration, [.. Every(1, 20, i => Missing(i, i))]));
        Assert.IsNull(Met(Signal.ResourceEnumeration, [.. Every(1, 20, i => Missing(i, i % 12))]));
        Assert.IsNull(Met(Signal.ResourceEnumeration, [.. Every(1, 20, i => Missing(i, i) with { Status = 503 })]), "the server's own fault");
        Assert.AreEqual(Noon.AddSeconds(5), Met(Signal.CrossTenantFanOut, [.. Every(1, 9, i => Call(i, to: $"t{i}"))]));
        Assert.IsNull(Met(Signal.CrossTenantFanOut, [.. Every(1, 20, i => Call(i, to: $"t{i % 5}"))]));
    }

    [TestMethod]
    public void Stuffing_needs_many_failures_many_addresses_and_many_names()
    {
        Assert.AreEqual(Noon.AddSeconds(30), Met(Signal.CredentialStuffing, [.. Every(1, 60, i => Failed(i, $"192.0.2.{i}", $"p{i}"))]));
        Assert.IsNull(Met(Signal.CredentialStuffing, [.. Every(1, 60, i => Failed(i, $"192.0.2.{i % 15}", $"p{i}"))]));
        Assert.IsNull(Met(Signal.CredentialStuffing, [.. Every(1, 60, i => Failed(i, $"192.0.2.{i}", $"p{i % 15}"))]));
        Assert.IsNull(Met(Signal.CredentialStuffing, [.. Every(11, 60, i => Failed(i, $"192.0.2.{i}", $"p{i}"))]), "28 in five minutes");
    }

    [TestMethod]
    public void The_sixth_refused_challenge_in_ten_minutes() => Assert.AreEqual(
        Noon.AddSeconds(500),
        Met(Signal.MfaFatigue, [.. Every(100, 9, i => Call(i) with { Type = EventType.MfaChallenge, Outcome = EventOutcome.Failure, Reason = FailureReason.UserRejected })]));

    [TestMethod]
    public void A_token_that_comes_back_from_another_country_or_device_is_replayed()
    {
        SimulatedEvent[] uses = [Use(0, "192.0.2.1"), Use(60, "198.51.100.1", "BR"), Use(90, "192.0.2.9")];
        Assert.AreEqual(Noon.AddSeconds(90), Met(Signal.TokenReplay, uses), "the /24 of before");
        Assert.IsNull(Met(Signal.TokenReplay, uses[..2]), "it moved on");
        Assert.IsNull(Met(Signal.TokenReplay, [uses[0], uses[1] with { Country = "DE" }, uses[2]]), "neither country nor device differ");
        Assert.AreEqual(Noon.AddSeconds(90), Met(Signal.TokenReplay, [uses[0], uses[1] with { Country = "DE", DeviceId = "another" }, uses[2]]));
        Assert.IsNull(Met(Signal.TokenReplay, [uses[0], uses[1], Use(600, "192.0.2.1")]), "ten minutes later");
    }

    [TestMethod]
    public void The_options_say_what_is_too_much()
    {
        var strict = Defaults with { DelegationScopeAbuse = new ThresholdOptions { Threshold = 1, Window = TimeSpan.FromMinutes(20) } };
        Assert.AreEqual(Noon.AddMinutes(40), SignalDefinition.FirstMet(Signal.DelegationScopeAbuse, [Grant(0), Grant(25), Grant(40), Grant(50)], strict, 0));
    }

    [TestMethod]
    [DataRow(Signal.LoginRate)]
    [DataRow(Signal.ApiCallRate)]
    [DataRow(Signal.DelegationRate)]
    [DataRow(Signal.MlSpike)]
    [DataRow(Signal.UnfamiliarSignIn)]
    [DataRow(Signal.ImpossibleTravel)]
    [DataRow(Signal.DormantPrincipal)]
    public void What_is_judged_against_statistics_or_by_points_has_no_such_moment(Signal signal) =>
        Assert.IsNull(Met(signal, [.. Every(1, 500, i => Failed(i, "192.0.2.1", "p"))]));

    private static DateTime? Met(Signal signal, IReadOnlyList<SimulatedEvent> events) => SignalDefinition.FirstMet(signal, events, Defaults, 0);

    private static IEnumerable<SimulatedEvent> Every(int seconds, int count, Func<int, SimulatedEvent> make) =>
        Enumerable.Range(0, count).Select(i => make(i) with { OccurredAt = Noon.AddSeconds(i * seconds) });

    private static SimulatedEvent Call(int seconds, string? to = null) => new()
    {
        Id = $"e{seconds}", OccurredAt = Noon.AddSeconds(seconds), TenantId = "t", Type = EventType.ApiCall, Outcome = EventOutcome.Success, PrincipalId = "p", TargetTenantId = to,
    };

    private static SimulatedEvent Missing(int seconds, int resource) => Call(seconds) with { Outcome = EventOutcome.Failure, Status = 404, Resource = $"/v1/things/{resource}" };

    private static SimulatedEvent Grant(int minutes, bool denied = true, string? partner = "partner") => Call(minutes * 60) with
    {
        Type = EventType.DelegationGrant,
        Outcome = denied ? EventOutcome.Denied : EventOutcome.Success,
        PartnerId = partner,
    };

    private static SimulatedEvent Use(int seconds, string ip, string country = "DE") =>
        Call(seconds) with { SessionId = "s", TokenId = "k", SourceIp = ip, Country = country, DeviceId = "d" };

    private static SimulatedEvent Forged(int seconds, string ip, string claimed) => Call(seconds) with
    {
        Type = EventType.TokenValidation,
        Outcome = EventOutcome.Failure,
        Reason = FailureReason.InvalidClaim,
        SourceIp = ip,
        PrincipalId = claimed,
    };

    private static SimulatedEvent Failed(int seconds, string ip, string who) => Call(seconds) with
    {
        Type = EventType.Login,
        Outcome = EventOutcome.Failure,
        Reason = FailureReason.BadPassword,
        SourceIp = ip,
        PrincipalId = who,
    };
}
