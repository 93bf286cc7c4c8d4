using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AnomalyDetect.Testing;

/// <summary>
/// Stands between a client and a server on loopback, counts what the client sends, and lets a test act before it is passed on. It can be cut, and it can hold
/// up what it carries: held bytes get there later, even when their sender has given up.
/// </summary>
public sealed class TcpRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<TcpClient, bool> _clients = new();
    private readonly int _port;
    private readonly Task _accepting;
    private long _bytes;
    private volatile bool _cut;
    private volatile TaskCompletionSource? _held;
    private volatile TaskCompletionSource? _stuck;

    public TcpRelay(int port)
    {
        _port = port;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Sent by clients so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Called with each piece a client sends, before the server has it.</summary>
    public Func<ReadOnlyMemory<byte>, ValueTask>? Before { get; set; }

    /// <summary>Breaks every connection, and from now on those that are tried.</summary>
    public void Cut()
    {
        _cut = true;
        foreach (var client in _clients.Keys) client.Dispose();
    }

    /// <summary>Ends a <see cref="Cut"/>.</summary>
    public void Mend() => _cut = false;

    /// <summary>From now on nothing clients send gets through; it is kept, and their connections stand.</summary>
    public void Hold() => _held ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends a <see cref="Hold"/> for what is sent from now on over other connections; what is held stays so until <see cref="LetGo"/>.</summary>
    public void PassNew() => (_stuck, _held) = (_held, null);

    /// <summary>Ends a <see cref="Hold"/>: what was held goes on to the server.</summary>
    public void LetGo()
    {
        var (held, stuck) = (_held, _stuck);
        (_held, _stuck) = (null, null);
        held?.TrySetResult();
        stuck?.TrySetResult();
    }

    /// <summary>Waits until nothing more comes, and returns <see cref="Bytes"/>.</summary>
    public async Task<long> RestAsync()
    {
        const int Looks = 50;
        var (last, quiet) = (Bytes, 0);
        await Wait.UntilAsync(
            () =>
            {
                quiet = Bytes == last ? quiet + 1 : 0;
                last = Bytes;
                return quiet >= Looks;
            },
            "the client to fall silent");
        return last;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        LetGo();
        foreach (var client in _clients.Keys) client.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            TcpClient? client = null;
            try
            {
                client = await _listener.AcceptTcpClientAsync(_stop.Token);
                var server = new TcpClient();
                _clients[client] = _clients[server] = true;
                if (_cut) throw new SocketException((int)SocketError.ConnectionRefused);
                await server.ConnectAsync(IPAddress.Loopback, _port, _stop.Token);
                _ = PassOnAsync(client, server, counts: true);
                _ = PassOnAsync(server, client, counts: false);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The server is not there, or the test is over.
                client?.Dispose();
            }
        }
    }

    private async Task PassOnAsync(TcpClient from, TcpClient to, bool counts)
    {
        var buffer = new byte[64 << 10];
        try
        {
            while (await from.GetStream().ReadAsync(buffer, _stop.Token) is > 0 and var length)
            {
                if (counts)
                {
                    Interlocked.Add(ref _bytes, length);
                    if (Before is { } before) await before(buffer.AsMemory(0, length));
                    if (_held is { } held) await held.Task;
                }

                await to.GetStream().WriteAsync(buffer.AsMemory(0, length), _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // One side is gone.
        }

        // What the one side sent before it went away has been passed on; answers to it have nowhere to go.
        from.Dispose();
        to.Dispose();
        _clients.TryRemove(from, out _);
        _clients.TryRemove(to, out _);
    }
}
