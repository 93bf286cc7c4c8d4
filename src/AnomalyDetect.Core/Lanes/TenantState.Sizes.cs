using AnomalyDetect.Core.Detectors;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Tables;

namespace AnomalyDetect.Core.Lanes;

/// <content>How much memory it takes, and would take: one arithmetic, for the metric and for the estimate.</content>
internal sealed partial class TenantState
{
    private const int Objects = 2048; // itself, its detectors and their headers

    /// <summary>Estimate of what it holds, in bytes.</summary>
    public long Bytes =>
        _rates.Bytes + _sessions.Bytes + _signIns.Bytes + _tokens.Bytes + _invalidClaims.Bytes + _delegations.Counters.Bytes
        + _policy.Counters.Bytes + _spraying.Bytes + _mfa.Counters.Bytes + _enumeration.Bytes + _behaviour.Bytes + (_shadow?.Bytes ?? 0) + (_stuffing?.Bytes ?? 0) + (_crossTenant?.Bytes ?? 0) + (_fanOut?.Bytes ?? 0)
        + _scope.Alerts.Bytes + ((_rates.Count + _sessions.Count) * (long)Symbol.TypicalBytes) + Objects;

    /// <summary>What it holds of the lane's memory.</summary>
    public TenantMemory Memory => _scope.Memory;

    /// <summary>What of it does not grow with what is seen, once everything was.</summary>
    public long OwnMostBytes => _rates.OwnMostBytes + _behaviour.OwnMostBytes + (_shadow?.OwnMostBytes ?? 0) + new CredentialStuffingDetector(_scope).Bytes + _invalidClaims.OwnMostBytes
        + new CrossTenantDetector(NoMemory(), _rates.CrossTenant).OwnBytes + Objects;

    private TenantScope NoMemory() => new(_scope.Tenant, _scope.Options, _scope.Lateness);

    /// <summary>Makes what is made only once there is something to see.</summary>
    public void OpenAll()
    {
        _stuffing ??= new CredentialStuffingDetector(_scope);
        _crossTenant ??= new CrossTenantDetector(_scope, _rates.CrossTenant);
        _fanOut ??= new CrossTenantFanOutDetector(_scope);
    }

    /// <summary>Gives back what a flood that is over left empty.</summary>
    public void Trim()
    {
        var now = _scope.Watermark; // the clock's goes on while a tenant is silent
        _rates.Trim();
        _behaviour.Trim();
        _shadow?.Trim();
        _sessions.Trim(now);
        _signIns.Trim(now);
        _tokens.Trim(now);
        _invalidClaims.Trim(now);
        _delegations.Counters.Trim(now);
        _policy.Counters.Trim(now);
        _spraying.Trim(now);
        _mfa.Counters.Trim(now);
        _enumeration.Trim(now);
        _crossTenant?.Trim(now);
        _fanOut?.Trim(now);
    }

    /// <summary>What <see cref="Bytes"/> would come to under a load, by what bounds it.</summary>
    public IReadOnlyList<StateSize> SizesAt(TenantLoad load)
    {
        var busy = load.BusyCounters;
        return
        [
            new("the tenant itself", "", 1, _rates.OwnMostBytes + _behaviour.OwnMostBytes + (_shadow?.OwnMostBytes ?? 0) + new CredentialStuffingDetector(_scope).Bytes + Objects),
            new("principals", "principals", load.Principals, _rates.PrincipalBytesAt(load.Principals) + _signIns.BytesAt(load.Principals)
                + _behaviour.PrincipalBytesAt(load.Principals) + (_shadow?.PrincipalBytesAt(load.Principals) ?? 0) + (load.Principals * (long)Symbol.TypicalBytes)),
            new("principals active at once", "principals", load.Active, _rates.WindowBytesAt(load.Active) + _behaviour.WindowBytesAt(load.Active) + (_shadow?.WindowBytesAt(load.Active) ?? 0)),
            new("sessions, and as many tokens", "sessions", load.Sessions, _sessions.BytesAt(load.Sessions) + _tokens.BytesAt(load.Sessions) + (load.Sessions * (long)Symbol.TypicalBytes)),
            new("running counts of each signal", "counters", load.Counters, _invalidClaims.BytesAt(load.Counters, busy) + _delegations.Counters.BytesAt(load.Counters, busy)
                + _policy.Counters.BytesAt(load.Counters, busy) + _mfa.Counters.BytesAt(load.Counters, busy) + _spraying.BytesAt(load.Counters) + _enumeration.BytesAt(load.Counters)
                + new CrossTenantDetector(NoMemory(), _rates.CrossTenant).BytesAt(load.Counters) + new CrossTenantFanOutDetector(NoMemory()).BytesAt(load.Counters)),
            new("open alerts", "open_alerts", load.OpenAlerts, Alerts.AlertBook.BytesAt(load.OpenAlerts)),
        ];
    }
}
