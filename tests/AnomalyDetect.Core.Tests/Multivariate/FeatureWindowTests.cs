using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Multivariate;

[TestClass]
public sealed class FeatureWindowTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;

    private static double Count(in FeatureVector vector, Feature feature) => Features.Natural(feature, vector[feature]);

    private static FeatureWindow Window(IEnumerable<TelemetryEvent> events)
    {
        var window = new FeatureWindow(1_000);
        window.Open(1);
        var known = new Dictionary<string, int>();
        foreach (var e in events)
        {
            if (e.Principal is not null) known.TryAdd(e.Principal.Text, known.Count);
            window.Add(e, e.IdentitiesAreClaims ? null : e.Principal, e.Principal is null ? -1 : known[e.Principal.Text]);
        }

        return window;
    }

    private static TelemetryEvent Call(string who, string resource = "/v1/orders", long bytes = 0, string address = Acts.Home) =>
        Acts.Of(EventType.ApiCall, T0, who, address).On($"laptop of {who}").During($"session of {who}") with { Resource = TextSlice.Of(resource), Bytes = bytes };

    [TestMethod]
    public void Events_are_counted_by_type_and_outcome_each_weighed_by_its_count()
    {
        var vector = Window(
        [
            Acts.Login(T0, "ada"), Acts.Login(T0, "ada").Failed(),
            Call("ada", bytes: 3 << 10), Call("ada") with { Outcome = EventOutcome.Failure, Count = 4 }, Call("ada") with { Outcome = EventOutcome.Denied, Reason = FailureReason.Policy },
            Acts.Of(EventType.TokenIssue, T0, "ada"), Acts.Of(EventType.TokenValidation, T0, "ada").Failed(FailureReason.Expired),
            Acts.Of(EventType.MfaChallenge, T0, "ada").Failed(FailureReason.UserRejected), Acts.Of(EventType.MfaChallenge, T0, "ada"),
            Acts.Of(EventType.DelegationGrant, T0, "ada"), Acts.Of(EventType.DelegationUse, T0, "ada"), Acts.Of(EventType.ConfigChange, T0, "ada"),
            Call("ada") with { TargetTenant = Symbol.Create("globex") },
        ]).Cells[0].ToVector();
        foreach (var (feature, expected) in new[]
        {
            (Feature.Logins, 1), (Feature.FailedLogins, 1), (Feature.ApiCalls, 7), (Feature.RefusedCalls, 5), (Feature.Tokens, 2), (Feature.FailedTokens, 1), (Feature.MissedChallenges, 1),
            (Feature.Delegations, 2), (Feature.PrivilegedActions, 1), (Feature.Denials, 1), (Feature.CrossTenantCalls, 1), (Feature.Kilobytes, 3), (Feature.TargetTenants, 1),
            (Feature.FailureReasons, 5), (Feature.Networks, 1), (Feature.Devices, 1), (Feature.Sessions, 1), (Feature.Resources, 1),
        })
            Assert.AreEqual(expected, Count(vector, feature), 0.01, feature.ToString());
    }

    [TestMethod]
    public void Distinct_things_are_counted_nearly_right()
    {
        var window = Window(Enumerable.Range(0, 3000).Select(i => Call($"user {i % 40}", $"/v1/orders/{i % 50}", address: $"203.0.{i % 200}.7")));
        var one = window.Cells[7].ToVector();
        Assert.AreEqual(5, Count(one, Feature.Resources), 1.01); // 7, 47, 37, 27 and 17 of 50
        Assert.AreEqual(5, Count(one, Feature.Networks), 1.01);
        var all = window.ToVector();
        Assert.AreEqual(40, Count(all, Feature.Principals), 0.01);
        Assert.AreEqual(50, Count(all, Feature.Resources), 5);
        Assert.AreEqual(200, Count(all, Feature.Networks), 20);
        Assert.AreEqual(40, Count(all, Feature.Devices), 4);
        Assert.AreEqual(3000, Count(all, Feature.ApiCalls), 1);
    }

    [TestMethod]
    public void What_was_only_claimed_is_the_tenants_and_nobodys()
    {
        var window = Window([Call("ada"), Acts.Of(EventType.TokenValidation, T0, "ada").Failed(FailureReason.InvalidClaim)]);
        Assert.AreEqual(0, Count(window.Cells[0].ToVector(), Feature.FailedTokens), 0.01);
        Assert.AreEqual(1, Count(window.ToVector(), Feature.FailedTokens), 0.01);
    }

    [TestMethod]
    public void A_guess_at_somebodys_password_says_nothing_about_where_they_are()
    {
        var window = Window([Call("ada"), .. Enumerable.Range(0, 9).Select(i => Acts.Login(T0, "ada", $"203.0.{i}.7").Failed())]);
        Assert.AreEqual(1, Count(window.Cells[0].ToVector(), Feature.Networks), 0.01);
        Assert.IsTrue(window.Cells[0].IsDoubtful);
        Assert.AreEqual(10, Count(window.ToVector(), Feature.Networks), 0.1);
    }
}
