using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Formats;
using AnomalyDetect.Streaming.Lanes;
using AnomalyDetect.Streaming.Sources;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Streaming.Replay;

/// <summary>
/// A replay in pieces. Lanes live on from one piece to the next and may be given other options in between, as a service's are over weeks: one file a day, and at night
/// another model. What comes out is what a replay of all the files in one would give under options that never change.
/// </summary>
/// <remarks>Pieces MUST follow each other in time, for nothing of one waits for the next. One thread.</remarks>
public sealed class SteppedReplay
{
    private readonly ReplayOptions _options;
    private readonly ILogger _logger;
    private readonly List<HostedLane> _lanes;
    private readonly ReplayCollector _collector;
    private long _offset;
    private DateTime _newest;

    /// <param name="options">Of every piece; files are named with each.</param>
    public SteppedReplay(ReplayOptions options, ILogger logger)
    {
        (_options, _logger) = (options, logger);
        _lanes = FileReplay.LanesOf(options);
        _collector = new ReplayCollector(options.Features, options.Rates);
    }

    /// <summary>From the next piece on. What is known of everybody is carried over.</summary>
    public void Take(EngineOptions engine)
    {
        var resolved = EngineHistory.Resolve(engine, _options.Format);
        foreach (var lane in _lanes) lane.Lane.Reconfigure(resolved);
    }

    /// <summary>Plays the next piece.</summary>
    /// <param name="file">Plain or gzip.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public async Task PlayAsync(string file, Action<long>? progress, CancellationToken cancellation)
    {
        var pool = new RawBatchPool(_options.ChunkBytes);
        using var reader = FileBatches.Open(file, 0, _options, pool, _offset);
        (_offset, _newest) = await FileReplay.PlayAsync(_options, reader, _lanes, _collector, completes: false, _newest, _logger, progress, cancellation);
    }

    /// <summary>All that came of it so far; alerts at their newest revision.</summary>
    public ReplaySummary Summarise() => _collector.Summarise(_lanes);
}
