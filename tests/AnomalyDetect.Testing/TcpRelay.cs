using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AnomalyDetect.Testing;

/// <summary>Stands between a client and a server on loopback, counts what the client sends, and lets a test act before it is passed on.</summary>
public sealed class TcpRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private readonly int _port;
    private readonly Task _accepting;
    private long _bytes;

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
    public Action<ReadOnlyMemory<byte>>? Before { get; set; }

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
        foreach (var client in _clients) client.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                var server = new TcpClient();
                _clients.Add(client);
                _clients.Add(server);
                await server.ConnectAsync(IPAddress.Loopback, _port, _stop.Token);
                _ = PassOnAsync(client, server, counts: true);
                _ = PassOnAsync(server, client, counts: false);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The server is not there, or the test is over.
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
                    Before?.Invoke(buffer.AsMemory(0, length));
                }

                await to.GetStream().WriteAsync(buffer.AsMemory(0, length), _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // One side is gone.
        }

        from.Dispose();
        to.Dispose();
    }
}
