using System.Diagnostics;
using System.Globalization;

namespace AnomalyDetect.Benchmarks;

/// <summary>Replays a file of native events again and again in one process, every detector on: the first pass pays for the JIT, the later ones show the steady speed.</summary>
public static class ReplayPasses
{
    public static async Task RunAsync(string file, int passes, TextWriter output)
    {
        for (var pass = 1; pass <= passes; pass++)
        {
            var started = Stopwatch.GetTimestamp();
            var events = await GraphBenchmarks.ReplayAsync(file, Environment.ProcessorCount);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"pass {pass}: {events:N0} events, {events / Stopwatch.GetElapsedTime(started).TotalSeconds:N0} events/s, {Environment.WorkingSet >> 20} MiB resident"));
        }
    }
}
