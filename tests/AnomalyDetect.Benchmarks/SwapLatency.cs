using System.Diagnostics;
using System.Globalization;
using System.Text;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Formats;
using AnomalyDetect.Storage;
using AnomalyDetect.Streaming;
using AnomalyDetect.Streaming.Journals;
using AnomalyDetect.Streaming.Pipelines;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;

namespace AnomalyDetect.Benchmarks;

/// <summary>
/// From the moment events are handed to the journal to the moment what came of them is in the store, under a steady load, with another model taken in the middle and without, in turns.
/// Journal with its fsync, graph, SQLite with its. The goal is 50,000 events a second, none lost, and a p99 that is not harmed beyond 50 ms for one batch.
/// </summary>
public static class SwapLatency
{
    private const int BodyEvents = 500;
    private const int Tenants = 200, Principals = 250;
    private const int BodiesAnAttack = 50;
    private const int AttackEvents = 15;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5), After = TimeSpan.FromSeconds(1), Patience = TimeSpan.FromMinutes(1);

    private sealed record Body(long At, double Latency);

    /// <param name="At">Of the swap; the middle of the run where there was none.</param>
    /// <param name="Told">Attacks with an alert.</param>
    private sealed record Run(IReadOnlyList<Body> Bodies, long At, long Sent, long Taken, int Attacks, int Told, int Twice);

    public static async Task RunAsync(int eventsPerSecond, int seconds, int rounds, TextWriter output)
    {
        for (var round = 1; round <= rounds; round++)
        {
            var without = await PlayAsync(eventsPerSecond, seconds, swaps: false);
            var with = await PlayAsync(eventsPerSecond, seconds, swaps: true);
            Print($"round {round}, without a swap", without, without, output);
            Print($"round {round}, with a swap", with, without, output);
        }
    }

    private static void Print(string name, Run run, Run without, TextWriter output)
    {
        var all = run.Bodies.Select(b => b.Latency).Order().ToList();
        var around = run.Bodies.Where(b => b.At >= run.At && Stopwatch.GetElapsedTime(run.At, b.At) < After).Select(b => b.Latency).Order().ToList();
        var harmed = run.Bodies.Count(b => b.Latency > At(without.Bodies.Select(w => w.Latency).Order().ToList(), 0.99) + 50);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {run.Sent:N0} events sent, {run.Taken:N0} taken; {run.Attacks} attacks, {run.Told} told, {run.Twice} decided twice; p50 {At(all, 0.5):N0} ms, p99 {At(all, 0.99):N0} ms, worst {At(all, 1):N0} ms; in the second after the middle p50 {At(around, 0.5):N0} ms, worst {At(around, 1):N0} ms; {harmed} of {all.Count} bodies more than 50 ms beyond the p99 without"));
    }

    private static double At(List<double> sorted, double quantile) => sorted.Count == 0 ? double.NaN : sorted[Math.Min(sorted.Count - 1, (int)(quantile * sorted.Count))];

    private static async Task<Run> PlayAsync(int eventsPerSecond, int seconds, bool swaps)
    {
        var directory = Directory.CreateTempSubdirectory("anomalydetect-swap-");
        try
        {
            using var store = Store.Open(new StoreOptions { Path = Path.Combine(directory.FullName, "store.db") }, new NoDeliveries(), TimeProvider.System, NullLogger.Instance);
            var timed = new TimedLaneStore(store.Lanes);
            var metrics = new PipelineMetrics(Metrics.NewCustomRegistry());
            var engine = GraphBenchmarks.Engine();
            await using var journal = Journal.Open(
                new JournalOptions { Directory = Path.Combine(directory.FullName, "journal"), MaxBehindBytes = 2L << 30, MaxQueuedBytes = 512 << 20, MaxQueued = 4096 }, TimeProvider.System, NullLogger.Instance);
            await using var pipeline = DetectionPipeline.Start(new PipelineOptions { Engine = engine, Format = EventFormats.Find("native")! }, journal, timed, metrics, TimeProvider.System, NullLogger.Instance);

            var (bodies, started, swapped) = (new List<(long At, Task<long> Append)>(), Stopwatch.GetTimestamp(), 0L);
            var apart = TimeSpan.FromSeconds((double)BodyEvents / eventsPerSecond);
            var count = (int)((WarmUp.TotalSeconds + seconds) * eventsPerSecond / BodyEvents);
            var middle = (int)((WarmUp.TotalSeconds + (seconds / 2.0)) * eventsPerSecond / BodyEvents);
            for (var i = 0; i < count; i++)
            {
                var wait = (apart * i) - Stopwatch.GetElapsedTime(started);
                if (wait > TimeSpan.FromMilliseconds(1)) await Task.Delay(wait);
                if (i == middle)
                {
                    swapped = Stopwatch.GetTimestamp();
                    if (swaps) pipeline.Reconfigure(engine with { Model = engine.Model! with { Training = engine.Model.Training with { Seed = 4711 } } });
                }

                var body = BodyOf(i);
                bodies.Add((Stopwatch.GetTimestamp(), journal.AppendAsync(body, "native", trustInternal: false)));
            }

            var ends = await Task.WhenAll(bodies.Select(b => b.Append));
            for (var waited = Stopwatch.GetTimestamp(); timed.StoredAt(ends.Max()) is null && Stopwatch.GetElapsedTime(waited) < Patience;) await Task.Delay(50);
            if (pipeline.Completion.IsFaulted) await pipeline.Completion;
            var latencies = bodies.Zip(ends).Where(b => Stopwatch.GetElapsedTime(started, b.First.At) >= WarmUp)
                .Select(b => new Body(b.First.At, timed.StoredAt(b.Second) is { } at ? Stopwatch.GetElapsedTime(b.First.At, at).TotalMilliseconds : double.PositiveInfinity)).ToList();
            var alerts = store.Queries.Alerts(new AlertQuery { Most = 100_000, Signal = Core.Alerts.Signal.InvalidClaimInjection });
            var twice = store.Decisions.Feed(0, null, 1_000_000, simulated: true).CountBy(d => (d.Decision.TenantId, d.Decision.Type, d.Decision.Value)).Count(d => d.Value > 1);
            return new Run(latencies, swapped, (long)count * BodyEvents, metrics.Events, (count + BodiesAnAttack - 1) / BodiesAnAttack, alerts.Count, twice);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>Calls of many tenants' principals, each from an address of its own; now and then forged tokens from one address, of a tenant of their own.</summary>
    private static byte[] BodyOf(int number)
    {
        var text = new StringBuilder(BodyEvents * 320);
        var time = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        for (var i = 0; i < BodyEvents; i++)
        {
            var n = ((long)number * BodyEvents) + i;
            if (number % BodiesAnAttack == 0 && i >= BodyEvents - AttackEvents)
                text.Append(CultureInfo.InvariantCulture, $$"""{"id":"a{{n}}","time":"{{time}}","tenant_id":"attacked-{{number}}","type":"token_validation","outcome":"failure","reason":"bad_signature","principal_id":"p{{i}}","source_ip":"203.0.113.9"}""").Append('\n');
            else
            {
                var (tenant, user) = (n % Tenants, n / Tenants % Principals);
                text.Append(CultureInfo.InvariantCulture, $$"""{"id":"e{{n}}","time":"{{time}}","tenant_id":"tenant-{{tenant}}","type":"api_call","outcome":"success","principal_id":"user-{{user}}","session_id":"s-{{user}}","source_ip":"198.51.{{tenant}}.{{user}}","country":"DE","asn":64500,"resource":"/v1/orders","method":"GET","status":200,"duration_ms":12,"bytes":900}""").Append('\n');
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
