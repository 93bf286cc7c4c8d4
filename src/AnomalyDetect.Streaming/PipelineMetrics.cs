using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Streaming.Lanes;
using Prometheus;

namespace AnomalyDetect.Streaming;

/// <summary>What the stream tells Prometheus. No label ever carries a tenant or anything else from an event. Thread-safe.</summary>
public sealed class PipelineMetrics
{
    private readonly Counter _events;
    private readonly Counter _rejections;
    private readonly Counter _duplicates;
    private readonly Counter _late;
    private readonly Counter _skewed;
    private readonly Counter _clockFaults;
    private readonly Counter _ignored;
    private readonly Counter _unreported;
    private readonly Counter _grouped;
    private readonly Counter _excepted;
    private readonly Counter.Child[] _findings;
    private readonly Counter _alerts;
    private readonly Counter _modelAlerts;
    private readonly Counter _resolved;
    private readonly Counter _decisions;
    private readonly Counter _commitFailures;
    private readonly Counter _sourceErrors;
    private readonly Histogram _batchSeconds;
    private readonly Histogram _commitSeconds;
    private readonly Histogram _endToEnd;
    private readonly Histogram _checkpointSeconds;
    private readonly Gauge _checkpointBytes;
    private readonly Gauge _state;
    private readonly Gauge _stateBytes;
    private readonly Gauge _evictions;
    private readonly Gauge _memoryHeld;
    private readonly Gauge _memoryLimit;
    private readonly Gauge _memoryRefusals;
    private readonly Gauge _lag;
    private readonly Gauge _lagSeconds;
    private readonly Gauge _journalBytes;
    private readonly Gauge _journalBehind;

    /// <param name="registry">Where <c>/metrics</c> reads from; a new one a test, so that they do not meet.</param>
    public PipelineMetrics(CollectorRegistry registry)
    {
        var m = Metrics.WithCustomRegistry(registry);
        var latency = new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.001, 2, 16) };
        _events = m.CreateCounter("anomalydetect_events_total", "Decoded events that reached a lane, duplicates and late ones among them.");
        _rejections = m.CreateCounter("anomalydetect_rejections_total", "Records that could not be read.", "reason");
        _duplicates = m.CreateCounter("anomalydetect_duplicates_total", "Events whose id was seen before.");
        _late = m.CreateCounter("anomalydetect_late_events_total", "Events behind their tenant's watermark: counted, not used.");
        _skewed = m.CreateCounter("anomalydetect_skewed_events_total", "Events too far ahead of their arrival.");
        _clockFaults = m.CreateCounter("anomalydetect_clock_faults_total", "Tenants found to deliver events out of time, each once an hour; the log names them.");
        _ignored = m.CreateCounter("anomalydetect_ignored_events_total", "Internal events and those caused by our own decisions.");
        _grouped = m.CreateCounter("anomalydetect_grouped_notifications_total", "Notifications held back because the alert is one of a storm of its kind.");
        _unreported = m.CreateCounter("anomalydetect_unreported_findings_total", "Findings too common for an alert under the tenant's budget.");
        _excepted = m.CreateCounter("anomalydetect_excepted_findings_total", "Findings under an exception.");
        var findings = m.CreateCounter("anomalydetect_findings_total", "Findings by signal.", "signal");
        _findings = [.. Enum.GetValues<Signal>().Select(s => findings.WithLabels(Names.Of(s)))];
        _alerts = m.CreateCounter("anomalydetect_alerts_total", "Alerts at their first revision, by signal and severity.", "signal", "severity");
        _modelAlerts = m.CreateCounter("anomalydetect_model_alerts_total", "Alerts made by the champion model at their first revision, and those the shadow model would have made.", "role", "severity");
        _resolved = m.CreateCounter("anomalydetect_resolved_alerts_total", "Alerts that are over, by why.", "resolution");
        _decisions = m.CreateCounter("anomalydetect_decisions_total", "Decisions by type; simulated ones in a series of their own.", "type", "simulated");
        _commitFailures = m.CreateCounter("anomalydetect_commit_failures_total", "Commits the store did not take; each is tried again.");
        _sourceErrors = m.CreateCounter("anomalydetect_source_errors_total", "Errors of the broker that pass.", "code");
        _batchSeconds = m.CreateHistogram("anomalydetect_batch_seconds", "One batch through the lanes of one host.", latency);
        _commitSeconds = m.CreateHistogram("anomalydetect_commit_seconds", "One store transaction.", latency);
        _endToEnd = m.CreateHistogram("anomalydetect_end_to_end_seconds", "From a batch's first arrival (ObservedAt) to its outcome in the store.", latency);
        _checkpointSeconds = m.CreateHistogram("anomalydetect_checkpoint_seconds", "Saving one lane's state.", latency);
        _checkpointBytes = m.CreateGauge("anomalydetect_checkpoint_bytes", "Size of the checkpoint saved last.");
        _state = m.CreateGauge("anomalydetect_lane_state_entries", "Entries of a lane's tables.", "lane", "table");
        _stateBytes = m.CreateGauge("anomalydetect_lane_state_bytes", "Estimated memory of a lane's state.", "lane");
        _evictions = m.CreateGauge("anomalydetect_lane_evictions", "Entries a lane's tables have put out for want of room.", "lane");
        _memoryHeld = m.CreateGauge("anomalydetect_lane_memory_held_bytes", "What of detection.limits.memory_bytes a lane's tables hold: what they could come to at the size they have.", "lane");
        _memoryLimit = m.CreateGauge("anomalydetect_lane_memory_limit_bytes", "detection.limits.memory_bytes.", "lane");
        _memoryRefusals = m.CreateGauge("anomalydetect_lane_memory_refusals", "How often a lane's tables found no memory to grow; the log names a tenant once an hour.", "lane");
        _lag = m.CreateGauge("anomalydetect_lag", "What is in the log beyond the lane: records (Kafka) or bytes (journal).", "lane");
        _lagSeconds = m.CreateGauge("anomalydetect_lag_seconds", "Age of what a lane took last.", "lane");
        _journalBytes = m.CreateGauge("anomalydetect_journal_bytes", "Bytes of the journal on disk.");
        _journalBehind = m.CreateGauge("anomalydetect_journal_behind_bytes", "Bytes between the journal's head and the slowest checkpoint.");
    }

    /// <summary>Events that reached a lane so far.</summary>
    internal long Events => (long)_events.Value;

    internal void Count(Outcome outcome, IReadOnlyList<Rejection> rejections)
    {
        var counters = outcome.Counters;
        _events.Inc(counters.Events);
        if (counters.Duplicates > 0) _duplicates.Inc(counters.Duplicates);
        if (counters.Late > 0) _late.Inc(counters.Late);
        if (counters.Skewed > 0) _skewed.Inc(counters.Skewed);
        if (outcome.ClockFaults.Count > 0) _clockFaults.Inc(outcome.ClockFaults.Count);
        if (counters.Ignored > 0) _ignored.Inc(counters.Ignored);
        if (counters.Grouped > 0) _grouped.Inc(counters.Grouped);
        if (counters.Unreported > 0) _unreported.Inc(counters.Unreported);
        if (counters.Excepted > 0) _excepted.Inc(counters.Excepted);
        for (var i = 0; i < _findings.Length; i++)
            if (counters.Findings[i] > 0) _findings[i].Inc(counters.Findings[i]);
        foreach (var alert in outcome.Alerts)
        {
            if (alert.Revision == 1) _alerts.WithLabels(Names.Of(alert.Signal), Names.Of(alert.Severity)).Inc();
            if (alert.Revision == 1 && alert.Evidence[0].Model is not null) _modelAlerts.WithLabels("champion", Names.Of(alert.Severity)).Inc();
            if (alert.Resolution is { } resolution) _resolved.WithLabels(Names.Of(resolution)).Inc();
        }

        for (var i = 0; i < counters.ShadowAlerts.Length; i++)
            if (counters.ShadowAlerts[i] > 0) _modelAlerts.WithLabels("shadow", Names.Of((Severity)i)).Inc(counters.ShadowAlerts[i]);
        foreach (var decision in outcome.Decisions) _decisions.WithLabels(Names.Of(decision.Type), decision.Simulated ? "true" : "false").Inc();
        foreach (var rejection in rejections) _rejections.WithLabels(rejection.Reason).Inc();
    }

    internal void Report(HostedLane lane)
    {
        var s = lane.Lane.Statistics;
        void Set(string table, long entries) => _state.WithLabels(lane.Name, table).Set(entries);
        Set("tenants", s.Tenants);
        Set("principals", s.Principals);
        Set("sessions", s.Sessions);
        Set("counters", s.Counters);
        Set("open_alerts", s.OpenAlerts);
        Set("dedupe_ids", s.DedupeIds);
        _stateBytes.WithLabels(lane.Name).Set(s.StateBytes);
        _evictions.WithLabels(lane.Name).Set(s.Evictions);
        _memoryHeld.WithLabels(lane.Name).Set(s.HeldBytes);
        _memoryLimit.WithLabels(lane.Name).Set(lane.Lane.MemoryBytes);
        _memoryRefusals.WithLabels(lane.Name).Set(s.Refusals);
    }

    internal void Lag(string lane, LaneLag lag)
    {
        _lag.WithLabels(lane).Set(Math.Max(0, lag.Behind));
        _lagSeconds.WithLabels(lane).Set(lag.Behind > 0 ? Math.Max(0, lag.Age.TotalSeconds) : 0);
    }

    /// <summary>The lane has gone to another member: its series go too.</summary>
    internal void Forget(HostedLane lane)
    {
        foreach (var labels in _state.GetAllLabelValues().Where(l => l[0] == lane.Name).ToList()) _state.RemoveLabelled(labels);
        foreach (var gauge in new[] { _stateBytes, _evictions, _memoryHeld, _memoryLimit, _memoryRefusals, _lag, _lagSeconds }) gauge.RemoveLabelled(lane.Name);
    }

    internal void Saved(TimeSpan took, int bytes)
    {
        _checkpointSeconds.Observe(took.TotalSeconds);
        _checkpointBytes.Set(bytes);
    }

    internal void Taken(TimeSpan took) => _batchSeconds.Observe(took.TotalSeconds);

    internal void Committed(TimeSpan took) => _commitSeconds.Observe(took.TotalSeconds);

    internal void Stored(TimeSpan sinceArrival) => _endToEnd.Observe(Math.Max(0, sinceArrival.TotalSeconds));

    internal void CommitFailed() => _commitFailures.Inc();

    internal void SourceError(string code) => _sourceErrors.WithLabels(code).Inc();

    internal void Journal(long bytes, long behind)
    {
        _journalBytes.Set(bytes);
        _journalBehind.Set(behind);
    }
}
