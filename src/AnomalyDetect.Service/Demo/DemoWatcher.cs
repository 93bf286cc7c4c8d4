using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Service.Demo;

/// <summary>Looks at the service through its API as a customer would: alerts by asking again and again, decisions by long poll.</summary>
internal sealed class DemoWatcher(HttpClient http, DemoState state, DemoReceiver receiver, Action<Alert> onAlert, Action<Decision> onDecision)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan LookBack = TimeSpan.FromHours(6);

    /// <summary>Ends when either fails: a demo that no longer sees half of it must not go on as if there were nothing to see.</summary>
    public async Task WatchAsync(CancellationToken stop) => await await Task.WhenAny(AlertsAsync(stop), DecisionsAsync(stop));

    /// <summary>Everything once more, after the last event.</summary>
    public async Task CatchUpAsync(CancellationToken stop)
    {
        await ReadAlertsAsync(null, stop);
        state.Delivered = receiver.Messages;
    }

    private async Task AlertsAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await ReadAlertsAsync(state.At - LookBack, stop);
            state.Delivered = receiver.Messages;
            await Task.Delay(Interval, stop);
        }
    }

    private async Task ReadAlertsAsync(DateTime? since, CancellationToken stop)
    {
        var query = since is { } s ? $"&since={s:yyyy-MM-ddTHH:mm:ssZ}" : "";
        using var json = JsonDocument.Parse(await http.GetByteArrayAsync($"/v1/alerts?limit=1000{query}", stop));
        foreach (var row in json.RootElement.GetProperty("alerts").EnumerateArray().Reverse())
        {
            var alert = row.Deserialize(CoreJson.Default.Alert)!;
            if (state.Saw(alert)) onAlert(alert);
        }
    }

    private async Task DecisionsAsync(CancellationToken stop)
    {
        var after = 0L;
        while (!stop.IsCancellationRequested)
        {
            using var json = JsonDocument.Parse(await http.GetByteArrayAsync($"/v1/decisions?after={after}&wait=10", stop));
            after = json.RootElement.GetProperty("next").GetInt64();
            foreach (var row in json.RootElement.GetProperty("decisions").EnumerateArray())
            {
                if (row.GetProperty("state").GetString() != "active") continue;
                var decision = row.Deserialize(CoreJson.Default.Decision)!;
                if (state.Saw(decision)) onDecision(decision);
            }
        }
    }
}
