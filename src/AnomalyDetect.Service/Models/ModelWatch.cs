using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Learning;
using AnomalyDetect.Learning.Registry;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Storage;

namespace AnomalyDetect.Service.Models;

/// <summary>
/// Keeps the model in force: looks at the registry's manifest now and then, and has the lanes take a new champion. Whatever is wrong with one, the model in force
/// stays, the log says why, and each look tries again. A <c>model_file</c> in the configuration is never replaced.
/// </summary>
public sealed partial class ModelWatch : IAsyncDisposable
{
    private readonly Lock _looking = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Settings _settings;
    private readonly ModelRegistry _registry;
    private readonly ModelMetrics _metrics;
    private readonly ILogger _logger;
    private readonly ManifestPulse _pulse;
    private readonly Func<Playbook>? _playbook;
    private readonly Func<IReadOnlyList<AlertException>>? _exceptions;
    private volatile ModelInForce _now;
    private Action<EngineOptions>? _reconfigure;
    private Task _watching = Task.CompletedTask;

    /// <param name="playbook">The one in force; null: the configured one.</param>
    /// <param name="exceptions">Those in force; null: the configured ones.</param>
    public ModelWatch(
        Settings settings, ModelRegistry registry, ModelMetrics metrics, ILogger logger, Func<Playbook>? playbook = null, Func<IReadOnlyList<AlertException>>? exceptions = null)
    {
        (_playbook, _exceptions) = (playbook, exceptions);
        (_settings, _registry, _metrics, _logger) = (settings, registry, metrics, logger);
        _pulse = new ManifestPulse(registry.Fingerprint());
        _now = ModelInForce.Of(settings, registry);
        if (_now.Problem is { } problem) LogProblem(logger, Printable.Of(problem, 2000), _now.Id);
        metrics.Show(_now);
    }

    public ModelInForce Now => _now;

    /// <summary>The configured options with the models in force.</summary>
    public EngineOptions Engine => EngineOf(_now);

    /// <param name="reconfigure">Has the lanes take other options.</param>
    public void Start(Action<EngineOptions> reconfigure, TimeProvider time)
    {
        _reconfigure = reconfigure;
        _watching = WatchAsync(time);
    }

    /// <summary>Looks at once, whatever was seen before: after a change made through the API.</summary>
    public void Refresh()
    {
        lock (_looking) Act();
    }

    /// <summary>Has the lanes take the options as they are now: after something else of them has changed.</summary>
    /// <exception cref="StoreException">The store cannot keep them; nothing has changed.</exception>
    public void Reapply()
    {
        lock (_looking) _reconfigure?.Invoke(Engine);
    }

    /// <summary>One look of many.</summary>
    internal void Look()
    {
        lock (_looking)
            if (_pulse.IsDue(_registry.Fingerprint()) || _now.Problem is not null) Act();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(_settings.Written.Models.Poll, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token)) Look();
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
    }

    private void Act()
    {
        var fingerprint = _registry.Fingerprint();
        var next = Next();
        try
        {
            if (next.Id != _now.Id || next.ShadowId != _now.ShadowId) Take(next);
            else Show(next);
            _pulse.Acted(fingerprint);
        }
        catch (StoreException e)
        {
            // The next look finds the manifest still unacted on.
            Show(_now with { Problem = e.Message });
        }
    }

    /// <summary>The champion, or what is in force with the reason why it stays.</summary>
    private ModelInForce Next()
    {
        try
        {
            var manifest = _registry.Manifest(out var problem);
            var shadow = _registry.ShadowOf(manifest, ref problem);
            if (_now.Source == ModelSource.Configuration) return new ModelInForce(_now.Model, ModelSource.Configuration, shadow, problem);
            var model = manifest.Champion == RegistryManifest.BuiltIn ? _settings.Engine.Model ?? ModelFile.ReadDefault() : _registry.Load(manifest.Champion);
            return ModelInForce.OfRegistry(_registry, manifest.Champion, model, shadow, problem);
        }
        catch (ModelException e)
        {
            return _now with { Problem = e.Message };
        }
    }

    private void Take(ModelInForce next)
    {
        _reconfigure?.Invoke(EngineOf(next));
        LogTaken(_logger, next.Id, next.Source, next.ShadowId ?? "none", _now.Id);
        _metrics.Changed();
        Show(next);
    }

    private EngineOptions EngineOf(ModelInForce models) => _settings.Engine with
    {
        Model = models.Model,
        Shadow = models.Shadow,
        Playbook = _playbook?.Invoke() ?? _settings.Engine.Playbook,
        Detection = _settings.Engine.Detection with { Exceptions = _exceptions?.Invoke() ?? _settings.Engine.Detection.Exceptions },
    };

    private void Show(ModelInForce next)
    {
        if (next.Problem is { } problem && problem != _now.Problem) LogProblem(_logger, Printable.Of(problem, 2000), next.Id);
        if (next.Problem is null && _now.Problem is not null) LogWell(_logger);
        _now = next;
        _metrics.Show(next);
    }

    [LoggerMessage(LogLevel.Information, "Model {Id} ({Source}) with shadow {Shadow} is taken in place of {Before}")]
    private static partial void LogTaken(ILogger logger, string id, ModelSource source, string shadow, string before);

    [LoggerMessage(LogLevel.Error, "{Problem} Model {Id} is in force")]
    private static partial void LogProblem(ILogger logger, string problem, string id);

    [LoggerMessage(LogLevel.Information, "The model registry is in order again")]
    private static partial void LogWell(ILogger logger);
}
