using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Geography;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests;

/// <summary>What people do, in the words of the tests about them.</summary>
internal static class Acts
{
    public const string Home = "192.0.2.10";
    public const string Away = "203.0.113.66";

    public static TelemetryEvent Of(EventType type, DateTime at, string who, string address = Home) => SomeTelemetry.Event(at) with
    {
        Type = type,
        Principal = Symbol.Create(who),
        SourceIp = NetworkAddress.Parse(address),
    };

    public static TelemetryEvent Login(DateTime at, string who, string address = Home) => Of(EventType.Login, at, who, address);

    public static TelemetryEvent Failed(this TelemetryEvent e, FailureReason reason = FailureReason.BadPassword) =>
        e with { Outcome = EventOutcome.Failure, Reason = reason };

    public static TelemetryEvent Missing(this TelemetryEvent e, string resource) => e with { Outcome = EventOutcome.Failure, Resource = TextSlice.Of(resource) };

    public static TelemetryEvent Into(this TelemetryEvent e, string tenant) => e with { TargetTenant = Symbol.Create(tenant) };

    public static TelemetryEvent In(this TelemetryEvent e, string country) => e with { Country = Countries.Pack(country) };

    public static TelemetryEvent On(this TelemetryEvent e, string device) => e with { DeviceId = TextSlice.Of(device) };

    public static TelemetryEvent During(this TelemetryEvent e, string session) => e with { Session = Symbol.Create(session) };

    public static TelemetryEvent With(this TelemetryEvent e, string token) => e with { TokenId = TextSlice.Of(token) };

    /// <summary>Three mornings from 09:00 at home in Germany, on the same laptop.</summary>
    public static LaneBench WithHabit(this LaneBench bench, string who = "ada")
    {
        for (var day = 0; day < 3; day++) bench.Add(Login(SomeTelemetry.Monday.AddDays(day), who).In("DE").On("laptop").During($"{who}-{day}"));
        return bench;
    }

    /// <summary>Time goes on, as another tenant's telemetry shows.</summary>
    public static LaneBench Wait(this LaneBench bench, DateTime from, TimeSpan length)
    {
        for (var at = from; at < from + length; at = at.AddMinutes(1)) bench.Add(SomeTelemetry.Event(at, "elsewhere"));
        return bench;
    }
}
