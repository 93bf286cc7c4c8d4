using System.Buffers;
using AnomalyDetect.Simulation;

namespace AnomalyDetect.Benchmarks;

/// <summary>Native NDJSON of simulated tenants, made once a run.</summary>
internal static class SimulatedFile
{
    /// <summary>The same bytes for the same number of events.</summary>
    public static IReadOnlyList<(string Tenant, byte[] Line)> Lines(int events, int tenants = 20)
    {
        var options = new SimulationOptions { Tenants = tenants, PrincipalsPerTenant = 2000 / tenants, EventsPerMinute = 20_000, Duration = TimeSpan.FromDays(7) };
        var buffer = new ArrayBufferWriter<byte>(1024);
        var lines = new List<(string, byte[])>(events);
        foreach (var e in new TrafficSimulator(options).Generate().Take(events))
        {
            buffer.ResetWrittenCount();
            e.WriteTo(buffer);
            lines.Add((e.TenantId, buffer.WrittenSpan.ToArray()));
        }

        return lines;
    }

    public static string Write(int events)
    {
        var path = Path.Combine(Path.GetTempPath(), $"anomalydetect-{Environment.ProcessId}-{events}.ndjson");
        using var file = File.Create(path);
        foreach (var (_, line) in Lines(events)) file.Write(line);
        return path;
    }
}
