using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Response.Deliveries;
using AnomalyDetect.Response.Options;

namespace AnomalyDetect.Response.Webhooks;

/// <summary>
/// Sends alerts by Standard Webhooks 1.0. 2xx is success whatever body follows; 410 ends it; 429, 502, 503 and 504 ask for rest; everything else, redirects
/// among it, is a failure worth another try.
/// </summary>
internal sealed class WebhookTarget : IDeliveryTarget
{
    private readonly WebhookOptions _options;
    private readonly Uri _url;
    private readonly StandardWebhookSigner _signer;
    private readonly HttpMessageInvoker _http;
    private readonly TimeProvider _time;

    public WebhookTarget(WebhookOptions options, TimeProvider time, NameResolver? resolve = null)
    {
        _options = options;
        _url = new Uri(options.Url);
        _signer = new StandardWebhookSigner(options.Secrets);
        _http = OutboundHttp.Create(new DialPolicy([.. options.AllowedRanges.Select(AddressRange.Parse)]), resolve);
        _time = time;
    }

    public string Name => _options.Name;

    public TargetKind Kind => TargetKind.Webhook;

    public int MaxInFlight => _options.MaxInFlight;

    public bool KeepsOrder => false;

    public DateTime? NextCheck => null;

    public event Action? Reachable
    {
        add { }
        remove { }
    }

    public Task<bool> PrepareAsync(CancellationToken abort) => Task.FromResult(false);

    public async Task<AttemptResult> SendAsync(Delivery delivery, CancellationToken abort)
    {
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(abort, timeout.Token);
        try
        {
            using var request = Request(delivery);
            using var response = await _http.SendAsync(request, either.Token).ConfigureAwait(false);
            return Judge(response);
        }
        catch (OperationCanceledException) when (!abort.IsCancellationRequested)
        {
            return new AttemptResult(
                AttemptOutcome.Failed, timeout.IsCancellationRequested ? $"no answer within {_options.Timeout.TotalSeconds:0} s" : "could not connect in time");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            return new AttemptResult(AttemptOutcome.Failed, Explain(e));
        }
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private HttpRequestMessage Request(Delivery delivery)
    {
        var timestamp = _time.GetUtcNow().ToUnixTimeSeconds();
        var content = new ReadOnlyMemoryContent(delivery.Body);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = content };
        request.Headers.TryAddWithoutValidation("User-Agent", OutboundHttp.UserAgent);
        request.Headers.TryAddWithoutValidation("webhook-id", delivery.SubjectId);
        request.Headers.TryAddWithoutValidation("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("webhook-signature", _signer.Sign(delivery.SubjectId, timestamp, delivery.Body.Span));
        return request;
    }

    private AttemptResult Judge(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode) return new AttemptResult(AttemptOutcome.Delivered, $"answered {status}");
        if (response.StatusCode == HttpStatusCode.Gone) return new AttemptResult(AttemptOutcome.Gone, "answered 410: it wants no more messages");
        var text = status is >= 300 and < 400 ? $"answered {status}: redirects are not followed" : $"answered {status}";
        var retryAfter = RetryAfter.Read(response.Headers, _time.GetUtcNow());
        var rest = status is 429 or 502 or 503 or 504;
        return new AttemptResult(rest ? AttemptOutcome.SlowDown : AttemptOutcome.Failed, text, retryAfter);
    }

    // Only words of ours: messages of the framework may repeat the URL, which may hold a token.
    private static string Explain(Exception e)
    {
        for (var at = e; at is not null; at = at.InnerException)
        {
            if (at is DialRefusedException refused) return $"not dialled: {refused.Message}";
            if (at is SocketException socket) return $"could not connect: {socket.SocketErrorCode}";
        }

        return e is HttpRequestException http ? $"no usable answer: {http.HttpRequestError}" : "the connection broke off";
    }
}
