using System.Buffers;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Service.Http;

/// <summary>
/// One client's stream of Server-Sent Events (WHATWG HTML, 9.2): <c>event: alert</c> with a revision as recorded, <c>event: resolution</c> with a resolution by hand. The
/// <c>id</c> is a place in the store's log, so a client that comes again with <c>Last-Event-ID</c> misses nothing, whatever was restarted meanwhile.
/// </summary>
/// <remarks>
/// One loop reads the store into a bounded buffer, another writes it out. When the buffer stays full for <see cref="AlertStreamOptions.Patience"/> reading ends, and the last
/// event, behind those that wait, is <c>cut_off</c>.
/// </remarks>
/// <param name="sees">Whether the client may see a tenant, and wants to.</param>
/// <param name="mayGoOn">Asked before every look at the store: a key that was revoked or has run out, or a text of it whose grace after a rotation is over, ends the stream.</param>
internal sealed class AlertStream(IAlertLog log, Func<string, bool> sees, Func<bool> mayGoOn, AlertStreamOptions options, TimeProvider time)
{
    private const int Page = 200;

    /// <summary>What is recorded within so long is read at once.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(50);
    private readonly Channel<Item> _waiting = Channel.CreateBounded<Item>(new BoundedChannelOptions(options.Buffered) { SingleReader = true, SingleWriter = true });
    private readonly Channel<bool> _pulses = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>The client was too slow and was told so.</summary>
    public bool CutOff { get; private set; }

    /// <summary>There may be something new in the log. Does not block.</summary>
    public void Pulse() => _pulses.Writer.TryWrite(true);

    /// <summary>Ends when the client is cut off, or with <paramref name="stop"/>.</summary>
    /// <param name="after">The place after which to begin.</param>
    public async Task RunAsync(Stream output, long after, CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var reading = ReadAsync(after, ended.Token);
        try
        {
            await WriteAsync(output, after, stop);
        }
        finally
        {
            await ended.CancelAsync();
            await reading;
        }
    }

    private async Task ReadAsync(long position, CancellationToken stop)
    {
        Exception? failure = null;
        try
        {
            var full = true;
            var told = time.GetTimestamp();
            while (mayGoOn())
            {
                var entries = log.Read(position, Page);
                full = entries.Count == Page;
                var passed = position;
                foreach (var entry in entries)
                {
                    passed = entry.Sequence;
                    if (!sees(entry.TenantId)) continue;
                    if (!await OfferAsync(new Item(entry.Sequence, entry), stop)) return;
                    told = time.GetTimestamp();
                }

                // How far it is, where there was nothing for it: so that it does not begin there again.
                position = passed;
                if (full) continue;
                if (time.GetElapsedTime(told) >= options.Heartbeat)
                {
                    if (!await OfferAsync(new Item(position, null), stop)) return;
                    told = time.GetTimestamp();
                }

                await WaitAsync(options.Heartbeat - time.GetElapsedTime(told), stop);
            }
        }
        catch (OperationCanceledException)
        {
            // the client or the service is going
        }
        catch (Exception e)
        {
            failure = e; // the writer's to tell
        }
        finally
        {
            _waiting.Writer.TryComplete(failure);
        }
    }

    /// <summary>For news, or for the next heartbeat.</summary>
    private async Task WaitAsync(TimeSpan heartbeat, CancellationToken stop)
    {
        if (heartbeat <= TimeSpan.Zero) return;
        using var due = new CancellationTokenSource(heartbeat, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, due.Token);
        try
        {
            await _pulses.Reader.ReadAsync(either.Token);
            await Task.Delay(Gathering, time, stop);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // the heartbeat
        }
    }

    private async Task<bool> OfferAsync(Item item, CancellationToken stop)
    {
        while (!_waiting.Writer.TryWrite(item))
        {
            using var patience = new CancellationTokenSource(options.Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
            try
            {
                await _waiting.Writer.WaitToWriteAsync(either.Token);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                CutOff = true;
                return false;
            }
        }

        return true;
    }

    private async Task WriteAsync(Stream output, long after, CancellationToken stop)
    {
        // The place to begin at, so that a connection that breaks before the first event loses nothing either.
        await SendAsync(output, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"retry: 2000\nid: {after}\n\n")), stop);
        await foreach (var item in _waiting.Reader.ReadAllAsync(stop)) await SendAsync(output, item.Text(), stop);
        if (CutOff) await SendAsync(output, "event: cut_off\ndata: {\"reason\":\"This client takes events more slowly than they come; connect again with Last-Event-ID to go on.\"}\n\n"u8.ToArray(), stop);
    }

    private static async Task SendAsync(Stream output, ReadOnlyMemory<byte> text, CancellationToken stop)
    {
        await output.WriteAsync(text, stop);
        await output.FlushAsync(stop);
    }

    /// <param name="Entry">Null: only how far it is. An event without data is not dispatched, but its id counts.</param>
    private readonly record struct Item(long Sequence, AlertLogEntry? Entry)
    {
        public ReadOnlyMemory<byte> Text()
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"id: {Sequence}\n");
            if (Entry is not { } entry) return Encoding.UTF8.GetBytes(id + ": still here\n\n");
            var text = new ArrayBufferWriter<byte>(entry.Json.Length + 64);
            text.Write(Encoding.UTF8.GetBytes($"{id}event: {(entry.Kind == AlertLogKind.Alert ? "alert" : "resolution")}\ndata: "));
            text.Write(entry.Json.Span); // JSON as recorded holds no line break
            text.Write("\n\n"u8);
            return text.WrittenMemory;
        }
    }
}
