using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Garnet;
using StackExchange.Redis;

namespace AnomalyDetect.Testing;

/// <summary>
/// A real server of the Redis protocol (Garnet) in this process, on a free loopback port. Scripts are on and atomic (transaction mode), as in Redis. It can be
/// stopped and started again on the same port: empty, or with what it held where it was given a directory for its log.
/// </summary>
public sealed class GarnetHost : IDisposable
{
    private const int Tries = 20;
    private const int Patience = 30_000; // ms
    private readonly string? _kept;
    private GarnetServer? _server;

    private GarnetHost(string? kept = null) => _kept = kept;

    public int Port { get; private set; }

    /// <summary>A StackExchange.Redis configuration string.</summary>
    public string Configuration => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>
    /// A test's own client, to be used asynchronously: the server works on this process's thread pool, and whoever blocks a thread of it may wait for himself. It is
    /// patient, as a machine under load is no reason to fail.
    /// </summary>
    /// <param name="abort">Fails where the server is not there; otherwise connects when it is.</param>
    public Task<ConnectionMultiplexer> ConnectAsync(bool abort = true) =>
        ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions
        {
            EndPoints = { Configuration },
            AllowAdmin = true,
            AbortOnConnectFail = abort,
            AsyncTimeout = Patience,
            SyncTimeout = Patience,
        });

    /// <param name="kept">A directory for its log, with which it keeps what it holds over a stop; null: in memory only.</param>
    public static GarnetHost Start(string? kept = null)
    {
        var host = new GarnetHost(kept);
        host.Listen(newPort: true);
        return host;
    }

    /// <summary>A free port with nobody there yet; <see cref="StartAgain"/> starts the server.</summary>
    public static GarnetHost Prepare() => new() { Port = FreePort() };

    /// <summary>Breaks all connections, and forgets everything where it keeps no log.</summary>
    public void Stop()
    {
        _server?.Dispose();
        _server = null;
    }

    /// <summary>On the same port.</summary>
    public void StartAgain() => Listen(newPort: false);

    /// <summary>As <see cref="StartAgain"/>, having lost what its log kept.</summary>
    public void StartAgainEmpty()
    {
        if (_kept is not null) Directory.Delete(_kept, recursive: true);
        StartAgain();
    }

    public void Dispose() => Stop();

    /// <summary>Each command is in the log before it is answered. The device is .NET's own file access: the native one needs a library machines may lack.</summary>
    private string[] Log => _kept is null
        ? []
        : ["--aof", "--aof-commit-wait", "--aof-memory", "32m", "--aof-page-size", "4m", "--recover", "--checkpointdir", _kept, "--device-type", "RandomAccess"];

    private void Listen(bool newPort)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (newPort) Port = FreePort();
            GarnetServer? server = null;
            try
            {
                server = new GarnetServer(
                [
                    "--bind", "127.0.0.1", "--port", Port.ToString(CultureInfo.InvariantCulture), "--lua", "--lua-transaction-mode", "true",
                    "--memory", "32m", "--page", "1m", "--index", "1m", .. Log,
                ]);
                server.Start();
                _server = server;
                return;
            }
            catch (Exception e) when (attempt < Tries && e.GetBaseException() is SocketException)
            {
                // Somebody took the port between finding and using it, or the old listener is not gone yet.
                server?.Dispose();
                Thread.Sleep(50);
            }
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
