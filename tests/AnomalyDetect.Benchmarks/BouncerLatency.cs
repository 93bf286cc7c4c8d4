extern alias bouncer;

using System.Diagnostics;
using System.Globalization;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Hosting;
using bouncer::AnomalyDetect.Bouncer;
using bouncer::AnomalyDetect.Bouncer.Decisions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AnomalyDetect.Benchmarks;

/// <summary>
/// How long a bouncer takes for its first copy of many decisions, and from the moment a lane's commit of a new one begins to the moment the bouncer judges by it; the
/// real service and the bouncer in one process, over HTTP. The goal is a new decision within 1 s.
/// </summary>
public static class BouncerLatency
{
    public static async Task RunAsync(int held, int rounds, TextWriter output)
    {
        var directory = Directory.CreateTempSubdirectory("anomalydetect-bench-");
        try
        {
            var settings = ConfigFile.Load(null, options => options with
            {
                DataDirectory = Path.Combine(directory.FullName, "data"),
                Http = options.Http with { Urls = ["http://127.0.0.1:0"] },
                Logging = new LoggingSection { Level = Microsoft.Extensions.Logging.LogLevel.None },
            });
            await using var host = await ServiceHost.StartAsync(settings, TimeProvider.System);
            for (var from = 0; from < held; from += 5_000) Decide(host, Enumerable.Range(from, Math.Min(5_000, held - from)).Select(StepUp));

            var key = (await File.ReadAllTextAsync(host.Data.AdminKeyFile)).Trim();
            await using var services = new ServiceCollection()
                .AddAnomalyDetectBouncer(o => (o.Service, o.ApiKey, o.MaxDecisions) = (new Uri(host.Urls[0]), key, 2_000_000))
                .BuildServiceProvider();
            var copy = services.GetRequiredService<DecisionCopy>();
            var loops = services.GetServices<IHostedService>().ToList();
            var (began, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            foreach (var loop in loops) await loop.StartAsync(CancellationToken.None);
            while (copy.Table.Count < held) await Task.Delay(1);
            var (copied, worked) = (Stopwatch.GetElapsedTime(began), Environment.CpuUsage.TotalTime - cpu);

            var times = new List<double>();
            for (var i = 0; i < rounds; i++) times.Add(await ApplyAsync(host, copy, StepUp(held + i)));
            foreach (var loop in loops) await loop.StopAsync(CancellationToken.None);
            times.Sort();
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{held:N0} decisions copied in {copied.TotalSeconds:N2} s ({worked.TotalSeconds:N2} s of processor time on both sides); a new one judged by after p50 {times[rounds / 2]:N1} ms, p99 {times[rounds * 99 / 100]:N1} ms, worst {times[^1]:N1} ms of {rounds}"));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<double> ApplyAsync(ServiceHost host, DecisionCopy copy, Decision decision)
    {
        var (before, began) = (copy.Table.Count, Stopwatch.GetTimestamp());
        Decide(host, [decision]);
        while (copy.Table.Count == before) await Task.Yield();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static void Decide(ServiceHost host, IEnumerable<Decision> decisions)
    {
        var outcome = new Outcome();
        outcome.Decisions.AddRange(decisions);
        host.Store.Lanes.Commit([new LaneCommit("benchmark", 1, outcome, [])]);
    }

    private static Decision StepUp(int number) => new()
    {
        Id = number.ToString("x32", CultureInfo.InvariantCulture),
        AlertId = "a",
        // Within the blast radius: what goes beyond would wait for a person, and no bouncer would ever see it.
        TenantId = $"tenant-{number / 50}",
        Type = DecisionType.StepUp,
        Scope = DecisionScope.Principal,
        Value = $"user-{number}",
        Parameters = new DecisionParameters(),
        CreatedAt = DateTime.UtcNow,
        ExpiresAt = DateTime.UtcNow.AddDays(1),
        Simulated = false,
    };
}
