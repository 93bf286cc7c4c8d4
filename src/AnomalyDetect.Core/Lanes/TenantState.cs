using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Detectors;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Tracing;
using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Lanes;

/// <summary>Everything known of one tenant: its clock, detectors and open alerts.</summary>
internal sealed partial class TenantState
{
    private readonly TenantScope _scope;
    private readonly RateDetector _rates;
    private readonly SessionDetector _sessions;
    private readonly InvalidClaimDetector _invalidClaims;
    private readonly DelegationAbuseDetector _delegations;
    private readonly PolicyBurstDetector _policy;
    private readonly SignInDetector _signIns;
    private readonly TokenReplayDetector _tokens;
    private readonly PasswordSprayingDetector _spraying;
    private readonly MfaFatigueDetector _mfa;
    private readonly ResourceEnumerationDetector _enumeration;
    private readonly BehaviourDetector _behaviour;
    private readonly ShadowDetector? _shadow;
    private CredentialStuffingDetector? _stuffing; // once a login has failed
    private CrossTenantDetector? _crossTenant; // most tenants never call another
    private CrossTenantFanOutDetector? _fanOut;
    private TenantClock _clock;
    private ClockWatch _watch;

    public TenantState(TenantScope scope)
    {
        (_scope, Tenant) = (scope, scope.Tenant);
        _rates = new RateDetector(_scope);
        _sessions = new SessionDetector(_scope);
        _invalidClaims = new InvalidClaimDetector(_scope, _sessions);
        _delegations = new DelegationAbuseDetector(_scope);
        _policy = new PolicyBurstDetector(_scope);
        _signIns = new SignInDetector(_scope, _sessions, _rates);
        _tokens = new TokenReplayDetector(_scope);
        _spraying = new PasswordSprayingDetector(_scope);
        _mfa = new MfaFatigueDetector(_scope);
        _enumeration = new ResourceEnumerationDetector(_scope);
        _behaviour = new BehaviourDetector(_scope, _rates);
        _shadow = ShadowDetector.Of(_scope, _rates);
    }

    public Symbol Tenant { get; }

    /// <summary>Event time (ticks) of the newest event.</summary>
    public long LastSeen => _clock.Now;

    /// <summary>The event will be observed soon: asks for what the tables hold of it; changes nothing.</summary>
    public void Fetch(in TelemetryEvent e)
    {
        if (e.Principal is not null) _rates.Fetch(e.Principal);
        if (e.Session is not null) _sessions.Fetch(e.Session);
        if (e.TokenHash != 0) _tokens.Fetch(e.TokenHash);
    }

    public void Observe(in TelemetryEvent e, long observedAt, Outcome outcome)
    {
        var time = e.OccurredAt.Ticks;
        _watch.Count(observedAt);
        if (time - observedAt > _scope.Options.Detection.MaxSkew.Ticks)
        {
            outcome.Counters.Skewed++;
            Note(_watch.Count(ClockFaultKind.Ahead, time - observedAt, e, observedAt), outcome);
            _scope.Current?.Note(TraceStep.Read, $"its time lies further ahead of its arrival than {_scope.Options.Detection.MaxSkew:c} (max_skew), so it is judged at {LaneTrace.Time(new DateTime(observedAt, DateTimeKind.Utc))}, when it came");
        }

        // A clock ahead must not move the tenant's: everything punctual would be late.
        time = Math.Min(time, observedAt);

        if (_scope.FirstSeen == 0) _scope.FirstSeen = time;
        _clock.Advance(time, observedAt, _scope.Lateness);
        CloseUpTo(_clock.Watermark(observedAt, _scope.Lateness), outcome);
        if (time < _scope.Watermark)
        {
            outcome.Counters.Late++;
            Note(_watch.Count(ClockFaultKind.Late, _scope.Watermark - time, e, observedAt), outcome);
            _scope.Current?.Note(TraceStep.Read, $"it came {TimeSpan.FromTicks(_scope.Watermark - time):c} behind what is closed already (allowed_lateness {TimeSpan.FromTicks(_scope.Lateness):c}): counted as late, and not used");
            return;
        }

        if (e.Internal || (e.Outcome != EventOutcome.Success && !e.DecisionId.IsEmpty))
        {
            outcome.Counters.Ignored++;
            _scope.Current?.Note(TraceStep.Read, e.Internal ? "its source is trusted with marking it internal: no evidence" : "a decision of ours caused this denial: no evidence");
            _rates.Hear(time);
            return;
        }

        Prepare();
        _scope.Current?.Use(time);
        _signIns.Observe(e, time, outcome); // before the others note what the principal does now
        var index = _rates.Observe(e, time);
        if (_behaviour.IsOn || _shadow is not null)
        {
            if (index < 0) index = _rates.IndexOf(e);
            if (_behaviour.IsOn) _behaviour.Observe(e, time, index);
            _shadow?.Observe(e, time, index);
        }

        // A session that goes on as it was says nothing new about its token.
        if (!_sessions.Observe(e, time, outcome)) _tokens.Observe(e, time, outcome);
        if (e.Type is EventType.ApiCall) _enumeration.Observe(e, time, outcome);
        else if (e.Type is EventType.Login) _spraying.Observe(e, time, outcome);
        else if (e.Type is EventType.MfaChallenge or EventType.SessionStart) _mfa.Observe(e, time, outcome);
        if (CrossTenantDetector.Counts(e))
        {
            (_crossTenant ??= new CrossTenantDetector(_scope, _rates.CrossTenant)).Observe(e, time, outcome);
            (_fanOut ??= new CrossTenantFanOutDetector(_scope)).Observe(e, time, _rates.HasHabits(index), outcome);
        }

        if (e.Outcome == EventOutcome.Success) return;
        if (e.Type == EventType.Login) (_stuffing ??= new CredentialStuffingDetector(_scope)).Observe(e, time, outcome);
        _invalidClaims.Observe(e, time, outcome);
        _delegations.Observe(e, time, outcome);
        _policy.Observe(e, time, outcome);
    }

    /// <summary>From here on its tables may ask for memory that others could have: what windows do when they close must not depend on when somebody looked.</summary>
    private void Prepare()
    {
        _scope.Memory.MayAsk = true;
        _scope.Alerts.Prepare();
        _shadow?.Alerts.Prepare();
    }

    private static void Note(ClockFault? fault, Outcome outcome)
    {
        if (fault is not null) outcome.ClockFaults.Add(fault);
    }

    /// <summary>ObservedAt moved on without an event of this tenant.</summary>
    public void Advance(long observedAt, Outcome outcome) => CloseUpTo(_clock.Watermark(observedAt, _scope.Lateness), outcome);

    /// <summary>Nothing can come any more: every window that ended by then is closed.</summary>
    public void Complete(long observedAt, Outcome outcome)
    {
        CloseUpTo(Math.Max(_clock.Now, observedAt), outcome);
        if (_scope.CollectsFeatures) _rates.Collect(outcome);
    }

    /// <summary>There is no room for it any more.</summary>
    public void Displace(Outcome outcome)
    {
        _scope.Alerts.Displace(outcome);
        _scope.Memory.Leave();
    }

    private void CloseUpTo(long watermark, Outcome outcome)
    {
        if (watermark <= _scope.Watermark) return;
        _scope.Watermark = watermark;
        _scope.Memory.MayAsk = false;
        // Minutes before the windows they make up, so that it does not matter how far the watermark moves at once.
        while (watermark >= NextWindow)
        {
            var end = NextWindow;
            if (end >= _rates.NextClose) _rates.CloseUpTo(end, outcome);
            if (_behaviour.NextClose == end) _behaviour.Close(outcome);
            if (_shadow?.NextClose == end) _shadow.Close(outcome);
        }

        if (watermark >= _rates.NextClose) _rates.CloseUpTo(watermark, outcome);
    }

    /// <summary>End (ticks) of the next window a model judges.</summary>
    private long NextWindow => _shadow is null ? _behaviour.NextClose : Math.Min(_behaviour.NextClose, _shadow.NextClose);

    public void AddTo(LaneStatistics statistics)
    {
        statistics.Tenants++;
        statistics.TenantTime += TimeSpan.FromTicks(Math.Max(0, _clock.Now - _scope.FirstSeen));
        statistics.Principals += _rates.Count;
        statistics.Sessions += _sessions.Count;
        statistics.Counters += _invalidClaims.Count + _delegations.Counters.Count + _policy.Counters.Count + _spraying.Count + _mfa.Counters.Count
            + _enumeration.Count + (_crossTenant?.Count ?? 0) + (_fanOut?.Count ?? 0);
        statistics.OpenAlerts += _scope.Alerts.Count;
        statistics.Evictions += _rates.Evictions + _sessions.Evictions + _signIns.Evictions + _tokens.Evictions + _invalidClaims.Evictions
            + _delegations.Counters.Evictions + _policy.Counters.Evictions + _spraying.Evictions + _mfa.Counters.Evictions + _enumeration.Evictions + (_crossTenant?.Evictions ?? 0) + (_fanOut?.Evictions ?? 0)
            + _scope.Alerts.Evictions;
        statistics.StateBytes += Bytes;
        statistics.HeldBytes += _scope.Memory.Held;
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
        _signIns.Save(writer);
        _tokens.Save(writer);
        _invalidClaims.Save(writer);
        _delegations.Counters.Save(writer);
        _policy.Counters.Save(writer);
        _spraying.Save(writer);
        _mfa.Counters.Save(writer);
        _enumeration.Save(writer);
        _behaviour.Save(writer);
        writer.Bool(_shadow is not null);
        _shadow?.Save(writer);
        writer.Bool(_stuffing is not null);
        _stuffing?.Save(writer);
        writer.Bool(_crossTenant is not null);
        _crossTenant?.Save(writer);
        writer.Bool(_fanOut is not null);
        _fanOut?.Save(writer);
    }

    public static TenantState Load(ref StateReader reader, Func<Symbol, TenantScope> scope)
    {
        var tenant = new TenantState(scope(reader.Symbol()));
        tenant._scope.FirstSeen = reader.Long();
        tenant._scope.Watermark = reader.Long();
        tenant._clock = TenantClock.Load(ref reader);
        tenant._scope.Alerts.Load(ref reader);
        tenant._rates.Load(ref reader);
        tenant._sessions.Load(ref reader);
        tenant._signIns.Load(ref reader);
        tenant._tokens.Load(ref reader);
        tenant._invalidClaims.Load(ref reader);
        tenant._delegations.Counters.Load(ref reader);
        tenant._policy.Counters.Load(ref reader);
        tenant._spraying.Load(ref reader);
        tenant._mfa.Counters.Load(ref reader);
        tenant._enumeration.Load(ref reader);
        tenant._behaviour.Load(ref reader);
        if (!reader.Bool()) tenant._shadow?.Follow(tenant._behaviour);
        else if (tenant._shadow is null) ShadowDetector.Skip(ref reader, tenant._scope, tenant._rates);
        else tenant._shadow.Load(ref reader);
        if (reader.Bool()) (tenant._stuffing = new CredentialStuffingDetector(tenant._scope)).Load(ref reader);
        if (reader.Bool()) (tenant._crossTenant = new CrossTenantDetector(tenant._scope, tenant._rates.CrossTenant)).Load(ref reader);
        if (reader.Bool()) (tenant._fanOut = new CrossTenantFanOutDetector(tenant._scope)).Load(ref reader);
        return tenant;
    }
}
