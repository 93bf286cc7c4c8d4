using System.Globalization;
using AnomalyDetect.Core;
using AnomalyDetect.Formats;
using AnomalyDetect.Service.CommandLine;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Replaying;
using AnomalyDetect.Simulation;
using AnomalyDetect.Streaming.Replay;
using AnomalyDetect.Streaming.Sources;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Service.Training;

/// <summary>Where a training's data comes from: as the command line says, or the service's history.</summary>
internal abstract record TrainingSource
{
    /// <exception cref="UserException">It is not there or cannot be read.</exception>
    public abstract Task<TrainingData> OpenAsync(Settings settings, ILogger logger, ProgressLine progress, CancellationToken cancellation);

    internal sealed record History : TrainingSource
    {
        public override Task<TrainingData> OpenAsync(Settings settings, ILogger logger, ProgressLine progress, CancellationToken cancellation) =>
            Task.FromResult(TrainingData.OfHistory(settings.HistoryDirectory));
    }

    internal sealed record Files(IReadOnlyList<string> Paths, IEventFormat Format) : TrainingSource
    {
        public override Task<TrainingData> OpenAsync(Settings settings, ILogger logger, ProgressLine progress, CancellationToken cancellation)
        {
            foreach (var file in Paths.Where(f => !File.Exists(f))) throw new UserException($"The file {Printable.Of(file)} does not exist; name a file of events, or none to make telemetry up.");
            var replay = new ReplayOptions { Files = Paths, Format = Format, Engine = settings.Engine, TrustInternal = settings.Written.Source.TrustInternal };
            return TrainingData.OfReplaysAsync([replay], $"{Paths.Count} files", logger, Reading(progress), cancellation);
        }
    }

    internal sealed record Journal : TrainingSource
    {
        public override Task<TrainingData> OpenAsync(Settings settings, ILogger logger, ProgressLine progress, CancellationToken cancellation)
        {
            var log = new JournalLog(settings.JournalDirectory);
            var replay = new ReplayOptions { Files = [], Log = log, Format = EventFormats.Find("native")!, Engine = settings.Engine };
            return TrainingData.OfReplaysAsync([replay], log.Name, logger, Reading(progress), cancellation);
        }
    }

    /// <param name="From">The first record's time.</param>
    internal sealed record Kafka(DateTime From) : TrainingSource
    {
        public override async Task<TrainingData> OpenAsync(Settings settings, ILogger logger, ProgressLine progress, CancellationToken cancellation)
        {
            if (settings.Kafka is not { } kafka) throw new UserException("--kafka needs the service's --config with a kafka section: bootstrap_servers, topic and group.");
            try
            {
                var logs = KafkaLog.Of(kafka, From);
                if (logs.Count == 0) throw new UserException($"The topic {Printable.Of(kafka.Topic)} holds no records of {From:yyyy-MM-dd HH:mm}Z or later; name an earlier --from.", UserException.TooLittle);
                var format = EventFormats.Find(settings.Written.Source.Format)!;
                var source = string.Create(CultureInfo.InvariantCulture, $"topic {kafka.Topic} from {From:yyyy-MM-dd HH:mm}Z");
                return await TrainingData.OfReplaysAsync(
                    [.. logs.Select(l => new ReplayOptions { Files = [], Log = l, Format = format, Engine = settings.Engine })], source, logger, Reading(progress), cancellation);
            }
            catch (KafkaSourceException e)
            {
                throw new UserException(Printable.Of(e.Message, 2000), UserException.Failed);
            }
        }
    }

    internal sealed record MadeUp(SimulationOptions Traffic, IReadOnlyList<int> Seeds) : TrainingSource
    {
        public override async Task<TrainingData> OpenAsync(Settings settings, ILogger logger, ProgressLine progress, CancellationToken cancellation)
        {
            var learned = new FeatureCollection();
            foreach (var seed in Seeds)
            {
                using var run = MadeUpRun.Write(Traffic with { Seed = seed }, progress, cancellation);
                await learned.AddAsync(run.ToReplay(settings.Engine), logger, run.Reading(progress), cancellation);
            }

            return new TrainingData(learned.Histories, learned.Rates, $"simulated traffic of seeds {string.Join(", ", Seeds)}", [], []) { IsMadeUp = true };
        }
    }

    private static Action<long> Reading(ProgressLine progress) => events => progress.Show(() => $"{events:N0} events read");
}
