using System.Threading.Channels;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Response.Bouncers;

/// <summary>Follows how far bouncers are, for as long as the service runs, and has recorded what all of them hold.</summary>
public sealed class BouncerWatch : IAsyncDisposable
{
    /// <summary>Between two looks: bouncers move on with every decision, and a look is a transaction.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Without news; for what is given up, and for bouncers that fall silent.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();
    private readonly IDecisionStore _decisions;
    private readonly TimeProvider _time;
    private readonly ResponseMetrics _metrics;
    private readonly ILogger _logger;
    private readonly BouncerVerification _verification;
    private Task? _running;

    public BouncerWatch(IBouncerStore store, IDecisionStore decisions, TimeProvider time, ResponseMetrics metrics, ILogger logger)
    {
        (_decisions, _time, _metrics, _logger) = (decisions, time, metrics, logger);
        Live = new LiveBouncers(store, time);
        _verification = new BouncerVerification(Live, decisions, store, time, metrics);
    }

    public LiveBouncers Live { get; }

    public void Start()
    {
        if (_running is not null) throw new InvalidOperationException("already started");
        Live.Moved += Wake;
        _running = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        Live.Moved -= Wake;
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_running is not null) await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private void Wake() => _news.Writer.TryWrite(true);

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                _verification.Round();
                _metrics.Bouncers(Live.Count(_decisions.FeedHead));
            }
            catch (Exception e)
            {
                ResponseLog.StoreFailed(_logger, "bouncers", Printable.Of(e.Message), Longest.TotalSeconds);
                await WaitAsync(Longest).ConfigureAwait(false);
            }

            using var news = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            await Task.WhenAny(Task.Delay(Longest, _time, news.Token), _news.Reader.ReadAsync(news.Token).AsTask()).ConfigureAwait(false);
            await news.CancelAsync().ConfigureAwait(false);
            await WaitAsync(Pause).ConfigureAwait(false);
        }
    }

    private async Task WaitAsync(TimeSpan wait) => await Task.Delay(wait, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
