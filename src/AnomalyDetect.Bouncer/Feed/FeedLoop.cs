using AnomalyDetect.Bouncer.Decisions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AnomalyDetect.Bouncer.Feed;

/// <summary>Follows the feed for as long as the application runs, and says when it cannot.</summary>
internal sealed class FeedLoop(
    IOptions<BouncerOptions> options, FeedFollower follower, DecisionCopy copy, FeedState state, BouncerMetrics metrics, TimeProvider time, ILogger<FeedLoop> logger) : BackgroundService
{
    /// <summary>Against a service that answers at once with nothing.</summary>
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Backoff _backoff = new(options.Value.RetryMax, Random.Shared.NextDouble);
    private readonly long _started = time.GetTimestamp();
    private string? _said;
    private bool _saidAway;
    private bool _saidFull;

    /// <summary>Ends with the first copy, or when <see cref="BouncerOptions.StartupWait"/> is over.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
        if (options.Value.StartupWait == TimeSpan.Zero) return;
        await _first.Task.WaitAsync(options.Value.StartupWait, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = await RoundAsync(stoppingToken).ConfigureAwait(false);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<TimeSpan> RoundAsync(CancellationToken stopping)
    {
        var began = time.GetTimestamp();
        try
        {
            var changed = await follower.AdvanceAsync(stopping).ConfigureAwait(false);
            state.Succeeded();
            _backoff.Succeeded();
            _first.TrySetResult();
            SayBack();
            return changed || time.GetElapsedTime(began) >= LeastPause ? TimeSpan.Zero : LeastPause;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return TimeSpan.Zero;
        }
        catch (Exception e)
        {
            var failure = e as FeedException ?? new FeedException($"following it failed ({e.GetType().Name})", Retry.Slowly, e);
            metrics.Failed();
            state.Failed(failure.Message);
            follower.Sweep();
            SayTrouble(failure);
            return _backoff.Failed(failure.Retry, failure.RetryAfter);
        }
    }

    private void SayTrouble(FeedException failure)
    {
        if (_said != failure.Message) BouncerLog.Trouble(logger, _said = failure.Message);
        if (_saidAway || !state.IsAway || state.Age is null && !IsLongAgo()) return;
        _saidAway = true;
        BouncerLog.Away(logger, failure.Message, options.Value.WhenAway == AwayPolicy.FailClosed ? "all requests are refused" : "requests pass unless a decision held is still in force");
    }

    private void SayBack()
    {
        var full = copy.Table.TurnedAway > 0;
        if (full && !_saidFull) BouncerLog.Full(logger, options.Value.MaxDecisions);
        _saidFull = full;
        if (_said is not null) BouncerLog.Back(logger);
        (_said, _saidAway) = (null, false);
    }

    /// <summary>Before the first copy it is away from the first failure on where it is to fail closed, for then it matters at once.</summary>
    private bool IsLongAgo() => options.Value.WhenAway == AwayPolicy.FailClosed || time.GetElapsedTime(_started) > options.Value.AwayAfter;
}
