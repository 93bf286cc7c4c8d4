using System.Collections.Concurrent;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage;

namespace AnomalyDetect.Service.Http;

/// <summary>
/// When each key was last used, to the minute. A request only marks it; the store is told once in a while, and at the end. What was not told when the process died
/// is lost, which is why it is for people and decides nothing.
/// </summary>
public sealed class KeyUsage(IApiKeyStore store, TimeProvider time) : IAsyncDisposable
{
    /// <summary>How often the store is told.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(2);

    // As many as there are keys.
    private readonly ConcurrentDictionary<string, DateTime> _marked = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private Task _telling = Task.CompletedTask;

    public void Start() => _telling = TellAsync();

    public void Mark(string id)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var minute = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMinute));
        if (!_marked.TryGetValue(id, out var last) || last < minute) _marked[id] = minute;
    }

    /// <summary>As marked since the store was last told; null: not since.</summary>
    public DateTime? Of(string id) => _marked.TryGetValue(id, out var at) ? at : null;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _telling;
        Tell();
        _stop.Dispose();
    }

    private async Task TellAsync()
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token)) Tell();
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
    }

    private void Tell()
    {
        var told = _marked.ToArray();
        if (told.Length == 0) return;
        try
        {
            store.Used(told.ToDictionary(StringComparer.Ordinal));
        }
        catch (StoreException)
        {
            return; // they stay marked, and the next time tells them
        }

        foreach (var mark in told) _marked.TryRemove(mark);
    }
}
