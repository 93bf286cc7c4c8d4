using System.Buffers;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Formats;

namespace AnomalyDetect.Streaming.Tests;

/// <summary>Seeded telemetry of a few tenants with bursts in it that set several signals off, a few duplicates, disorder and unreadable lines.</summary>
internal static class Traffic
{
    public static readonly DateTime Start = new(2026, 3, 2, 9, 0, 0, DateTimeKind.Utc);

    /// <summary>NDJSON lines with the event time each is about.</summary>
    public static List<(DateTime At, string Tenant, byte[] Line)> Of(int seed, int events, int tenants = 6)
    {
        var random = new Random(seed);
        var lines = new List<(DateTime, string, byte[])>();
        var at = Start;
        for (var i = 0; i < events; i++)
        {
            at = at.AddMilliseconds(random.Next(0, 1500));
            var tenant = $"tenant-{random.Next(tenants)}";
            if (random.Next(200) == 0)
            {
                Burst(random, lines, at, tenant, i);
                continue;
            }

            var e = Event(random, at.AddSeconds(-random.Next(0, 20)), tenant, $"e{i}");
            Add(lines, at, tenant, e);
            if (random.Next(50) == 0) Add(lines, at, tenant, e);
            if (random.Next(100) == 0) lines.Add((at, tenant, "{\"id\":\n"u8.ToArray()));
        }

        return lines;
    }

    public static byte[] Line(in TelemetryEvent e)
    {
        var buffer = new ArrayBufferWriter<byte>();
        NativeEventWriter.WriteLine(e, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    public static TelemetryEvent Event(Random random, DateTime at, string tenant, string id) => new()
    {
        Id = TextSlice.Of(id),
        OccurredAt = at,
        Tenant = Symbol.Create(tenant),
        Principal = Symbol.Create($"user-{random.Next(8)}"),
        Session = Symbol.Create($"{tenant}-session-{random.Next(8)}"),
        SourceIp = NetworkAddress.FromIPv4(0xCB007100u + (uint)random.Next(4)),
        Type = (EventType)random.Next(0, 9),
        Outcome = random.Next(10) == 0 ? EventOutcome.Denied : EventOutcome.Success,
        Count = 1,
    };

    private static void Burst(Random random, List<(DateTime, string, byte[])> lines, DateTime at, string tenant, int number)
    {
        var kind = random.Next(3);
        var principal = Symbol.Create($"attacker-{random.Next(3)}");
        for (var i = 0; i < 16; i++)
        {
            var e = Event(random, at.AddSeconds(i), tenant, $"burst{number}-{i}");
            e.Principal = principal;
            switch (kind)
            {
                case 0:
                    (e.Type, e.Outcome, e.Reason) = (EventType.TokenValidation, EventOutcome.Failure, FailureReason.InvalidClaim);
                    break;
                case 1:
                    (e.Type, e.Outcome) = (EventType.PolicyDecision, EventOutcome.Denied);
                    break;
                default:
                    (e.Type, e.Outcome, e.TargetTenant, e.Count) = (EventType.ApiCall, EventOutcome.Success, Symbol.Create("victim"), 10);
                    break;
            }

            Add(lines, at.AddSeconds(i), tenant, e);
        }
    }

    private static void Add(List<(DateTime, string, byte[])> lines, DateTime at, string tenant, in TelemetryEvent e) => lines.Add((at, tenant, Line(e)));
}
