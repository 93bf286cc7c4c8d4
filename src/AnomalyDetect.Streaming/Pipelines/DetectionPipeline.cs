using System.Globalization;
using System.Security.Cryptography;
using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Formats;
using AnomalyDetect.Storage;
using AnomalyDetect.Streaming.History;
using AnomalyDetect.Streaming.Journals;
using AnomalyDetect.Streaming.Lanes;
using AnomalyDetect.Streaming.Sources;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Streaming.Pipelines;

/// <summary>
/// The running graph of <c>run</c>: a journal or a Kafka topic in, outcomes in the store.
/// </summary>
/// <remarks>
/// Every record MUST end as an outcome or a rejection in the store, once, or the run fails with its position where it was. After a failure
/// (<see cref="Completion"/>) the process must end or start a new pipeline, which repeats what was not stored.
/// </remarks>
public sealed class DetectionPipeline : IAsyncDisposable
{
    private readonly PipelineOptions _options;
    private readonly ILogger _logger;
    private readonly StoreWriter _writer;
    private readonly KafkaConsumer? _kafka;
    private readonly EngineSwitch _engines;
    private readonly StreamSystem _system;
    private readonly UniqueKillSwitch _stop;
    private readonly CancellationTokenSource _abort = new();
    private bool _stopped;

    private DetectionPipeline(
        PipelineOptions options, EngineSwitch engines, StoreWriter writer, IGraph<SourceShape<RawBatch>, NotUsed> source, RecordDecoder decoder,
        IReadOnlyList<LaneCast> hosts, KafkaConsumer? kafka, ILogger logger)
    {
        (_options, _engines, _writer, _kafka, _logger) = (options, engines, writer, kafka, logger);
        _system = new StreamSystem(logger);
        (_stop, Completion) = DetectionGraph.Build(source, Flow.Create<RawBatch>().Select(decoder.Decode), hosts)
            .ToMaterialized(Sink.FromGraph(new CommitStage(writer, _abort.Token)), Keep.Both)
            .Run(_system.Materializer);
    }

    /// <summary>Completes once a stopped pipeline has stored everything it had read; faults when the run cannot go on.</summary>
    public Task Completion { get; }

    /// <summary>Why events do not flow just now (broker away, store full, stopped, failed); null when they do. For <c>/readyz</c>.</summary>
    public string? Trouble =>
        Completion.IsFaulted ? Completion.Exception.InnerException!.Message
        : Completion.IsCompleted ? "stopped"
        : _writer.Trouble ?? _kafka?.Trouble;

    /// <summary>Times the Kafka consumer paused because the lanes were busy.</summary>
    internal int Pauses => _kafka?.Pauses ?? 0;

    /// <summary>Reads the journal; lanes share it by tenant.</summary>
    /// <param name="history">Takes the features of the windows lanes close; null where none are kept.</param>
    /// <exception cref="InvalidOperationException">Store and journal do not belong together, or a checkpoint cannot be read.</exception>
    public static DetectionPipeline Start(PipelineOptions options, Journal journal, ILaneStore store, PipelineMetrics metrics, TimeProvider time, ILogger logger, HistoryLog? history = null)
    {
        var engines = new EngineSwitch(options.Engine, options.Format, store);
        if (history is not null) history.Epoch = Fix(store, "history_epoch", RandomNumber(), long.Parse);
        var count = Fix(store, "lanes", options.Lanes.ToString(CultureInfo.InvariantCulture), int.Parse);
        var lanes = new HostedLane[count];
        for (var i = 0; i < count; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"journal/{i}");
            lanes[i] = HostedLane.Resume(
                store.Load(name) ?? HostedLane.Begin(name, journal.Base, default, engines.Current, store), i, engines.Current, store, time, options.CheckpointInterval,
                history is not null);
            if (lanes[i].Stored > journal.Head || lanes[i].Position < journal.Base)
                throw new InvalidOperationException(
                    $"the store has lane {name} from {lanes[i].Position} to {lanes[i].Stored} but the journal holds {journal.Base} to {journal.Head}: they do not belong together. "
                    + "Bring back the journal, or move both away to begin anew");
        }

        var checkpoints = lanes.ToDictionary(l => l.Name, l => l.Position);
        void Saved(LaneCheckpoint checkpoint)
        {
            checkpoints[checkpoint.Lane] = checkpoint.NextOffset;
            journal.Release(checkpoints.Values.Min());
            metrics.Journal(journal.Bytes, journal.Behind);
        }

        journal.Release(checkpoints.Values.Min());
        LaneLag Behind(HostedLane lane) => new(journal.Head - lane.Position, time.GetUtcNow().UtcDateTime - lane.ObservedAt);
        var hosts = Math.Clamp(Math.Min(options.Hosts, count), 1, count);
        var casts = Enumerable.Range(0, hosts)
            .Select(h => new LaneCast(h, hosts, [.. lanes.Where(l => l.Index % hosts == h)], null, true, metrics, Behind, () => engines.Current)).ToList();
        var source = new JournalSource(journal, lanes.Min(l => l.Position), [.. lanes.SelectMany(l => new[] { l.Position, l.Stored })]);
        return new DetectionPipeline(
            options, engines, new StoreWriter(store, options.IsTransient, Saved, metrics, time, logger, history), source, Decoder(options, store, count), casts, null, logger);
    }

    /// <summary>Reads a Kafka topic; each partition is a lane. A broker that is away is waited for (<see cref="Trouble"/>).</summary>
    public static DetectionPipeline Start(PipelineOptions options, KafkaOptions kafka, ILaneStore store, PipelineMetrics metrics, TimeProvider time, ILogger logger, HistoryLog? history = null)
    {
        var engines = new EngineSwitch(options.Engine, options.Format, store);
        if (history is not null) history.Epoch = Fix(store, "history_epoch", RandomNumber(), long.Parse);
        var prefix = $"kafka/{kafka.Topic}/";
        string Name(int partition) => prefix + partition.ToString(CultureInfo.InvariantCulture);
        var assignments = new PartitionAssignments(kafka, p => store.Load(Name(p)), (p, start) => HostedLane.Begin(Name(p), start, default, engines.Current, store));
        var consumer = new KafkaConsumer(kafka, assignments, metrics, time, logger);
        HostedLane Resume(PartitionChange change) =>
            HostedLane.Resume(change.Positions!, change.Partition, engines.Current, store, time, options.CheckpointInterval, history is not null);
        LaneLag Behind(HostedLane lane) => new(consumer.Behind(lane.Index, lane.Position), time.GetUtcNow().UtcDateTime - lane.ObservedAt);
        void Saved(LaneCheckpoint checkpoint) =>
            consumer.Checkpointed(int.Parse(checkpoint.Lane.AsSpan(prefix.Length), CultureInfo.InvariantCulture), checkpoint.NextOffset);
        var hosts = Math.Max(1, options.Hosts);
        var casts = Enumerable.Range(0, hosts).Select(h => new LaneCast(h, hosts, [], Resume, true, metrics, Behind, () => engines.Current)).ToList();
        return new DetectionPipeline(
            options, engines, new StoreWriter(store, options.IsTransient, Saved, metrics, time, logger, history), new KafkaSource(consumer), Decoder(options, store, 0), casts, consumer, logger);
    }

    /// <summary>
    /// Has the lanes take other options, one after the other between two of their batches, each together with a checkpoint: nothing waits for it, nothing is lost,
    /// and no replay crosses it. Whatever else the pipeline runs under stays.
    /// </summary>
    /// <exception cref="StoreException">The store does not take the options; nothing has changed, and it may be tried again.</exception>
    public void Reconfigure(EngineOptions engine) => _engines.Change(engine);

    /// <summary>
    /// Stops reading, lets everything that was read through the lanes into the store, checkpoints, and commits Kafka offsets; for at most
    /// <see cref="PipelineOptions.DrainTimeout"/>. What is not done by then is repeated at the next start.
    /// </summary>
    public async Task StopAsync()
    {
        if (_stopped) return;
        _stopped = true;
        _stop.Shutdown();
        try
        {
            await Completion.WaitAsync(_options.DrainTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _logger.LogError("The stream did not drain within {Timeout}; the next start repeats what is not stored", _options.DrainTimeout);
        }
        catch (Exception e)
        {
            _logger.LogError(e, "The stream failed");
        }

        await _abort.CancelAsync().ConfigureAwait(false);
        if (_kafka is not null) await _kafka.CloseAsync(_options.DrainTimeout).ConfigureAwait(false);
        await _system.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _kafka?.Dispose();
        _abort.Dispose();
    }

    private static RecordDecoder Decoder(PipelineOptions options, ILaneStore store, int lanes)
    {
        // Secret and fixed for good: nobody outside can aim at a table's slots, and a tenant stays in its lane.
        var seed = Fix(store, "symbol_seed", RandomNumber(), long.Parse);
        return new RecordDecoder(options.Format, EventFormats.Find, options.Limits, new SymbolTable(seed: seed), lanes);
    }

    private static string RandomNumber() => BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))).ToString(CultureInfo.InvariantCulture);

    private static T Fix<T>(ILaneStore store, string name, string value, Func<string, NumberStyles, IFormatProvider, T> parse) =>
        parse(store.Fix(name, value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
