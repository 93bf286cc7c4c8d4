using System.Globalization;
using System.Text;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Formats;
using AnomalyDetect.Streaming.Journals;
using AnomalyDetect.Streaming.Pipelines;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Prometheus;

namespace AnomalyDetect.Streaming.Tests.Pipelines;

/// <summary>A journal filled with traffic as it would have arrived, and pipelines over it.</summary>
internal sealed class JournalRig : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();

    public JournalRig(Func<JournalOptions, JournalOptions>? with = null)
    {
        Time = new FakeTimeProvider(Traffic.Start);
        var options = new JournalOptions { Directory = _directory.Path, Heartbeat = TimeSpan.Zero };
        Journal = Journal.Open(with?.Invoke(options) ?? options, Time, NullLogger.Instance);
    }

    public string Directory => _directory.Path;

    public FakeTimeProvider Time { get; }

    public Journal Journal { get; }

    public CollectorRegistry Registry { get; } = Metrics.NewCustomRegistry();

    /// <summary>Records of one to a few lines, ObservedAt moving with event time.</summary>
    public async Task FillAsync(int seed, int events)
    {
        var random = new Random(seed);
        var lines = Traffic.Of(seed, events);
        for (var i = 0; i < lines.Count;)
        {
            var take = Math.Min(random.Next(1, 30), lines.Count - i);
            var at = new DateTimeOffset(lines[i + take - 1].At);
            if (at > Time.GetUtcNow()) Time.SetUtcNow(at);
            await Journal.AppendAsync(lines.Skip(i).Take(take).SelectMany(l => l.Line).ToArray(), "native", false);
            i += take;
        }
    }

    public DetectionPipeline Start(ILaneStore store, Func<PipelineOptions, PipelineOptions>? with = null, EngineOptions? engine = null, ILogger? logger = null)
    {
        var options = Options(engine ?? SomeTelemetry.Options());
        return DetectionPipeline.Start(with?.Invoke(options) ?? options, Journal, store, new PipelineMetrics(Registry), TimeProvider.System, logger ?? NullLogger.Instance);
    }

    public static PipelineOptions Options(EngineOptions engine) => new()
    {
        Engine = engine, Format = EventFormats.Find("native")!, Lanes = 3, Hosts = 2, CheckpointInterval = TimeSpan.FromMilliseconds(20),
    };

    /// <summary>Runs until the store has everything and stops gracefully.</summary>
    public async Task<MemoryLaneStore> RunToEndAsync(MemoryLaneStore store, Func<PipelineOptions, PipelineOptions>? with = null, EngineOptions? engine = null)
    {
        await using var pipeline = Start(store, with, engine);
        await EverythingStoredAsync(pipeline, store);
        await pipeline.StopAsync();
        return store;
    }

    public Task EverythingStoredAsync(DetectionPipeline pipeline, MemoryLaneStore store) => Wait.UntilAsync(
        () =>
        {
            if (pipeline.Completion.IsFaulted) throw pipeline.Completion.Exception.InnerException!;
            return store.Lanes() is { Count: > 0 } lanes && lanes.All(l => l.OutcomeOffset == Journal.Head);
        },
        "everything in the journal is stored",
        seconds: 30);

    /// <summary>Of its one lane; 0 before it is there.</summary>
    public double GaugeOf(string name)
    {
        using var stream = new MemoryStream();
        Registry.CollectAndExportAsTextAsync(stream).GetAwaiter().GetResult();
        var line = Encoding.UTF8.GetString(stream.ToArray()).Split('\n').SingleOrDefault(l => l.StartsWith(name + "{", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await Journal.DisposeAsync();
        _directory.Dispose();
    }
}
