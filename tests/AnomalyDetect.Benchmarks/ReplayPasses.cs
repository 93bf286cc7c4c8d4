using System.Diagnostics;
using System.Globalization;

namespace AnomalyDetect.Benchmarks;

/// <summary>
/// Replays a file of native events again and again in one process, every detector on: the first pass pays for the JIT, the later ones show the steady speed. What
/// an event costs is the process's CPU time, JIT and collector included: on a machine shared with others it says more than the wall clock.
/// </summary>
public static class ReplayPasses
{
    public static async Task RunAsync(string file, int passes, TextWriter output)
    {
        using var process = Process.GetCurrentProcess();
        for (var pass = 1; pass <= passes; pass++)
        {
            process.Refresh();
            var (started, spent) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
            var (allocated, collections) = (GC.GetTotalAllocatedBytes(), GC.CollectionCount(0));
            var events = await GraphBenchmarks.ReplayAsync(file, Environment.ProcessorCount);
            var took = Stopwatch.GetElapsedTime(started);
            process.Refresh();
            var cpu = process.TotalProcessorTime - spent;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"pass {pass}: {events:N0} events, {events / took.TotalSeconds:N0} events/s, {cpu.TotalMicroseconds / events:0.00} µs of CPU an event, {(GC.GetTotalAllocatedBytes() - allocated) / events:N0} bytes allocated an event in {GC.CollectionCount(0) - collections} collections, {Environment.WorkingSet >> 20} MiB resident"));
        }
    }
}
