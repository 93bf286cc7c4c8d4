using System.Security.Cryptography;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Models;
using AnomalyDetect.Storage;
using Prometheus;

namespace AnomalyDetect.Service.Playbooks;

/// <summary>
/// Keeps the playbook in force: looks at its file now and then, and has the lanes take what has changed, after the ledger has it. A file that is broken changes nothing: the
/// last good one stays, the log and the API say what is wrong.
/// </summary>
public sealed partial class PlaybookWatch : IAsyncDisposable
{
    public const string BuiltIn = "built in";

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _looking = new();
    private readonly string? _path;
    private readonly TimeSpan _poll;
    private readonly IPlaybookHistory _history;
    private readonly Gauge _trouble;
    private readonly ILogger _logger;
    private readonly ManifestPulse _pulse;
    private volatile Playbook _now;
    private Action? _changed;
    private Task _watching = Task.CompletedTask;

    public PlaybookWatch(Settings settings, IPlaybookHistory history, CollectorRegistry metrics, ILogger logger)
    {
        (_path, _poll, _history, _logger) = (settings.Written.Response.Playbook, settings.Written.Response.PlaybookPoll, history, logger);
        _trouble = Metrics.WithCustomRegistry(metrics).CreateGauge("anomalydetect_playbook_trouble", "1 while the playbook's file cannot be used and the last good one is in force; the log says why.");
        _pulse = new ManifestPulse(Fingerprint());
        _now = settings.Engine.Playbook;
        history.Take(_now, Source, "start");
        Show(settings.PlaybookProblem);
    }

    public Playbook Now => _now;

    public string Version => _now.Version();

    /// <summary>The file's path, or <see cref="BuiltIn"/>.</summary>
    public string Source => _path ?? BuiltIn;

    /// <summary>What is wrong with the file as it is now; null when it is in force.</summary>
    public string? Problem { get; private set; }

    /// <param name="changed">Has the lanes take <see cref="Now"/>.</param>
    public void Start(Action changed, TimeProvider time)
    {
        _changed = changed;
        if (_path is not null) _watching = WatchAsync(time);
    }

    /// <summary>One look of many.</summary>
    internal void Look()
    {
        lock (_looking)
        {
            var fingerprint = Fingerprint();
            if (_pulse.IsDue(fingerprint)) Act(fingerprint);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(_poll, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token)) Look();
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
    }

    private void Act(string fingerprint)
    {
        try
        {
            var file = PlaybookFile.Read(_path!);
            Take(file.Playbook, file.ChangedBy ?? "a change of the file");
            _pulse.Acted(fingerprint);
            Show(null);
        }
        catch (Exception e) when (e is ConfigException or UserException)
        {
            _pulse.Acted(fingerprint); // until it changes again
            Show(PlaybookFile.Sentence(e));
        }
        catch (StoreException e)
        {
            Show(Printable.Of(e.Message, 2000)); // and the next look tries again
        }
    }

    /// <summary>On record first: what is in force must never be unknown to the ledger.</summary>
    private void Take(Playbook next, string actor)
    {
        var before = _now;
        if (next.Version() == before.Version()) return;
        _history.Take(next, Source, actor);
        _now = next;
        try
        {
            _changed?.Invoke();
        }
        catch
        {
            _now = before;
            throw;
        }

        LogTaken(_logger, next.Version(), before.Version(), Printable.Of(actor));
    }

    private void Show(string? problem)
    {
        if (problem is not null && problem != Problem) LogProblem(_logger, Printable.Of(Source), problem, Version);
        Problem = problem;
        _trouble.Set(problem is null ? 0 : 1);
    }

    private string Fingerprint()
    {
        try
        {
            return _path is null ? "" : Convert.ToHexStringLower(SHA256.HashData(PlaybookFile.Bytes(_path)));
        }
        catch (UserException e)
        {
            return e.Message;
        }
    }

    [LoggerMessage(LogLevel.Information, "Playbook {Version} is taken in place of {Before} (by {Actor})")]
    private static partial void LogTaken(ILogger logger, string version, string before, string actor);

    [LoggerMessage(LogLevel.Error, "The playbook {Source} cannot be used and {Version} stays in force: {Problem}")]
    private static partial void LogProblem(ILogger logger, string source, string problem, string version);
}
