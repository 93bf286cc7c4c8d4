using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using Prometheus;

namespace AnomalyDetect.Response;

/// <summary>What Response counts. Labels hold configured target names and fixed words, never tenants.</summary>
public sealed class ResponseMetrics
{
    private readonly Counter _settled;
    private readonly Counter _attempts;
    private readonly Histogram _attemptSeconds;
    private readonly Histogram _enforcementSeconds;
    private readonly Gauge _outbox;
    private readonly Gauge _connected;
    private readonly Gauge _healthy;
    private readonly Counter _expired;
    private readonly Gauge _held;
    private readonly Counter _heldBack;
    private readonly Counter _verified;
    private readonly Counter _ended;
    private readonly Gauge _bouncers;

    /// <param name="registry">Null: prometheus-net's default one.</param>
    public ResponseMetrics(CollectorRegistry? registry = null)
    {
        var make = Metrics.WithCustomRegistry(registry ?? Metrics.DefaultRegistry);
        _settled = make.CreateCounter("anomalydetect_deliveries_total", "Deliveries by what came of them: delivered, retry, dead, expired.", "target", "result");
        _attempts = make.CreateCounter("anomalydetect_delivery_attempts_total", "Attempts by what the target made of them.", "target", "outcome");
        _attemptSeconds = make.CreateHistogram(
            "anomalydetect_delivery_attempt_seconds", "How long an attempt took.", ["target"],
            new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.001, 2, 16) });
        _enforcementSeconds = make.CreateHistogram(
            "anomalydetect_enforcement_seconds", "From a decision (event time) to its enforcement.", ["target"],
            new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.005, 2, 18) });
        _outbox = make.CreateGauge("anomalydetect_outbox_deliveries", "Deliveries pending and dead.", "target", "state");
        _connected = make.CreateGauge("anomalydetect_redis_connected", "1 while connected.", "target");
        _healthy = make.CreateGauge("anomalydetect_target_healthy", "1 unless failing or disabled.", "target");
        _expired = make.CreateCounter("anomalydetect_decisions_expired_total", "Decisions whose time has passed.");
        _held = make.CreateGauge("anomalydetect_decisions_held", "Decisions that wait for a person's approval; 1000 stands for more.");
        _heldBack = make.CreateCounter("anomalydetect_notifications_held_back_total", "Revisions and escalations of alerts nobody was told of because triage holds them too improbable (triage.notify_from).");
        _verified = make.CreateCounter("anomalydetect_bouncer_changes_total", "Decisions and undoings by whether all live bouncers were seen to hold them in time: verified, unverified.", "result");
        _ended = make.CreateCounter("anomalydetect_ended_total", "What revocations cut off, as enforcers report it, each counted once a decision (estimates): principals, sessions, tokens.", "kind");
        _bouncers = make.CreateGauge("anomalydetect_bouncers", "Bouncers that follow the feed: live; of them behind the newest change, and lacking decisions they have no room for or do not know.", "state");
        Verified(0, 0);
        Ended(new DecisionReach(0, 0, 0));
    }

    /// <summary>Triage has held one back.</summary>
    public void HeldBack() => _heldBack.Inc();

    internal IDisposable AttemptStarted(string target) => _attemptSeconds.WithLabels(target).NewTimer();

    internal void Attempted(string target, string outcome) => _attempts.WithLabels(target, outcome).Inc();

    internal void Settled(string target, string result) => _settled.WithLabels(target, result).Inc();

    internal void Enforced(string target, TimeSpan after) => _enforcementSeconds.WithLabels(target).Observe(Math.Max(0, after.TotalSeconds));

    internal void Connected(string target, bool connected) => _connected.WithLabels(target).Set(connected ? 1 : 0);

    internal void Verified(int verified, int unverified)
    {
        _verified.WithLabels("verified").Inc(verified);
        _verified.WithLabels("unverified").Inc(unverified);
    }

    internal void Bouncers((int Live, int Lacking, int Behind) count)
    {
        _bouncers.WithLabels("live").Set(count.Live);
        _bouncers.WithLabels("lacking").Set(count.Lacking);
        _bouncers.WithLabels("behind").Set(count.Behind);
    }

    /// <summary>What an enforcer's report added.</summary>
    public void Ended(DecisionReach grown)
    {
        _ended.WithLabels("principals").Inc(Math.Max(0, grown.Principals));
        _ended.WithLabels("sessions").Inc(Math.Max(0, grown.Sessions));
        _ended.WithLabels("tokens").Inc(Math.Max(0, grown.Tokens));
    }

    internal void Held(int count) => _held.Set(count);

    internal void DecisionsExpired(int count) => _expired.Inc(count);

    /// <summary>Takes over the outbox's counts; a target or state that is gone from them falls to 0.</summary>
    internal void Outbox(IReadOnlyList<(string Target, DeliveryState State, long Count)> counts)
    {
        foreach (var labels in _outbox.GetAllLabelValues()) _outbox.WithLabels(labels).Set(0);
        foreach (var (target, state, count) in counts) _outbox.WithLabels(target, Names.Of(state)).Set(count);
    }

    internal void Health(TargetState target) => _healthy.WithLabels(target.Name).Set(target.Healthy ? 1 : 0);
}
