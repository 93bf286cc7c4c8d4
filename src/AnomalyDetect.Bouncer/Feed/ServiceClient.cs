using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace AnomalyDetect.Bouncer.Feed;

/// <summary>Calls to the AnomalyDetect service. The key is read anew for each, so that it can be rotated by reloading the configuration; it goes nowhere but into the header.</summary>
internal sealed class ServiceClient(IOptionsMonitor<BouncerOptions> options, OutboundHttp http, TimeProvider time)
{
    private const int MaxReceipt = 64 << 10;

    /// <summary>This run of this bouncer, as the service tells it from others.</summary>
    public string Instance { get; } = Guid.NewGuid().ToString("n");

    /// <param name="applied">Up to where what is judged by now holds everything; null before the first copy is whole.</param>
    /// <param name="missing">Decisions it lacks even so.</param>
    /// <exception cref="FeedException">It did not answer, or not as it should.</exception>
    public async Task<FeedPage> FeedAsync(long after, TimeSpan wait, long? applied, int missing, CancellationToken cancellation)
    {
        var o = options.CurrentValue;
        var query = string.Create(
            CultureInfo.InvariantCulture,
            $"v1/decisions?after={after}&wait={(int)wait.TotalSeconds}&limit={o.PageSize}{(o.CountDryRuns ? "&simulated=true" : "")}&instance={Instance}{(applied is { } at ? $"&applied={at}&missing={missing}" : "")}");
        return FeedPage.Parse(await CallAsync(o, HttpMethod.Get, query, null, wait + o.Timeout, o.MaxAnswerBytes, cancellation).ConfigureAwait(false));
    }

    /// <exception cref="FeedException">It was not taken in, or nobody knows.</exception>
    public async Task ReportAsync(ReadOnlyMemory<byte> report, CancellationToken cancellation)
    {
        var o = options.CurrentValue;
        var content = new ReadOnlyMemoryContent(report) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        await CallAsync(o, HttpMethod.Post, "v1/decisions/enforced", content, o.Timeout, MaxReceipt, cancellation).ConfigureAwait(false);
    }

    private async Task<ReadOnlyMemory<byte>> CallAsync(
        BouncerOptions o, HttpMethod method, string path, HttpContent? content, TimeSpan limit, int mostBytes, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(new Uri(o.Service!.AbsoluteUri.TrimEnd('/') + '/'), path)) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", o.ApiKey);
        using var timeout = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            using var response = await http.SendAsync(request, both.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode) throw Refused(response);
            return await OutboundHttp.ReadAsync(response, mostBytes, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new FeedException("it did not answer in time", Retry.Soon, e);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException) // a connection reset while it is made comes out bare
        {
            throw new FeedException(e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } ? "TLS with it failed" : "it cannot be reached", Retry.Soon, e);
        }
        catch (IOException e)
        {
            throw new FeedException("its answer broke off or is too long", Retry.Soon, e);
        }
    }

    private FeedException Refused(HttpResponseMessage response)
    {
        var asked = response.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - time.GetUtcNow() : null;
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => new FeedException("it does not know the key (401); check ApiKey", Retry.Slowly),
            HttpStatusCode.Forbidden => new FeedException("the key lacks the role enforcer (403)", Retry.Slowly),
            HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.RequestEntityTooLarge =>
                new RefusedException($"it does not take the call ({(int)response.StatusCode}); check Service and both versions"),
            _ => new FeedException($"it answered {(int)response.StatusCode}", Retry.Soon, null, asked),
        };
    }
}
