using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace AnomalyDetect.Benchmarks;

/// <summary>
/// Replays a file of native events again and again, every detector on: in one process, whose first pass pays for the JIT and whose later ones show the steady speed, or
/// each time in a process of its own, as whoever calls <c>anomalydetect replay</c> does. What an event costs is CPU time, JIT and collector included: on a machine shared
/// with others it says more than the wall clock. How fast the machine itself is at the time says the walk of <see cref="Utf8JsonReader"/> over events of about 315 bytes,
/// timed between the passes.
/// </summary>
public static partial class ReplayPasses
{
    private const double ReferenceNanoseconds = 400; // of a walk, where goals are set in microseconds
    private static readonly TimeSpan WalkFor = TimeSpan.FromMilliseconds(300);

    public static Task RunAsync(string file, int passes, TextWriter output) =>
        RunAsync(() => GraphBenchmarks.ReplayAsync(file, Environment.ProcessorCount), OwnTime, passes, tellsMemory: true, output);

    /// <param name="program">The built <c>anomalydetect</c>.</param>
    public static async Task RunWholeAsync(string program, string file, int passes, TextWriter output)
    {
        var results = Directory.CreateTempSubdirectory("anomalydetect-replay-");
        try
        {
            await RunAsync(
                async () =>
                {
                    var start = new ProcessStartInfo(program, ["replay", file, "--out", results.FullName]) { RedirectStandardOutput = true, RedirectStandardError = true };
                    using var replay = Process.Start(start)!;
                    await Task.WhenAll(replay.StandardOutput.ReadToEndAsync(), replay.StandardError.ReadToEndAsync(), replay.WaitForExitAsync());
                    if (replay.ExitCode != 0) throw new InvalidOperationException($"{program} replay {file} ended with {replay.ExitCode}.");
                    using var summary = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(results.FullName, "summary.json")));
                    return summary.RootElement.GetProperty("events").GetInt64();
                },
                ChildrensTime, passes, tellsMemory: false, output);
        }
        finally
        {
            results.Delete(recursive: true);
        }
    }

    /// <param name="tellsMemory">It is this process that replays.</param>
    private static async Task RunAsync(Func<Task<long>> replay, Func<TimeSpan> spent, int passes, bool tellsMemory, TextWriter output)
    {
        var events = new DecodeBenchmarks();
        events.Setup();
        events.Utf8JsonReaderWalk(); // which frames them
        Walk(events); // compiled
        var before = Walk(events);
        for (var pass = 1; pass <= passes; pass++)
        {
            var (started, from) = (Stopwatch.GetTimestamp(), spent());
            var (allocated, collections) = (GC.GetTotalAllocatedBytes(), GC.CollectionCount(0));
            var count = await replay();
            var (took, each) = (Stopwatch.GetElapsedTime(started), (spent() - from).TotalMicroseconds / count);
            (allocated, collections) = (GC.GetTotalAllocatedBytes() - allocated, GC.CollectionCount(0) - collections);
            var after = Walk(events);
            var walk = (before + after) / 2;
            before = after;
            var memory = tellsMemory
                ? string.Create(CultureInfo.InvariantCulture, $"; {allocated / count:N0} bytes allocated an event in {collections} collections, {Environment.WorkingSet >> 20} MiB resident")
                : "";
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"pass {pass}: {count:N0} events, {count / took.TotalSeconds:N0} events/s, {each:0.00} µs of CPU an event, as much as {1000 * each / walk:0.0} walks of Utf8JsonReader over 315 bytes ({walk:0} ns): {each * ReferenceNanoseconds / walk:0.00} µs where that takes {ReferenceNanoseconds:0} ns{memory}"));
        }
    }

    /// <returns>Nanoseconds of CPU an event.</returns>
    private static double Walk(DecodeBenchmarks events)
    {
        var (from, walks) = (OwnTime(), 0);
        for (var until = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(until) < WalkFor; walks++) events.Walk();
        return (OwnTime() - from).TotalNanoseconds / walks / DecodeBenchmarks.Events;
    }

    private static TimeSpan OwnTime()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }

    /// <summary>Of the processes this one started and saw end; of one that has ended .NET tells nothing.</summary>
    private static TimeSpan ChildrensTime()
    {
        Span<long> usage = stackalloc long[RusageLongs];
        if (GetRusage(RusageChildren, ref MemoryMarshal.GetReference(usage)) != 0) throw new InvalidOperationException("getrusage tells nothing of ended processes.");
        return TimeSpan.FromSeconds(usage[0] + usage[2]) + TimeSpan.FromMicroseconds(usage[1] + usage[3]); // user and system, each in seconds and microseconds
    }

    private const int RusageChildren = -1;
    private const int RusageLongs = 36; // of 64-bit Linux 18

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetRusage(int who, ref long usage);
}
