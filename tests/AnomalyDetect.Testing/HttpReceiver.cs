using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace AnomalyDetect.Testing;

/// <summary>A request as it came in, its body byte for byte.</summary>
public sealed record ReceivedRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>The header's value; headers are found in any case.</summary>
    public string this[string header] => Headers[header];
}

/// <summary>
/// A real HTTP/1.1 receiver on a free loopback port that keeps every request and answers as it is told, also in ways no decent server would. Spoken on plain
/// sockets, for a framework's server could not misbehave so.
/// </summary>
public sealed class HttpReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<HttpReply> _next = new();
    private readonly ConcurrentQueue<ReceivedRequest> _requests = new();
    private readonly ConcurrentDictionary<Task, bool> _connections = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2? _certificate;
    private TcpListener? _listener;
    private int _accepted;
    private int _open;
    private long _sent;

    private HttpReceiver(X509Certificate2? certificate)
    {
        _certificate = certificate;
        Listen(0);
    }

    public int Port { get; private set; }

    public string Url => $"{(_certificate is null ? "http" : "https")}://127.0.0.1:{Port}/hook";

    /// <summary>Given when nothing is queued; 200 unless told otherwise.</summary>
    public HttpReply Reply { get; set; } = HttpReply.Ok;

    /// <summary>In place of <see cref="Reply"/> and the queue: decides by the request.</summary>
    public Func<ReceivedRequest, HttpReply>? Decide { get; set; }

    public IReadOnlyList<ReceivedRequest> Requests => [.. _requests];

    /// <summary>Connections taken so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Connections that stand now.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Bytes of endless replies sent so far.</summary>
    public long EndlessBytes => Interlocked.Read(ref _sent);

    public static HttpReceiver Start() => new(certificate: null);

    /// <summary>Speaks TLS with a certificate nobody has reason to trust.</summary>
    public static HttpReceiver StartUntrustedTls()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        return new HttpReceiver(request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1)));
    }

    /// <summary>Queues replies for the next requests.</summary>
    public void Then(params HttpReply[] replies)
    {
        foreach (var reply in replies) _next.Enqueue(reply);
    }

    /// <summary>From now on connections are refused; those that stand go on.</summary>
    public void Refuse()
    {
        _listener?.Stop();
        _listener = null;
    }

    /// <summary>Ends a <see cref="Refuse"/>.</summary>
    public void AcceptAgain() => Listen(Port);

    /// <summary>Waits for the n-th request, at most <paramref name="seconds"/> s.</summary>
    public async Task<IReadOnlyList<ReceivedRequest>> WaitForAsync(int count, int seconds = 20)
    {
        await Wait.UntilAsync(() => _requests.Count >= count, $"{count} requests at the receiver", seconds);
        return Requests;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Refuse();
        await Task.WhenAll(_connections.Keys);
        _certificate?.Dispose();
        _stop.Dispose();
    }

    private void Listen(int port)
    {
        var listener = _listener = new TcpListener(IPAddress.Loopback, port);
        listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Track(AcceptAsync(listener));
    }

    private void Track(Task task)
    {
        _connections[task] = true;
        _ = task.ContinueWith(t => _connections.TryRemove(t, out _), TaskScheduler.Default);
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _accepted);
                Interlocked.Increment(ref _open);
                Track(ServeAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Refusing or disposed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            await using Stream stream = _certificate is null ? client.GetStream() : await SecureAsync(client);
            while (await HttpWire.ReadAsync(stream, _stop.Token) is { } request)
            {
                _requests.Enqueue(request);
                var reply = Decide?.Invoke(request) ?? (_next.TryDequeue(out var queued) ? queued : Reply);
                if (!await AnswerAsync(stream, reply)) return;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or System.Security.Authentication.AuthenticationException)
        {
            // The other side hung up, or the test is over.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task<Stream> SecureAsync(TcpClient client)
    {
        var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
        return stream;
    }

    /// <summary>False when the connection ends with this reply.</summary>
    private async Task<bool> AnswerAsync(Stream stream, HttpReply reply)
    {
        switch (reply)
        {
            case HttpReply.Answer answer:
                await stream.WriteAsync(HttpWire.Write(answer), _stop.Token);
                return true;
            case HttpReply.Hang:
                await Task.Delay(Timeout.Infinite, _stop.Token);
                return false;
            case HttpReply.Raw raw:
                await stream.WriteAsync(raw.Bytes, _stop.Token);
                return false;
            case HttpReply.EndlessBody endless:
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {endless.StatusCode} X\r\nContent-Type: text/plain\r\n\r\n"), _stop.Token);
                await EndlesslyAsync(stream, new byte[4096]);
                return false;
            case HttpReply.EndlessHeaders:
                await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray(), _stop.Token);
                await EndlesslyAsync(stream, Encoding.ASCII.GetBytes($"X-Filler: {new string('a', 1000)}\r\n"));
                return false;
            default:
                return false;
        }
    }

    private async Task EndlesslyAsync(Stream stream, byte[] piece)
    {
        while (true)
        {
            await stream.WriteAsync(piece, _stop.Token);
            Interlocked.Add(ref _sent, piece.Length);
        }
    }
}
