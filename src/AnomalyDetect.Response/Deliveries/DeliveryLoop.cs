using System.Threading.Channels;
using AnomalyDetect.Core;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Response.Deliveries;

/// <summary>Works one queue until stopped: at once when told, else when something falls due, and never in a tight circle.</summary>
internal sealed class DeliveryLoop(DeliveryQueue queue, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public DeliveryQueue Queue => queue;

    /// <summary>There may be work. Never blocks.</summary>
    public void Wake() => _news.Writer.TryWrite(true);

    public async Task RunAsync(CancellationToken stopping, CancellationToken abort)
    {
        var faults = 0;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var next = await queue.WorkAsync(abort).ConfigureAwait(false);
                faults = 0;
                if (next is { } at && at == DateTime.MinValue) continue;
                await WaitAsync(next, heedNews: true, stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested || abort.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Not for long: what is decided meanwhile waits to be enforced.
                var wait = TimeSpan.FromSeconds(Math.Min(8, Math.Pow(2, faults++)));
                ResponseLog.StoreFailed(logger, queue.Target.Name, Printable.Of(e.Message), wait.TotalSeconds);
                await WaitAsync(time.GetUtcNow().UtcDateTime + wait, heedNews: false, stopping).ConfigureAwait(false);
            }
        }
    }

    private async Task WaitAsync(DateTime? until, bool heedNews, CancellationToken stopping)
    {
        var wait = until - time.GetUtcNow().UtcDateTime ?? Longest;
        wait = wait < Shortest ? Shortest : wait > Longest ? Longest : wait;
        using var done = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var delay = Task.Delay(wait, time, done.Token);
        if (heedNews) await Task.WhenAny(delay, _news.Reader.ReadAsync(done.Token).AsTask()).ConfigureAwait(false);
        else await Task.WhenAny(delay).ConfigureAwait(false);
        await done.CancelAsync().ConfigureAwait(false);
    }
}
