using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Hosting;

namespace AnomalyDetect.Benchmarks;

/// <summary>
/// From the moment an attack's last event is sent over HTTP to the moment its decision, stored, is in the answer of the decision feed: the whole service
/// (Kestrel, journal with its fsync, graph, SQLite with its) and its client in one process, under a steady load. The goal is a p99 under 250 ms at 20,000 events a second.
/// </summary>
public static class HttpLatency
{
    private const int BatchEvents = 200;
    private const int BatchesAnAttack = 10;
    private const int WarmUpSeconds = 5;

    public static async Task RunAsync(int eventsPerSecond, int seconds, TextWriter output)
    {
        var directory = Directory.CreateTempSubdirectory("anomalydetect-bench-");
        try
        {
            var settings = ConfigFile.Load(null, options => options with
            {
                DataDirectory = Path.Combine(directory.FullName, "data"),
                Http = options.Http with { Urls = ["http://127.0.0.1:0"] },
                Logging = new LoggingSection { Level = Microsoft.Extensions.Logging.LogLevel.None },
                Response = options.Response with { Enforce = true },
            });
            await using var host = await ServiceHost.StartAsync(settings, TimeProvider.System);
            using var client = new HttpClient { BaseAddress = new Uri(host.Urls[0]) };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(host.Data.AdminKeyFile)).Trim());
            await LoadAsync(client, eventsPerSecond, seconds, output);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task LoadAsync(HttpClient client, int eventsPerSecond, int seconds, TextWriter output)
    {
        var sent = new ConcurrentDictionary<string, long>();
        var latencies = new ConcurrentBag<double>();
        using var stop = new CancellationTokenSource();
        var started = Stopwatch.GetTimestamp();
        var watching = WatchAsync(client, sent, latencies, started, stop.Token);
        var (accepted, refused) = await SendAsync(client, sent, eventsPerSecond, seconds + WarmUpSeconds, started);
        var took = Stopwatch.GetElapsedTime(started);
        for (var i = 0; i < 50 && !sent.IsEmpty; i++) await Task.Delay(100, CancellationToken.None);
        await stop.CancelAsync();
        await watching;

        var sorted = latencies.Order().ToList();
        double At(double quantile) => sorted.Count == 0 ? double.NaN : sorted[Math.Min(sorted.Count - 1, (int)(quantile * sorted.Count))];
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{accepted / took.TotalSeconds:N0} events/s accepted, {refused} bodies refused, {sorted.Count} decisions, {sent.Count} never seen; p50 {At(0.5):N0} ms, p99 {At(0.99):N0} ms, worst {At(1):N0} ms"));
    }

    private static async Task<(long Accepted, long Refused)> SendAsync(HttpClient client, ConcurrentDictionary<string, long> sent, int eventsPerSecond, int seconds, long started)
    {
        var batches = (long)eventsPerSecond * seconds / BatchEvents;
        var apart = TimeSpan.FromSeconds((double)BatchEvents / eventsPerSecond);
        long accepted = 0, refused = 0;
        using var places = new SemaphoreSlim(32);
        for (var i = 0L; i < batches; i++)
        {
            var wait = (apart * i) - Stopwatch.GetElapsedTime(started);
            if (wait > TimeSpan.FromMilliseconds(1)) await Task.Delay(wait);
            await places.WaitAsync();
            _ = PostAsync(i);
        }

        for (var i = 0; i < 32; i++) await places.WaitAsync();
        return (accepted, refused);

        async Task PostAsync(long number)
        {
            try
            {
                var attacked = number % BatchesAnAttack == 0 ? string.Create(CultureInfo.InvariantCulture, $"attacked-{number}") : null;
                using var content = new StringContent(Body(number, attacked), Encoding.UTF8, "application/x-ndjson");
                if (attacked is not null) sent[attacked] = Stopwatch.GetTimestamp();
                using var answer = await client.PostAsync("/v1/events", content);
                if (answer.IsSuccessStatusCode) Interlocked.Add(ref accepted, BatchEvents);
                else Interlocked.Increment(ref refused);
            }
            catch (HttpRequestException)
            {
                Interlocked.Increment(ref refused);
            }
            finally
            {
                places.Release();
            }
        }
    }

    /// <summary>Calls of 50 tenants with 100 principals each; with <paramref name="attacked"/>, twenty of them are forged tokens from one address.</summary>
    private static string Body(long number, string? attacked)
    {
        var text = new StringBuilder(BatchEvents * 320);
        var time = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        for (var i = 0; i < BatchEvents; i++)
        {
            var n = (number * BatchEvents) + i;
            if (attacked is not null && i >= BatchEvents - 20)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $$"""{"id":"a{{n}}","time":"{{time}}","tenant_id":"{{attacked}}","type":"token_validation","outcome":"failure","reason":"bad_signature","principal_id":"p{{i}}","source_ip":"203.0.113.{{number % 250}}"}""").Append('\n');
                continue;
            }

            text.Append(
                CultureInfo.InvariantCulture,
                $$"""{"id":"e{{n}}","time":"{{time}}","tenant_id":"tenant-{{n % 50}}","type":"api_call","outcome":"success","principal_id":"user-{{n % 5000}}","session_id":"s-{{n % 5000}}","source_ip":"198.51.{{n % 97}}.{{n % 251}}","country":"DE","asn":64500,"resource":"/v1/orders","method":"GET","status":200,"duration_ms":12,"bytes":900}""").Append('\n');
        }

        return text.ToString();
    }

    private static async Task WatchAsync(HttpClient client, ConcurrentDictionary<string, long> sent, ConcurrentBag<double> latencies, long started, CancellationToken stop)
    {
        var next = 0L;
        try
        {
            while (true)
            {
                var answer = JsonSerializer.Deserialize<JsonElement>(await client.GetByteArrayAsync(new Uri($"/v1/decisions?after={next}&wait=10", UriKind.Relative), stop));
                var now = Stopwatch.GetTimestamp();
                next = answer.GetProperty("next").GetInt64();
                foreach (var decision in answer.GetProperty("decisions").EnumerateArray())
                {
                    if (!sent.TryRemove(decision.GetProperty("tenant_id").GetString()!, out var at)) continue;
                    if (Stopwatch.GetElapsedTime(started, at).TotalSeconds > WarmUpSeconds) latencies.Add(Stopwatch.GetElapsedTime(at, now).TotalMilliseconds);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // the load is over
        }
    }
}
