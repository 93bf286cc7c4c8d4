using System.Net;
using System.Net.Http.Headers;
using System.Threading.Channels;
using Microsoft.Extensions.Options;

namespace AnomalyDetect.Bouncer.Sample;

/// <summary>
/// Sends events to <c>POST /v1/events</c>, with the bouncer's own key (which needs the role <c>ingest</c> too). No request waits for it: what the queue cannot hold is dropped
/// and said, and what got no 202 is sent again, which is safe because an event's id counts once.
/// </summary>
internal sealed partial class TelemetryQueue(IOptions<BouncerOptions> options, ILogger<TelemetryQueue> logger) : BackgroundService
{
    private const int Held = 10_000;
    private const int AtOnce = 500;
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private readonly Channel<byte[]> _events = Channel.CreateBounded<byte[]>(Held);
    private int _saidFull;

    public void Add(byte[] line)
    {
        if (!_events.Writer.TryWrite(line) && Interlocked.Exchange(ref _saidFull, 1) == 0) LogFull(logger, Held);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var http = new HttpClient { BaseAddress = options.Value.Service, Timeout = TimeSpan.FromSeconds(30) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", options.Value.ApiKey);
        using var body = new MemoryStream();
        while (await _events.Reader.WaitToReadAsync(stoppingToken))
        {
            body.SetLength(0);
            for (var i = 0; i < AtOnce && _events.Reader.TryRead(out var line); i++)
            {
                body.Write(line);
                body.WriteByte((byte)'\n');
            }

            while (!await IsTakenAsync(http, body.ToArray(), stoppingToken)) await Task.Delay(Again, stoppingToken);
            Interlocked.Exchange(ref _saidFull, 0);
        }
    }

    /// <summary>Taken, or never to be: only what may still be taken is sent again.</summary>
    private async Task<bool> IsTakenAsync(HttpClient http, byte[] body, CancellationToken stop)
    {
        try
        {
            using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-ndjson") } };
            using var answer = await http.PostAsync("/v1/events", content, stop);
            if (answer.IsSuccessStatusCode) return true;
            LogRefused(logger, (int)answer.StatusCode);
            return answer.StatusCode is not HttpStatusCode.TooManyRequests && (int)answer.StatusCode < 500;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            LogAway(logger, e.Message);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "More than {Held} events wait to be sent: further ones are dropped")]
    private static partial void LogFull(ILogger logger, int held);

    [LoggerMessage(LogLevel.Warning, "AnomalyDetect answered {Status} to events (403: the key lacks the role ingest)")]
    private static partial void LogRefused(ILogger logger, int status);

    [LoggerMessage(LogLevel.Warning, "AnomalyDetect is not reached, events wait: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);
}
