using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Garnet;

namespace AnomalyDetect.Testing;

/// <summary>
/// A real server of the Redis protocol (Garnet) in this process, on a free loopback port, in memory only. Scripts are on and atomic (transaction mode), as in
/// Redis. It can be stopped, which empties it, and started again on the same port.
/// </summary>
public sealed class GarnetHost : IDisposable
{
    private const int Tries = 20;
    private GarnetServer? _server;

    private GarnetHost()
    {
    }

    public int Port { get; private set; }

    /// <summary>A StackExchange.Redis configuration string.</summary>
    public string Configuration => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    public static GarnetHost Start()
    {
        var host = new GarnetHost();
        host.Listen(newPort: true);
        return host;
    }

    /// <summary>A free port with nobody there yet; <see cref="StartAgain"/> starts the server.</summary>
    public static GarnetHost Prepare() => new() { Port = FreePort() };

    /// <summary>Breaks all connections and forgets everything.</summary>
    public void Stop()
    {
        _server?.Dispose();
        _server = null;
    }

    /// <summary>Empty, on the same port.</summary>
    public void StartAgain() => Listen(newPort: false);

    public void Dispose() => Stop();

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
                    "--memory", "32m", "--page", "1m", "--index", "1m",
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
