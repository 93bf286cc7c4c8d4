using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Testing;

namespace AnomalyDetect.Core.Tests;

/// <summary>A lane on the bench: events go in one by one, what comes out is kept.</summary>
internal sealed class LaneBench(EngineOptions? options = null)
{
    public Lane Lane { get; private set; } = new(options ?? SomeTelemetry.Options());

    public Outcome Outcome { get; } = new();

    public DateTime Newest { get; private set; }

    public IReadOnlyList<Alert> Alerts => Outcome.Alerts;

    /// <summary>Final revisions.</summary>
    public IReadOnlyList<Alert> Final => [.. Outcome.Alerts.GroupBy(a => a.Id).Select(g => g.Last())];

    public IReadOnlyList<Decision> Decisions => Outcome.Decisions;

    /// <summary>ObservedAt is the running maximum of the times, as in files, unless the event says otherwise.</summary>
    public LaneBench Add(TelemetryEvent e, DateTime? observedAt = null)
    {
        if (e.OccurredAt > Newest) Newest = e.OccurredAt;
        e.ObservedAt = observedAt ?? Newest;
        var batch = new EventBatch(1) { ObservedAt = e.ObservedAt };
        batch.Add(e);
        Lane.Process(batch, Outcome);
        return this;
    }

    public LaneBench Add(IEnumerable<TelemetryEvent> events)
    {
        foreach (var e in events) Add(e);
        return this;
    }

    public LaneBench Complete()
    {
        Lane.Complete(Outcome);
        return this;
    }

    /// <summary>As a restart does.</summary>
    public LaneBench SaveAndLoad()
    {
        Lane = Lane.Load(Lane.Options, Lane.Save());
        return this;
    }

    public Alert The(Signal signal)
    {
        var found = Final.Where(a => a.Signal == signal).ToList();
        Assert.HasCount(1, found, $"alerts of {signal}: {string.Join(" | ", Final.Select(a => a.Explanation))}");
        return found[0];
    }

    public LaneBench None(Signal? signal = null)
    {
        Assert.IsEmpty(Final.Where(a => signal is null || a.Signal == signal).Select(a => a.Explanation).ToList());
        return this;
    }
}
