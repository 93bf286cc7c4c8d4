using System.Collections.Concurrent;
using Akka;
using Akka.Streams.Dsl;
using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Core.Tracing;
using AnomalyDetect.Formats;
using AnomalyDetect.Streaming.Lanes;
using AnomalyDetect.Streaming.Pipelines;
using AnomalyDetect.Streaming.Sources;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Streaming.Replay;

/// <summary>What to replay, and how.</summary>
public sealed record ReplayOptions
{
    /// <summary>Files, plain or gzip; <c>-</c> is stdin. Several are merged by event time.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Read in place of <see cref="Files"/>, which then are none.</summary>
    public ReplayLog? Log { get; init; }

    public required IEventFormat Format { get; init; }

    /// <summary>An <c>AllowedLateness</c> left open is the format's.</summary>
    public required EngineOptions Engine { get; init; }

    public DecodeLimits Limits { get; init; } = new();

    /// <summary>Believes events that say they are internal.</summary>
    public bool TrustInternal { get; init; }

    /// <summary>An event to follow, by id; null for none. Changes nothing but <see cref="ReplaySummary.Trace"/>.</summary>
    public string? TracedEvent { get; init; }

    /// <summary>The tenant whose event <see cref="TracedEvent"/> is; null: of whichever comes first.</summary>
    public string? TracedTenant { get; init; }

    /// <summary>An alert to follow, by id; null for none.</summary>
    public string? TracedAlert { get; init; }

    /// <summary>Told the features of the windows closed, on the stream's thread; a tenant's come in the order of time. Null: they are not collected.</summary>
    public Action<IReadOnlyList<FeatureRow>>? Features { get; init; }

    /// <summary>Told at the end what is known of everybody's minutes, in no order; only where features are collected.</summary>
    public Action<IReadOnlyList<LearnedRate>>? Rates { get; init; }

    /// <summary>Does not change what comes out, only how fast. Default: one a processor.</summary>
    public int Lanes { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 64);

    /// <summary>Bytes read at once; 4 KiB to 16 MiB. Does not change what comes out.</summary>
    internal int ChunkBytes { get; init; } = FileBatches.ChunkBytes;
}

/// <summary>The same graph over files, without a store: as fast as it can, the same bytes out however often it is run.</summary>
public static class FileReplay
{
    /// <param name="progress">Told the number of events read so far, after each batch, on the stream's thread.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static async Task<ReplaySummary> RunAsync(ReplayOptions options, ILogger logger, Action<long>? progress = null, CancellationToken cancellation = default)
    {
        var lanes = LanesOf(options);
        var collector = new ReplayCollector(options.Features, options.Rates);
        var pool = new RawBatchPool(options.ChunkBytes);
        var symbols = new SymbolTable();
        using var reader = options.Log?.Open(pool) ?? Open(options, pool, () => new RecordDecoder(options.Format, EventFormats.Find, options.Limits, symbols, 0));
        await PlayAsync(options, reader, lanes, collector, completes: true, default, logger, progress, cancellation);
        return collector.Summarise(lanes);
    }

    internal static List<HostedLane> LanesOf(ReplayOptions options)
    {
        var engine = EngineHistory.Resolve(options.Engine, options.Format);
        return [.. Enumerable.Range(0, options.Lanes).Select(i => HostedLane.Unstored(engine, $"replay/{i}", i, TimeProvider.System, TraceOf(options), options.Features is not null))];
    }

    /// <param name="completes">No more input follows: what is open is closed.</param>
    /// <param name="newest">ObservedAt of what the lanes have seen before.</param>
    /// <returns>Where the input ended, and its newest ObservedAt.</returns>
    internal static async Task<(long Offset, DateTime Newest)> PlayAsync(
        ReplayOptions options, IBatchReader reader, List<HostedLane> lanes, ReplayCollector collector, bool completes, DateTime newest, ILogger logger, Action<long>? progress,
        CancellationToken cancellation)
    {
        var symbols = new SymbolTable();
        RecordDecoder Decoder(int count) => new(options.Format, EventFormats.Find, options.Limits, symbols, count);
        var decode = options.Log is not null ? Flow.Create<RawBatch>().Select(Decoder(options.Lanes).Decode)
            : reader is MergedFiles ? Flow.Create<RawBatch>().Select(Decoder(options.Lanes).Deal)
            : DecodeSideBySide(Decoder, options.Lanes, newest);
        var casts = lanes.Select(l => new LaneCast(l.Index, lanes.Count, [l], null, false, null, completes: completes)).ToList();
        var (events, end) = (0L, (Offset: 0L, Newest: newest));
        await using var system = new StreamSystem(logger);
        var (stop, done) = DetectionGraph.Build(new FileSource(reader), decode.Select(Count), casts)
            .ToMaterialized(Sink.ForEach<LaneResult>(collector.Add), Keep.Both)
            .Run(system.Materializer);
        await using (cancellation.Register(() => stop.Abort(new OperationCanceledException(cancellation))).ConfigureAwait(false))
            await done.ConfigureAwait(false);
        return end;

        RawBatch Count(RawBatch batch)
        {
            events += batch.Events.Count;
            end = (batch.NextOffset, batch.ObservedAt);
            progress?.Invoke(events);
            return batch;
        }
    }

    private static LaneTrace? TraceOf(ReplayOptions options) =>
        options.TracedEvent is null && options.TracedAlert is null ? null : new LaneTrace(options.TracedEvent, options.TracedAlert, options.TracedTenant);

    /// <summary>Several batches are decoded at once, on as many processors, and handed on in order.</summary>
    private static Flow<RawBatch, RawBatch, NotUsed> DecodeSideBySide(Func<int, RecordDecoder> decoder, int lanes, DateTime newest)
    {
        var idle = new ConcurrentBag<RecordDecoder>();
        return Flow.Create<RawBatch>()
            .SelectAsync(Math.Clamp(2 * Environment.ProcessorCount, 2, 16), batch => Task.Run(() =>
            {
                if (!idle.TryTake(out var mine)) mine = decoder(lanes);
                mine.Decode(batch);
                idle.Add(mine);
                return batch;
            }))
            .Select(batch =>
            {
                batch.Events.ObserveInOrder(ref newest);
                batch.ObservedAt = newest;
                return batch;
            });
    }

    private static IBatchReader Open(ReplayOptions options, RawBatchPool pool, Func<RecordDecoder> decoder)
    {
        var files = new List<FileBatches>();
        try
        {
            foreach (var path in options.Files) files.Add(FileBatches.Open(path, files.Count, options, pool));
            return files.Count == 1 ? files[0] : new MergedFiles(files, decoder, pool);
        }
        catch
        {
            foreach (var file in files) file.Dispose();
            throw;
        }
    }
}
