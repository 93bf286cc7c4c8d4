using System.Globalization;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage;
using Prometheus;

namespace AnomalyDetect.Service.Http;

/// <summary>Alerts as they come, for whoever keeps a connection open.</summary>
public sealed partial class AlertStreamEndpoint(
    IAlertLog log, IApiKeyStore keys, AlertStreamOptions options, CollectorRegistry registry, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<AlertStreamEndpoint> logger)
{
    private readonly Gauge _clients = Metrics.WithCustomRegistry(registry).CreateGauge("anomalydetect_http_stream_clients", "Clients that follow the stream of alerts.");

    private readonly Counter _cutOff = Metrics.WithCustomRegistry(registry)
        .CreateCounter("anomalydetect_http_streams_cut_off_total", "Clients cut off the stream of alerts because they did not keep up.");

    private int _following;

    /// <summary>
    /// <c>GET /v1/alerts/stream?tenant=ID</c>: <c>text/event-stream</c>, from now on, or from behind <c>Last-Event-ID</c>. Events are <c>alert</c> (a revision, as recorded),
    /// <c>resolution</c> (by hand) and, as the last one, <c>cut_off</c>.
    /// </summary>
    public async Task<IResult> FollowAsync(HttpContext context, string? tenant = null)
    {
        var caller = context.Caller();
        if (tenant is not null && !caller.Sees(tenant)) return Problem.Result(403, "tenant_not_allowed", "This key may not read that tenant.");
        if (After(context.Request) is not { } after)
            return Problem.Result(400, "bad_parameter", "Last-Event-ID must be the id of an event of this stream; leave it out to begin with what comes next.");
        if (Interlocked.Increment(ref _following) > options.Clients)
        {
            Interlocked.Decrement(ref _following);
            return Problem.Result(503, "too_many_streams", $"{options.Clients} clients follow already; come again later, or list alerts.", TimeSpan.FromSeconds(30));
        }

        _clients.Set(Volatile.Read(ref _following));
        var stream = new AlertStream(log, t => caller.Sees(t) && (tenant ?? t) == t, () => keys.Opens(caller.SecretHash), options, time);
        log.Changed += stream.Pulse;
        try
        {
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers.CacheControl = "no-store";
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
            await stream.RunAsync(context.Response.Body, after, stop.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or StoreException)
        {
            // the client, the service or the store is going; the client comes again
        }
        finally
        {
            log.Changed -= stream.Pulse;
            _clients.Set(Interlocked.Decrement(ref _following));
            if (stream.CutOff) TellCutOff(caller);
        }

        return Results.Empty;
    }

    /// <summary>Null when the client says something that is no place in the log.</summary>
    private long? After(HttpRequest request)
    {
        var last = request.Headers["Last-Event-ID"];
        if (last.Count == 0) return log.Head;
        return last is [{ } text] && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var after) ? after : null;
    }

    private void TellCutOff(Caller caller)
    {
        _cutOff.Inc();
        LogCutOff(logger, caller.Key.Id, Printable.Of(caller.Key.Name));
    }

    [LoggerMessage(LogLevel.Warning, "A client with key {Key} ({Name}) took alerts more slowly than they came and was cut off the stream; it may go on where it was")]
    private static partial void LogCutOff(ILogger logger, string key, string name);
}
