using System.Buffers;
using System.Net.Http.Headers;
using AnomalyDetect.Simulation;

namespace AnomalyDetect.Service.Demo;

/// <summary>
/// Sends the traffic through <c>POST /v1/events</c>: history as fast as it is taken, moving the clock along, then each event when its time comes, where there is a
/// service to go through as a request to that.
/// </summary>
/// <param name="visitors">Null: all events are sent as they are.</param>
internal sealed class DemoPlayer(DemoScript script, TrafficSimulator simulator, DemoClock clock, HttpClient http, DemoState state, DemoVisitors? visitors = null)
{
    /// <summary>Small enough that a body is one record of the journal.</summary>
    private const int BodyBytes = 200 << 10;

    private static readonly TimeSpan LiveStep = TimeSpan.FromMilliseconds(200);

    /// <summary>A body arrives at one moment; were it to span more than the allowed lateness, its first events would come too late.</summary>
    private static readonly TimeSpan MostHistory = TimeSpan.FromSeconds(50);

    private readonly ArrayBufferWriter<byte> _body = new(BodyBytes + 4096);
    private int _events;
    private DateTime _first;
    private DateTime _last;

    /// <summary>How much later than it was planned the live part is played.</summary>
    private TimeSpan _behind;

    public async Task PlayAsync(CancellationToken stop)
    {
        var isLive = false;
        var sendAt = DateTime.MinValue;
        foreach (var e in simulator.Generate())
        {
            if (!isLive && e.OccurredAt >= script.LiveFrom)
            {
                await SendAsync(_last, stop);
                // What a service tells of has the time of this machine, so the demo must not live in its past.
                clock.MoveTo(visitors is null ? script.LiveFrom : DateTime.UtcNow);
                clock.GoLive();
                state.IsLive = isLive = true;
                _behind = clock.GetUtcNow().UtcDateTime - script.LiveFrom;
            }

            if (isLive && visitors is not null)
            {
                await WaitAsync(e.OccurredAt, stop);
                await visitors.VisitAsync(e, stop);
                state.Sent(1, e.OccurredAt);
                continue;
            }

            if (isLive && e.OccurredAt > sendAt)
            {
                await SendAsync(_last, stop);
                sendAt = e.OccurredAt + LiveStep;
                await WaitAsync(sendAt, stop);
            }
            else if (_body.WrittenCount >= BodyBytes || (_events > 0 && !isLive && e.OccurredAt - _first > MostHistory))
            {
                await SendAsync(_last, stop);
            }

            if (_events++ == 0) _first = e.OccurredAt;
            _last = e.OccurredAt;
            e.WriteTo(_body);
        }

        await SendAsync(_last, stop);
        if (visitors is not null) await visitors.LeaveAsync(stop);
    }

    /// <summary>Until the moment of a live event has come.</summary>
    private async Task WaitAsync(DateTime at, CancellationToken stop)
    {
        var wait = at + _behind - clock.GetUtcNow().UtcDateTime;
        if (wait > TimeSpan.Zero) await Task.Delay(wait, stop);
    }

    private async Task SendAsync(DateTime at, CancellationToken stop)
    {
        clock.MoveTo(at);
        if (_events == 0) return;
        while (true)
        {
            using var content = new ReadOnlyMemoryContent(_body.WrittenMemory);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            using var response = await http.PostAsync("/v1/events", content, stop);
            if ((int)response.StatusCode is 429 or 503)
            {
                await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1), stop);
                continue;
            }

            if ((int)response.StatusCode != 202)
                throw new UserException($"The demo's own events were refused with {(int)response.StatusCode}; please report it.", UserException.Failed);
            break;
        }

        state.Sent(_events, at);
        _body.ResetWrittenCount();
        _events = 0;
    }
}
