using System.Net;

namespace AnomalyDetect.Bouncer.Feed;

/// <summary>The one way HTTP leaves the bouncer: no redirect, no ambient proxy, no cookies, and no more of an answer than was asked for.</summary>
internal sealed class OutboundHttp : IDisposable
{
    private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        Credentials = null,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        MaxResponseHeadersLength = 32,
        MaxResponseDrainSize = 64 << 10,
        ResponseDrainTimeout = TimeSpan.FromSeconds(2),
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
    });

    /// <exception cref="HttpRequestException">No answer came.</exception>
    /// <exception cref="IOException">The answer broke off, or is longer than <paramref name="mostBytes"/>.</exception>
    public async Task<(HttpStatusCode Status, ReadOnlyMemory<byte> Body)> SendAsync(HttpRequestMessage request, int mostBytes, CancellationToken cancellation)
    {
        using var response = await _invoker.SendAsync(request, cancellation).ConfigureAwait(false);
        return (response.StatusCode, await ReadAsync(response, mostBytes, cancellation).ConfigureAwait(false));
    }

    /// <summary>The answer as it comes, its body unread.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation) => _invoker.SendAsync(request, cancellation);

    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, int mostBytes, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentLength > mostBytes) throw new IOException($"the answer is longer than {mostBytes} bytes");
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var buffer = new byte[(int)Math.Min(response.Content.Headers.ContentLength ?? 4096, mostBytes) + 1];
        var length = 0;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellation).ConfigureAwait(false);
            if (read == 0) return buffer.AsMemory(0, length);
            length += read;
            if (length > mostBytes) throw new IOException($"the answer is longer than {mostBytes} bytes");
            if (length == buffer.Length) Array.Resize(ref buffer, (int)Math.Min(2L * buffer.Length, mostBytes + 1L));
        }
    }

    public void Dispose() => _invoker.Dispose();
}
