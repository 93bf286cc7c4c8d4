using System.Diagnostics;
using System.Globalization;

namespace AnomalyDetect.Benchmarks;

/// <summary>
/// Replays a file of native events again and again in one process, every detector on: the first pass pays for the JIT, the later ones show the steady speed. What
/// an event costs is the process's CPU time, JIT and collector included: on a machine shared with others it says more than the wall clock. How fast the machine itself is
/// at the time says the walk of <see cref="System.Text.Json.Utf8JsonReader"/> over events of about 315 bytes, timed between the passes.
/// </summary>
public static class ReplayPasses
{
    private const double ReferenceNanoseconds = 400; // of a walk, where goals are set in microseconds
    private static readonly TimeSpan WalkFor = TimeSpan.FromMilliseconds(300);

    public static async Task RunAsync(string file, int passes, TextWriter output)
    {
        using var process = Process.GetCurrentProcess();
        var events = new DecodeBenchmarks();
        events.Setup();
        events.Utf8JsonReaderWalk(); // which frames them
        Walk(events, process); // compiled
        var before = Walk(events, process);
        for (var pass = 1; pass <= passes; pass++)
        {
            process.Refresh();
            var (started, spent) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
            var (allocated, collections) = (GC.GetTotalAllocatedBytes(), GC.CollectionCount(0));
            var count = await GraphBenchmarks.ReplayAsync(file, Environment.ProcessorCount);
            var took = Stopwatch.GetElapsedTime(started);
            process.Refresh();
            var each = (process.TotalProcessorTime - spent).TotalMicroseconds / count;
            (allocated, collections) = (GC.GetTotalAllocatedBytes() - allocated, GC.CollectionCount(0) - collections);
            var after = Walk(events, process);
            var walk = (before + after) / 2;
            before = after;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"pass {pass}: {count:N0} events, {count / took.TotalSeconds:N0} events/s, {each:0.00} µs of CPU an event, as much as {1000 * each / walk:0.0} walks of Utf8JsonReader over 315 bytes ({walk:0} ns): {each * ReferenceNanoseconds / walk:0.00} µs where that takes {ReferenceNanoseconds:0} ns; {allocated / count:N0} bytes allocated an event in {collections} collections, {Environment.WorkingSet >> 20} MiB resident"));
        }
    }

    /// <returns>Nanoseconds of CPU an event.</returns>
    private static double Walk(DecodeBenchmarks events, Process process)
    {
        process.Refresh();
        var (from, walks) = (process.TotalProcessorTime, 0);
        for (var until = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(until) < WalkFor; walks++) events.Walk();
        process.Refresh();
        return (process.TotalProcessorTime - from).TotalNanoseconds / walks / DecodeBenchmarks.Events;
    }
}
