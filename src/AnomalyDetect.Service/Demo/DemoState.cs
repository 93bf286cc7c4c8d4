using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Service.Demo;

/// <summary>What the demo has seen so far; shared by player, watcher and screen.</summary>
internal sealed class DemoState(int tenants, DateTime start)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Alert> _alerts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Decision> _decisions = new(StringComparer.Ordinal);
    private readonly Queue<(long At, int Events)> _recent = new();

    public int Tenants { get; } = tenants;

    public long Events { get; private set; }

    /// <summary>Event time of what was sent last.</summary>
    public DateTime At { get; private set; } = start;

    public bool IsLive { get; set; }

    /// <summary>What a service the simulated users go through gave them; null: there is none.</summary>
    public DemoTally? Tally { get; init; }

    /// <summary>Webhook messages that arrived with a good signature.</summary>
    public int Delivered { get; set; }

    public void Sent(int events, DateTime at)
    {
        lock (_lock)
        {
            Events += events;
            if (at > At) At = at;
            _recent.Enqueue((Environment.TickCount64, events));
        }
    }

    /// <summary>Events a second over the last two seconds.</summary>
    public double Rate()
    {
        lock (_lock)
        {
            var now = Environment.TickCount64;
            while (_recent.TryPeek(out var first) && now - first.At > 2000) _recent.Dequeue();
            return _recent.Sum(r => r.Events) / 2.0;
        }
    }

    /// <summary>True for an alert not seen before.</summary>
    public bool Saw(Alert alert)
    {
        lock (_lock)
        {
            var isNew = !_alerts.ContainsKey(alert.Id);
            _alerts[alert.Id] = alert;
            return isNew;
        }
    }

    /// <summary>True for a decision not seen before.</summary>
    public bool Saw(Decision decision)
    {
        lock (_lock) return _decisions.TryAdd(decision.Id, decision);
    }

    public IReadOnlyList<Alert> Alerts()
    {
        lock (_lock) return [.. _alerts.Values];
    }

    public IReadOnlyList<Decision> Decisions()
    {
        lock (_lock) return [.. _decisions.Values];
    }
}
