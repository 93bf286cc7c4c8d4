using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Formats;
using AnomalyDetect.Learning.Registry;
using AnomalyDetect.Service.CommandLine;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Training;
using AnomalyDetect.Simulation;
using AnomalyDetect.Streaming.History;
using AnomalyDetect.Streaming.Replay;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Service.Evaluating.Drift;

/// <summary>
/// An installation that lives through made-up weeks: a replay that leaves in a data directory what a service leaves there, and retraining jobs, with their gate and
/// their registry, whose champion the replay then goes on under.
/// </summary>
internal sealed class SimulatedSite : IDisposable
{
    private readonly string _directory;
    private readonly Settings _settings;
    private readonly FeatureSpool _history;
    private readonly SteppedReplay _replay;
    private readonly SimulatedAnalyst _analyst;
    private readonly ILogger _logger;

    /// <param name="directory">For its data; made, and removed with it.</param>
    /// <param name="engine">What it begins under.</param>
    public SimulatedSite(string directory, EngineOptions engine, IReadOnlyList<AttackLabel> labels, ILogger logger)
    {
        (_directory, _logger) = (directory, logger);
        _settings = ConfigFile.Load(null, options => options with { DataDirectory = directory }, forService: false) with { Engine = engine };
        _history = new FeatureSpool(_settings.HistoryDirectory);
        _history.Begin(windowMinutes: 5);
        _analyst = new SimulatedAnalyst(_settings, labels);
        // One lane, so that the history is the same on every machine.
        _replay = new SteppedReplay(
            new ReplayOptions { Files = [], Format = EventFormats.Find("native")!, Engine = engine, TrustInternal = true, Features = _history.Add, Lanes = 1 }, logger);
    }

    public ModelRegistry Registry => RegistryView.Of(_settings.ModelsDirectory);

    public string Champion => Registry.Manifest(out _).Champion;

    public Task PlayAsync(string file, CancellationToken cancellation) => _replay.PlayAsync(file, null, cancellation);

    public ReplaySummary Summarise() => _replay.Summarise();

    /// <param name="looksAt">Alerts the analyst gets to see.</param>
    /// <returns>How many verdicts were given.</returns>
    public int Judge(Func<Alert, bool> looksAt) => _analyst.Judge(_replay.Summarise().Alerts, looksAt);

    /// <summary>The retraining job, as it is run every night.</summary>
    /// <returns>Its exit code, and what the gate said; null where it was not reached.</returns>
    public async Task<(int Code, GateReport? Gate)> TrainAsync(TrainingJobOptions options, ProgressLine progress, CancellationToken cancellation)
    {
        _history.Flush();
        using var data = TrainingData.OfHistory(_settings.HistoryDirectory);
        var job = new TrainingJob(options, _settings, () => new LocalOperations(_settings), new Terminal(TextWriter.Null, TextWriter.Null, false, false), _logger, progress);
        try
        {
            return (await job.RunAsync(data, cancellation), job.Gate);
        }
        catch (UserException e) when (e.ExitCode == UserException.TooLittle)
        {
            return (e.ExitCode, null);
        }
    }

    /// <summary>Goes on under the champion of another site.</summary>
    public void TakeChampionOf(SimulatedSite other) => _replay.Take(_settings.Engine with { Model = other.Registry.Load(other.Champion) });

    public void Dispose()
    {
        _history.Dispose();
        if (Directory.Exists(_directory)) Directory.Delete(_directory, recursive: true);
    }
}
