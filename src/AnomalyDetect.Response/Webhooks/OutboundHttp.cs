using System.Net;
using System.Net.Sockets;

namespace AnomalyDetect.Response.Webhooks;

/// <summary>Resolves a host name or address literal.</summary>
public delegate Task<IPAddress[]> NameResolver(string host, CancellationToken cancellation);

/// <summary>
/// The one way HTTP leaves the product. It checks the very address it dials (a name is resolved once, judged and dialled, so that a second answer cannot
/// slip in), follows no redirect, uses no ambient proxy, keeps no cookies, sends no trace headers and bounds what it takes in. TLS is validated as ever.
/// </summary>
public static class OutboundHttp
{
    public const string UserAgent = "AnomalyDetect/0.1";

    private const int HeaderKilobytes = 32;
    private const int DrainBytes = 64 * 1024;

    /// <summary>The response comes back with its headers; its body, which nobody reads, is drained up to 64 KiB and 2 s when disposed, then cut off.</summary>
    public static HttpMessageInvoker Create(DialPolicy policy, NameResolver? resolve = null)
    {
        resolve ??= Dns.GetHostAddressesAsync;
        return new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            Credentials = null,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = HeaderKilobytes,
            MaxResponseDrainSize = DrainBytes,
            ResponseDrainTimeout = TimeSpan.FromSeconds(2),
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            ConnectCallback = (context, cancellation) => ConnectAsync(context, policy, resolve, cancellation),
        });
    }

    private static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, DialPolicy policy, NameResolver resolve, CancellationToken cancellation)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var tls = context.InitialRequestMessage.RequestUri?.Scheme == Uri.UriSchemeHttps;
        var addresses = await resolve(host, cancellation).ConfigureAwait(false);
        Exception? failure = null;
        string? refusal = null;
        foreach (var address in addresses)
        {
            if (policy.Refusal(address, tls) is { } reason)
            {
                refusal ??= reason;
                continue;
            }

            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), cancellation).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception e)
            {
                socket.Dispose();
                if (e is not SocketException) throw;
                failure = e;
            }
        }

        throw failure ?? new DialRefusedException(refusal ?? "its name has no address");
    }
}
