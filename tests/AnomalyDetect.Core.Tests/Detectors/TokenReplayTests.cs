using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Detectors;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Detectors;

[TestClass]
public sealed class TokenReplayTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday;

    private static TelemetryEvent Used(double minute, string address, string country = "DE", uint asn = 0, string agent = "") =>
        Acts.Of(EventType.ApiCall, T0.AddMinutes(minute), "ada", address).In(country).With("t1").During("s1") with { Asn = asn, UserAgent = TextSlice.Of(agent) };

    private static TelemetryEvent Mine(double minute) => Used(minute, Acts.Home, "DE", 1, "browser");

    private static LaneBench InTurn(Func<double, TelemetryEvent> other, int turns = 3, double everyMinutes = 1, EngineOptions? options = null)
    {
        var bench = new LaneBench(options);
        for (var i = 0; i < turns; i++) bench.Add(i % 2 == 0 ? Mine(i * everyMinutes) : other(i * everyMinutes));
        return bench;
    }

    [TestMethod]
    public void A_checkpoint_holds_nothing_of_what_was_in_memory_before()
    {
        var (zeros, ones) = (new TokenReplayDetector.Place[1], new TokenReplayDetector.Place[1]);
        MemoryMarshal.AsBytes(ones.AsSpan()).Fill(0xff);
        (ones[0].Network, ones[0].FirstAt, ones[0].LastAt, ones[0].Asn, ones[0].Agent, ones[0].Country) = (0, 0, 0, 0, 0, 0);
        CollectionAssert.AreEqual(Saved(zeros[0]), Saved(ones[0]));
        Assert.AreEqual(Unsafe.SizeOf<TokenReplayDetector.Place>(), Saved(zeros[0]).Length, "it is read as it lies in memory");

        static byte[] Saved(in TokenReplayDetector.Place place)
        {
            var writer = new StateWriter();
            place.Save(writer);
            return writer.ToArray();
        }
    }

    [TestMethod]
    public void A_token_that_moves_on_is_quiet_and_one_that_returns_ends_the_session()
    {
        TelemetryEvent Other(double minute) => Used(minute, Acts.Away, "MD", 2, "script");
        InTurn(Other, 2).None();
        var bench = InTurn(Other);
        var alert = bench.The(Signal.TokenReplay);
        Assert.AreEqual((EntityKind.Principal, "ada", Severity.High), (alert.EntityKind, alert.PrincipalId, alert.Severity));
        StringAssert.Contains(alert.Explanation, "DE and MD");
        CollectionAssert.AreEquivalent(
            new[] { (DecisionType.StepUp, "ada"), (DecisionType.ForceReauth, "s1"), (DecisionType.RevokeSession, "s1") },
            bench.Decisions.Select(d => (d.Type, d.Value)).ToArray());
    }

    [TestMethod]
    public void Two_countries_and_systems_with_one_client_are_medium() =>
        Assert.AreEqual(Severity.Medium, InTurn(m => Used(m, Acts.Away, "MD", 2, "browser")).The(Signal.TokenReplay).Severity);

    [TestMethod]
    public void One_country_is_told_at_low_and_only_where_system_and_client_differ()
    {
        var bench = InTurn(m => Used(m, Acts.Away, "DE", 2, "script"));
        Assert.AreEqual(Severity.Low, bench.The(Signal.TokenReplay).Severity);
        Assert.IsEmpty(bench.Decisions);
        InTurn(m => Used(m, Acts.Away, "DE", 2, "browser"), 30).None(Signal.TokenReplay);
        InTurn(m => Used(m, Acts.Away, "DE", 1, "script")).None(Signal.TokenReplay);
    }

    [TestMethod]
    public void A_return_after_the_window_is_quiet() => InTurn(m => Used(m, Acts.Away, "MD", 2, "script"), 9, everyMinutes: 11).None(Signal.TokenReplay);

    [TestMethod]
    public void One_slash_24_is_one_network() => InTurn(m => Used(m, "192.0.2.99", "MD", 2, "script"), 9).None(Signal.TokenReplay);

    [TestMethod]
    public void Where_nothing_is_known_of_the_networks_nothing_is_told() =>
        InTurn(m => Used(m, Acts.Away) with { Country = 0 }, 30).None(Signal.TokenReplay);

    [TestMethod]
    public void What_arrives_out_of_order_is_no_return()
    {
        var bench = new LaneBench().Add(Mine(0)).Add(Used(1, Acts.Away, "MD", 2, "script")).Add(Mine(0.9)).None();
        bench.Add(Used(1.2, Acts.Away, "MD", 2, "script")).None();
    }

    [TestMethod]
    public void Shared_ways_out_are_left_out()
    {
        var options = SomeTelemetry.Options();
        options = options with { Detection = options.Detection with { Signals = new SignalOptions { EgressRanges = ["203.0.113.0/24"] } } };
        InTurn(m => Used(m, Acts.Away, "MD", 2, "script"), 9, options: options).None();
    }

    [TestMethod]
    public void A_token_that_did_not_prove_itself_is_nobodys()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 9; i++)
            bench.Add(i % 2 == 0 ? Mine(i) : Used(i, Acts.Away, "MD", 2, "script").Failed(FailureReason.Revoked));
        bench.None(Signal.TokenReplay);
    }

    [TestMethod]
    public void Another_token_is_another_matter()
    {
        var bench = new LaneBench();
        for (var i = 0; i < 9; i++) bench.Add(i % 2 == 0 ? Mine(i) : Used(i, Acts.Away, "MD", 2, "script").With("t2"));
        bench.None(Signal.TokenReplay);
    }
}
