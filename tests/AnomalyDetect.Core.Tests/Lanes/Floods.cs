using AnomalyDetect.Core.Events;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests.Lanes;

/// <summary>Telemetry that fills tables, and some of people at work beside it.</summary>
internal static class Floods
{
    /// <summary>Made-up names of every kind, some hundred a second, of the named tenants by turns.</summary>
    public static IEnumerable<TelemetryEvent> Flood(int seed, DateTime from, int events, params string[] tenants)
    {
        var chance = new Random(seed);
        for (var i = 0; i < events; i++)
        {
            var (name, at) = ($"{seed}-{i}", from.AddMilliseconds(i * 7.0));
            var e = Acts.Of(EventType.ApiCall, at, $"u{name}", $"203.{chance.Next(256)}.{chance.Next(256)}.{chance.Next(256)}") with
            {
                Id = TextSlice.Of(name),
                Tenant = Symbol.Create(tenants[i % tenants.Length]),
                Session = Symbol.Create($"s{name}"),
                TokenId = TextSlice.Of($"t{name}"),
            };
            yield return chance.Next(10) switch
            {
                0 => e with { Type = EventType.Login },
                1 => (e with { Type = EventType.Login }).Failed(),
                2 => (e with { Type = EventType.TokenValidation, Count = chance.Next(30) }).Failed(FailureReason.InvalidClaim),
                3 => e with { Type = EventType.DelegationGrant, Outcome = EventOutcome.Denied, Partner = Symbol.Create($"p{name}"), Count = chance.Next(9) },
                4 => e with { Outcome = EventOutcome.Denied, Count = chance.Next(20) },
                5 => (e with { Type = EventType.MfaChallenge, Count = chance.Next(9) }).Failed(FailureReason.UserRejected),
                6 => e.Into($"other{chance.Next(40)}"),
                7 => e.Missing($"/{chance.Next(1_000)}"),
                _ => e,
            };
        }
    }

    /// <summary>Ten people at work, each with a session and a token.</summary>
    public static IEnumerable<TelemetryEvent> Work(string tenant, DateTime from, int minutes)
    {
        for (var n = 0; n < minutes * 20; n++)
        {
            var (at, i) = (from.AddSeconds(n * 3.0), n % 10);
            var e = Acts.Of(n < 10 ? EventType.Login : EventType.ApiCall, at, $"ada{i}", $"192.0.2.{i}") with
            {
                Id = TextSlice.Of($"{tenant}{n}"),
                Tenant = Symbol.Create(tenant),
                Session = Symbol.Create($"s{i}"),
                TokenId = TextSlice.Of($"t{i}"),
            };
            yield return e;
        }
    }

    public static IEnumerable<TelemetryEvent> Merged(params IEnumerable<TelemetryEvent>[] streams) => streams.SelectMany(s => s).OrderBy(e => e.OccurredAt);
}
