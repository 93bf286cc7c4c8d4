using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Formats;
using AnomalyDetect.Learning;
using AnomalyDetect.Streaming;
using AnomalyDetect.Streaming.Lanes;
using AnomalyDetect.Streaming.Replay;
using AnomalyDetect.Streaming.Sources;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Jobs;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;

namespace AnomalyDetect.Benchmarks;

/// <summary>
/// What the graph costs over a plain loop with the same reading, decoding and lane code, and what its second core gains. Wall time for the whole file; the
/// goal is that <see cref="Graph"/> with one lane stays below 1.3 × <see cref="PlainLoop"/>.
/// </summary>
[MemoryDiagnoser]
[SimpleJob(RuntimeMoniker.HostProcess, launchCount: 1, warmupCount: 2, iterationCount: 7)]
public class GraphBenchmarks
{
    private string _file = "";

    [Params(300_000)]
    public int Events { get; set; }

    [GlobalSetup]
    public void Setup() => _file = SimulatedFile.Write(Events);

    [GlobalCleanup]
    public void Cleanup() => File.Delete(_file);

    /// <summary>Read, frame and decode only.</summary>
    [Benchmark]
    public long DecodeOnly()
    {
        var (reader, decoder) = Open();
        var events = 0L;
        using (reader)
        {
            while (reader.Read() is { } batch)
            {
                events += decoder.Decode(batch).Events.Count;
                batch.Release();
            }
        }

        return events;
    }

    [Benchmark(Baseline = true)]
    public long PlainLoop()
    {
        var (reader, decoder) = Open();
        var lane = HostedLane.Unstored(Engine(), "loop", 0, TimeProvider.System);
        var cast = new LaneCast(0, 1, [lane], null, false, new PipelineMetrics(Metrics.NewCustomRegistry()));
        using (reader)
        {
            while (reader.Read() is { } batch)
            {
                cast.Take(decoder.Decode(batch));
                batch.Release();
            }
        }

        cast.End();
        return lane.Totals.Events;
    }

    [Benchmark]
    public Task<long> Graph() => ReplayAsync(_file, lanes: 1);

    [Benchmark]
    public Task<long> GraphTwoLanes() => ReplayAsync(_file, lanes: 2);

    internal static async Task<long> ReplayAsync(string file, int lanes)
    {
        var options = new ReplayOptions { Files = [file], Format = EventFormats.Find("native")!, Engine = Engine(), Lanes = lanes };
        return (await FileReplay.RunAsync(options, NullLogger.Instance)).Counters.Events;
    }

    /// <summary>The defaults, the built-in model of behaviour among them.</summary>
    internal static EngineOptions Engine() =>
        new() { Detection = new DetectionOptions(), Enforcement = new EnforcementOptions(), Playbook = Playbook.Default, Model = ModelFile.ReadDefault() };

    private (FileBatches Reader, RecordDecoder Decoder) Open()
    {
        var format = EventFormats.Find("native")!;
        var limits = new DecodeLimits();
        var decoder = new RecordDecoder(format, EventFormats.Find, limits, new SymbolTable(), 1);
        var options = new ReplayOptions { Files = [_file], Format = format, Engine = Engine(), Limits = limits };
        return (FileBatches.Open(_file, 0, options, new RawBatchPool(FileBatches.ChunkBytes)), decoder);
    }
}
