using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Core.Lanes;

/// <summary>What came of the events of one batch in one lane. Collected by the lane, written by the edge; reused after <see cref="Clear"/>.</summary>
public sealed class Outcome
{
    /// <summary>New alert revisions in the order they arose; one alert may be there at several revisions.</summary>
    public List<Alert> Alerts { get; } = [];

    /// <summary>Newly requested decisions.</summary>
    public List<Decision> Decisions { get; } = [];

    public List<Notification> Notifications { get; } = [];

    /// <summary>How many principals are known of each tenant something was decided in.</summary>
    public Dictionary<string, int> Principals { get; } = new(StringComparer.Ordinal);

    /// <summary>Features of the windows closed, where the lane was asked to collect them; in a tenant's order of time.</summary>
    public List<FeatureRow> Features { get; } = [];

    /// <summary>Tenants whose telemetry was found to be out of time; each at most once an hour.</summary>
    public List<ClockFault> ClockFaults { get; } = [];

    /// <summary>That there was no memory for more, at most once an hour. For whoever runs this, not for the store.</summary>
    public List<MemoryShortage> MemoryShortages { get; } = [];

    public OutcomeCounters Counters { get; } = new();

    /// <summary>What is known of minutes at the end of input, where the lane was asked to collect it.</summary>
    public List<LearnedRate> Rates { get; } = [];

    internal void Collect(in FeatureRow row) => Features.Add(row);

    /// <summary>Nothing to hand on: only counters moved.</summary>
    public bool IsEmpty => Alerts.Count == 0 && Decisions.Count == 0 && Notifications.Count == 0 && Features.Count == 0 && Rates.Count == 0 && ClockFaults.Count == 0 && MemoryShortages.Count == 0;

    public void Clear()
    {
        Alerts.Clear();
        Decisions.Clear();
        Notifications.Clear();
        Principals.Clear();
        Features.Clear();
        Rates.Clear();
        ClockFaults.Clear();
        MemoryShortages.Clear();
        Counters.Clear();
    }
}

/// <summary>Counts for metrics and summaries.</summary>
public sealed class OutcomeCounters
{
    /// <summary>Decoded events that reached the lane, duplicates and late ones among them.</summary>
    public long Events { get; set; }

    public long Duplicates { get; set; }

    /// <summary>Arrived behind the tenant's watermark: counted, not used.</summary>
    public long Late { get; set; }

    /// <summary>Further ahead of ObservedAt than the allowed skew; judged at ObservedAt, as all that are ahead of it.</summary>
    public long Skewed { get; set; }

    /// <summary>Marked internal by a trusted source, or caused by a decision of ours: kept out of signals.</summary>
    public long Ignored { get; set; }

    /// <summary>Findings too common for an alert under the tenant's budget.</summary>
    public long Unreported { get; set; }

    /// <summary>Notifications held back because the alert is one of a storm.</summary>
    public long Grouped { get; set; }

    /// <summary>Findings under an exception: not told.</summary>
    public long Excepted { get; set; }

    /// <summary>Alerts a shadow model would have made, by <see cref="Severity"/>.</summary>
    public long[] ShadowAlerts { get; } = new long[Enum.GetValues<Severity>().Length];

    /// <summary>Findings by <see cref="Signal"/>.</summary>
    public long[] Findings { get; } = new long[Enum.GetValues<Signal>().Length];

    public void Clear()
    {
        Events = Duplicates = Late = Skewed = Ignored = Unreported = Grouped = Excepted = 0;
        Array.Clear(Findings);
        Array.Clear(ShadowAlerts);
    }

    public void Add(OutcomeCounters other)
    {
        Events += other.Events;
        Duplicates += other.Duplicates;
        Late += other.Late;
        Skewed += other.Skewed;
        Ignored += other.Ignored;
        Unreported += other.Unreported;
        Grouped += other.Grouped;
        Excepted += other.Excepted;
        for (var i = 0; i < Findings.Length; i++) Findings[i] += other.Findings[i];
        for (var i = 0; i < ShadowAlerts.Length; i++) ShadowAlerts[i] += other.ShadowAlerts[i];
    }
}
