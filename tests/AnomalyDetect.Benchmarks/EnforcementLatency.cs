using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Guards;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Hosting;
using AnomalyDetect.Testing;
using StackExchange.Redis;

namespace AnomalyDetect.Benchmarks;

/// <summary>
/// From an alert to its decision readable in Redis, at a steady rate: the real service with its store on disk, and a real server of the Redis protocol on loopback, in one
/// process. Alerts come when they are due whether the store keeps up or not, so a wait for it counts. The goal is a p99 under 100 ms at 1,000 decisions a second.
/// </summary>
public static class EnforcementLatency
{
    private const int Tenants = 100;
    private const int WarmUpSeconds = 5;

    public static async Task RunAsync(int decisionsPerSecond, int seconds, TextWriter output)
    {
        var directory = Directory.CreateTempSubdirectory("anomalydetect-bench-");
        using var server = GarnetHost.Start();
        try
        {
            var settings = ConfigFile.Load(null, options => options with
            {
                DataDirectory = Path.Combine(directory.FullName, "data"),
                Http = options.Http with { Urls = ["http://127.0.0.1:0"] },
                Logging = new LoggingSection { Level = Microsoft.Extensions.Logging.LogLevel.None },
                Response = options.Response with
                {
                    Enforce = true,
                    Redis = new RedisSection { Configuration = new SettingValue(server.Configuration, null) },
                    Guards = new GuardsSection { BlastRadius = new BlastRadiusOptions { Addresses = 1_000_000 } },
                },
            });
            await using var host = await ServiceHost.StartAsync(settings, TimeProvider.System);
            await using var redis = await server.ConnectAsync();
            await MeasureAsync(host, redis, decisionsPerSecond, seconds, output);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task MeasureAsync(ServiceHost host, ConnectionMultiplexer redis, int decisionsPerSecond, int seconds, TextWriter output)
    {
        var waiting = new ConcurrentDictionary<string, (TimeSpan Due, TimeSpan Stored)>(StringComparer.Ordinal);
        var (fromAlert, fromStored) = (new ConcurrentBag<double>(), new ConcurrentBag<double>());
        var clock = Stopwatch.StartNew();
        var database = redis.GetDatabase();
        // The channel says when to look; what counts is that the key can be read.
        await redis.GetSubscriber().SubscribeAsync(RedisChannel.Literal("deny:changes"), (channel, message) =>
        {
            if (JsonSerializer.Deserialize<JsonElement>((byte[])message!) is { } change && change.TryGetProperty("key", out var key)) _ = LookAsync(key.GetString()!);
        });

        var (total, made) = (decisionsPerSecond * (seconds + WarmUpSeconds), 0);
        var (cpu, commits) = (Environment.CpuUsage.TotalTime, 0);
        while (made < total)
        {
            var due = Math.Min(total, (int)(clock.Elapsed.TotalSeconds * decisionsPerSecond));
            if (due == made)
            {
                await Task.Delay(1);
                continue;
            }

            var outcome = new Outcome();
            for (var i = made; i < due; i++)
            {
                Add(outcome, i);
                waiting[Id(i)] = (TimeSpan.FromSeconds((double)i / decisionsPerSecond), TimeSpan.MaxValue);
            }

            host.Store.Lanes.Commit([new LaneCommit("benchmark", due, outcome, [])]);
            var stored = clock.Elapsed;
            for (var i = made; i < due; i++)
                if (waiting.TryGetValue(Id(i), out var times)) waiting.TryUpdate(Id(i), times with { Stored = stored }, times);
            (made, commits) = (due, commits + 1);
        }

        var took = clock.Elapsed;
        for (var i = 0; i < 300 && !waiting.IsEmpty; i++) await Task.Delay(100);
        var worked = Environment.CpuUsage.TotalTime - cpu;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{made / took.TotalSeconds:N0} decisions/s stored in {commits:N0} commits, {fromAlert.Count:N0} measured, {waiting.Count} never readable; {worked.TotalMilliseconds / made:N2} ms of processor time a decision"));
        output.WriteLine($"alert to readable in Redis:  {Quantiles(fromAlert)}");
        output.WriteLine($"stored to readable in Redis: {Quantiles(fromStored)}");

        async Task LookAsync(string key)
        {
            var value = (byte[]?)await database.StringGetAsync(key);
            var now = clock.Elapsed;
            if (value is null || !waiting.TryRemove(JsonSerializer.Deserialize<JsonElement>(value).GetProperty("decision_id").GetString()!, out var times)) return;
            if (times.Due.TotalSeconds < WarmUpSeconds) return;
            fromAlert.Add((now - times.Due).TotalMilliseconds);
            fromStored.Add(times.Stored < now ? (now - times.Stored).TotalMilliseconds : 0);
        }
    }

    private static string Quantiles(ConcurrentBag<double> times)
    {
        var sorted = times.Order().ToList();
        double At(double quantile) => sorted.Count == 0 ? double.NaN : sorted[Math.Min(sorted.Count - 1, (int)(quantile * sorted.Count))];
        return string.Create(CultureInfo.InvariantCulture, $"p50 {At(0.5):N0} ms, p99 {At(0.99):N0} ms, p99.9 {At(0.999):N0} ms, worst {At(1):N0} ms");
    }

    private static string Id(int number) => number.ToString("x32", CultureInfo.InvariantCulture);

    private static void Add(Outcome outcome, int number)
    {
        var (now, tenant) = (DateTime.UtcNow, $"tenant-{number % Tenants}");
        var address = string.Create(CultureInfo.InvariantCulture, $"11.{(number >> 16) & 255}.{(number >> 8) & 255}.{number & 255}");
        var entity = new Entity(EntityKind.Address, address);
        outcome.Alerts.Add(new Alert
        {
            Id = Id(number),
            Revision = 1,
            TenantId = tenant,
            Signal = Signal.InvalidClaimInjection,
            Severity = Severity.High,
            Score = 80,
            DetectedAt = now,
            WindowStart = now.AddMinutes(-1),
            WindowEnd = now,
            Observed = 15,
            Expected = 0,
            Threshold = 10,
            EntityKind = EntityKind.Address,
            SourceIp = address,
            Explanation = $"15 forged tokens from {address} in 60 s (limit 10)",
            Evidence = [new Finding(Signal.InvalidClaimInjection, entity, now, now.AddMinutes(-1), now, 15, 0, 10, null)],
            Techniques = ["T1606"],
            EventIds = [],
            Drivers = [entity],
            RelatedAlertIds = [],
        });
        outcome.Decisions.Add(new Decision
        {
            Id = Id(number),
            AlertId = Id(number),
            TenantId = tenant,
            Type = DecisionType.BlockIp,
            Scope = DecisionScope.Address,
            Value = address,
            Parameters = new DecisionParameters(),
            CreatedAt = now,
            ExpiresAt = now.AddHours(1),
            Simulated = false,
            Rule = "block-claim-forgers",
        });
    }
}
