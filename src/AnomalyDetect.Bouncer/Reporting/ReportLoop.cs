using AnomalyDetect.Bouncer.Feed;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AnomalyDetect.Bouncer.Reporting;

/// <summary>Reports every <see cref="BouncerOptions.ReportEvery"/>, and once more when the application stops.</summary>
internal sealed class ReportLoop(IOptions<BouncerOptions> options, EnforcementReporter reporter, TimeProvider time, ILogger<ReportLoop> logger) : BackgroundService
{
    private static readonly TimeSpan AtTheEnd = TimeSpan.FromSeconds(2);

    private readonly Backoff _backoff = new(options.Value.RetryMax, Random.Shared.NextDouble);
    private string? _said;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.ReportEnforcement) return;
        var wait = options.Value.ReportEvery;
        while (true)
        {
            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested) break;
            wait = await RoundAsync(stoppingToken).ConfigureAwait(false);
        }

        using var last = new CancellationTokenSource(AtTheEnd, time);
        await RoundAsync(last.Token).ConfigureAwait(false);
    }

    private async Task<TimeSpan> RoundAsync(CancellationToken cancellation)
    {
        try
        {
            await reporter.ReportAsync(cancellation).ConfigureAwait(false);
            _backoff.Succeeded();
            _said = null;
            return options.Value.ReportEvery;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return TimeSpan.Zero;
        }
        catch (Exception e)
        {
            var failure = e as FeedException ?? new FeedException($"reporting failed ({e.GetType().Name})", Retry.Slowly, e);
            if (failure is RefusedException) BouncerLog.ReportDropped(logger, failure.Message);
            else if (_said != failure.Message) BouncerLog.NotReported(logger, _said = failure.Message);
            var wait = _backoff.Failed(failure.Retry, failure.RetryAfter);
            return wait > options.Value.ReportEvery ? wait : options.Value.ReportEvery;
        }
    }
}
