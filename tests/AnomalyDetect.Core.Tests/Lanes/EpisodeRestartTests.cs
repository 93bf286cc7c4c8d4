using System.Text.Json;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Lanes;

/// <summary>A restart in the middle of an attack, at every single event of it, changes neither alerts nor decisions.</summary>
[TestClass]
public sealed class EpisodeRestartTests
{
    private static readonly DateTime T0 = SomeTelemetry.Monday.AddDays(3);

    private static IEnumerable<TelemetryEvent> Habit => Enumerable.Range(1, 3).Select(day => Acts.Login(T0.AddDays(-day), "ada").In("DE").On("laptop").During($"own{day}")).Reverse();

    private static IEnumerable<TelemetryEvent> EventsOf(Signal signal) => signal switch
    {
        Signal.PasswordSpraying => Enumerable.Range(0, 30).Select(i => Acts.Login(T0.AddMinutes(i), $"u{i}", Acts.Away).Failed()),
        Signal.CredentialStuffing => Enumerable.Range(0, 130).Select(i => Acts.Login(T0.AddSeconds(i), $"u{i}", $"203.0.{i}.9").Failed()),
        Signal.MfaFatigue =>
        [
            .. Enumerable.Range(0, 16).Select(i => Acts.Of(EventType.MfaChallenge, T0.AddSeconds(i * 20), "ada", Acts.Away).Failed(FailureReason.UserRejected)),
            Acts.Of(EventType.MfaChallenge, T0.AddMinutes(6), "ada", Acts.Away),
            Acts.Of(EventType.SessionStart, T0.AddMinutes(6.1), "ada", Acts.Away).During("won"),
        ],
        Signal.ResourceEnumeration => Enumerable.Range(0, 60).Select(i => Acts.Of(EventType.ApiCall, T0.AddSeconds((i * 10) + (i < 30 ? 0 : 2400)), "ada").Missing($"/v1/users/{i}")),
        Signal.CrossTenantFanOut =>
        [
            .. Enumerable.Range(0, 70).Select(m => Acts.Of(EventType.ApiCall, T0.AddMinutes(m), "ada")),
            .. Enumerable.Range(0, 30).Select(i => Acts.Of(EventType.ApiCall, T0.AddMinutes(71 + (i * 2) + (i < 15 ? 0 : 40)), "ada").Into($"other{i % 13}")),
        ],
        Signal.ImpossibleTravel => [.. Habit, .. Watched(T0.AddHours(-23), "SG")],
        Signal.UnfamiliarSignIn => [.. Habit, Acts.Login(T0.AddMinutes(-2), "ada").Failed(), Acts.Login(T0.AddMinutes(-1), "ada").Failed(), .. Watched(T0, "BR")],
        Signal.DormantPrincipal => [.. Habit, .. Watched(T0.AddDays(12), "DE")],
        Signal.TokenReplay => Enumerable.Range(0, 9).Select(i => Acts.Of(EventType.ApiCall, T0.AddMinutes(i), "ada", i % 2 == 0 ? Acts.Home : Acts.Away)
            .In(i % 2 == 0 ? "DE" : "MD").On($"d{i % 2}").With("t1").During("s1")),
        Signal.InvalidClaimInjection => Enumerable.Range(0, 100).Select(i =>
            Acts.Of(EventType.TokenValidation, T0.AddSeconds(i * 15), $"u{i}", i % 2 == 0 ? Acts.Away : $"198.51.{i}.1").Failed(FailureReason.BadSignature)),
        _ =>
        [
            .. Enumerable.Range(0, 90).Select(m => SomeTelemetry.Event(T0.AddMinutes(m)) with { Count = 8 }),
            .. Enumerable.Range(90, 60).Select(m => SomeTelemetry.Event(T0.AddMinutes(m), "elsewhere")),
        ],
    };

    private static IEnumerable<TelemetryEvent> Watched(DateTime at, string country) =>
    [
        Acts.Login(at, "ada", Acts.Away).In(country).On("unknown").During("strange"),
        .. Enumerable.Range(1, 3).Select(i => Acts.Of(EventType.ConfigChange, at.AddMinutes(i), "ada", Acts.Away).During("strange")),
    ];

    private static string Told(LaneBench bench) => string.Join(
        '\n',
        [
            .. bench.Complete().Alerts.Select(a => JsonSerializer.Serialize(a, CoreJson.Default.Alert)),
            .. bench.Decisions.Select(d => JsonSerializer.Serialize(d, CoreJson.Default.Decision)),
        ]);

    [TestMethod]
    [DataRow(Signal.PasswordSpraying)]
    [DataRow(Signal.CredentialStuffing)]
    [DataRow(Signal.MfaFatigue)]
    [DataRow(Signal.ResourceEnumeration)]
    [DataRow(Signal.CrossTenantFanOut)]
    [DataRow(Signal.ImpossibleTravel)]
    [DataRow(Signal.UnfamiliarSignIn)]
    [DataRow(Signal.DormantPrincipal)]
    [DataRow(Signal.TokenReplay)]
    [DataRow(Signal.InvalidClaimInjection)]
    [DataRow(Signal.TelemetrySilence)]
    public void It_goes_on_as_if_nothing_had_been(Signal signal)
    {
        var events = EventsOf(signal).ToList();
        var through = new LaneBench().Add(events);
        through.Complete();
        Assert.IsTrue(through.Final.Any(a => a.Signal == signal), string.Join(" | ", through.Final.Select(a => a.Explanation)));
        var restarted = new LaneBench();
        foreach (var e in events) restarted.Add(e).SaveAndLoad();
        Assert.AreEqual(Told(through), Told(restarted));
    }
}
