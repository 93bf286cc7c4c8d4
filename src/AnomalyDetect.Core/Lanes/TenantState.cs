using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Detectors;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Lanes;

/// <summary>Everything known of one tenant: its clock, detectors and open alerts.</summary>
internal sealed class TenantState
{
    private readonly TenantScope _scope;
    private readonly RateDetector _rates;
    private readonly SessionDetector _sessions;
    private readonly InvalidClaimDetector _invalidClaims;
    private readonly DelegationAbuseDetector _delegations;
    private readonly PolicyBurstDetector _policy;
    private CrossTenantDetector? _crossTenant; // most tenants never call another
    private TenantClock _clock;

    public TenantState(Symbol tenant, EngineOptions options, long lateness)
    {
        _scope = new TenantScope(tenant, options, lateness);
        _rates = new RateDetector(_scope);
        _sessions = new SessionDetector(_scope);
        _invalidClaims = new InvalidClaimDetector(_scope, _sessions);
        _delegations = new DelegationAbuseDetector(_scope);
        _policy = new PolicyBurstDetector(_scope);
    }

    public Symbol Tenant => _scope.Tenant;

    /// <summary>Event time (ticks) of the newest event.</summary>
    public long LastSeen => _clock.Now;

    public void Observe(in TelemetryEvent e, long observedAt, Outcome outcome)
    {
        var time = e.OccurredAt.Ticks;
        var newest = observedAt + _scope.Options.Detection.MaxSkew.Ticks;
        if (time > newest)
        {
            outcome.Counters.Skewed++;
            time = newest;
        }

        if (_scope.FirstSeen == 0) _scope.FirstSeen = time;
        _clock.Advance(time, observedAt, _scope.Lateness);
        CloseUpTo(_clock.Watermark(observedAt, _scope.Lateness), outcome);
        if (time < _scope.Watermark)
        {
            outcome.Counters.Late++;
            return;
        }

        if (e.Internal || (e.Outcome != EventOutcome.Success && !e.DecisionId.IsEmpty))
        {
            outcome.Counters.Ignored++;
            return;
        }

        _rates.Observe(e, time);
        _sessions.Observe(e, time, outcome);
        if (CrossTenantDetector.Counts(e)) (_crossTenant ??= new CrossTenantDetector(_scope, _rates.CrossTenant)).Observe(e, time, outcome);
        if (e.Outcome == EventOutcome.Success) return;
        _invalidClaims.Observe(e, time, outcome);
        _delegations.Observe(e, time, outcome);
        _policy.Observe(e, time, outcome);
    }

    /// <summary>ObservedAt moved on without an event of this tenant.</summary>
    public void Advance(long observedAt, Outcome outcome) => CloseUpTo(_clock.Watermark(observedAt, _scope.Lateness), outcome);

    /// <summary>Nothing can come any more: every window that ended by then is closed.</summary>
    public void Complete(long observedAt, Outcome outcome) => CloseUpTo(Math.Max(_clock.Now, observedAt), outcome);

    private void CloseUpTo(long watermark, Outcome outcome)
    {
        if (watermark <= _scope.Watermark) return;
        _scope.Watermark = watermark;
        if (watermark >= _rates.NextClose) _rates.CloseUpTo(watermark, outcome);
    }

    public void AddTo(LaneStatistics statistics)
    {
        statistics.Tenants++;
        statistics.Principals += _rates.Count;
        statistics.Sessions += _sessions.Count;
        statistics.Counters += _invalidClaims.Counters.Count + _delegations.Counters.Count + _policy.Counters.Count + (_crossTenant?.Count ?? 0);
        statistics.OpenAlerts += _scope.Alerts.Count;
        statistics.Evictions += _rates.Evictions + _sessions.Evictions + _invalidClaims.Counters.Evictions + _delegations.Counters.Evictions
            + _policy.Counters.Evictions + (_crossTenant?.Evictions ?? 0) + _scope.Alerts.Evictions;
        statistics.StateBytes += _rates.Bytes + _sessions.Bytes + _invalidClaims.Counters.Bytes + _delegations.Counters.Bytes + _policy.Counters.Bytes
            + (_crossTenant?.Bytes ?? 0) + 2048;
    }

    public void Save(StateWriter writer)
    {
        writer.Symbol(_scope.Tenant);
        writer.Long(_scope.FirstSeen);
        writer.Long(_scope.Watermark);
        _clock.Save(writer);
        _scope.Alerts.Save(writer);
        _rates.Save(writer);
        _sessions.Save(writer);
        _invalidClaims.Counters.Save(writer);
        _delegations.Counters.Save(writer);
        _policy.Counters.Save(writer);
        writer.Bool(_crossTenant is not null);
        _crossTenant?.Save(writer);
    }

    public static TenantState Load(ref StateReader reader, EngineOptions options, long lateness)
    {
        var tenant = new TenantState(reader.Symbol(), options, lateness);
        tenant._scope.FirstSeen = reader.Long();
        tenant._scope.Watermark = reader.Long();
        tenant._clock = TenantClock.Load(ref reader);
        tenant._scope.Alerts.Load(ref reader);
        tenant._rates.Load(ref reader);
        tenant._sessions.Load(ref reader);
        tenant._invalidClaims.Counters.Load(ref reader);
        tenant._delegations.Counters.Load(ref reader);
        tenant._policy.Counters.Load(ref reader);
        if (!reader.Bool()) return tenant;
        tenant._crossTenant = new CrossTenantDetector(tenant._scope, tenant._rates.CrossTenant);
        tenant._crossTenant.Load(ref reader);
        return tenant;
    }
}
