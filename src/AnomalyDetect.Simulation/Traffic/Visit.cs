using AnomalyDetect.Core.Events;
using AnomalyDetect.Simulation.Casting;

namespace AnomalyDetect.Simulation.Traffic;

/// <summary>Who acts from where under which session: fills the fields that its events share.</summary>
/// <param name="meanBytes">Of what a call's answer holds beyond the least.</param>
internal sealed class Visit(Tenant tenant, Persona who, Network from, Ids ids, Dice dice, double meanBytes = Visit.MeanBytes)
{
    public const double MeanBytes = 6000;

    private static readonly string[] Resources =
    [
        "/v1/invoices", "/v1/orders", "/v1/customers", "/v1/reports/monthly", "/v1/catalog/items", "/v1/users/me", "/v1/search", "/v1/files", "/v1/payments", "/v1/webhooks",
    ];

    private Network _from = from;

    public Tenant Tenant => tenant;

    public Persona Who => who;

    public string Ip { get; private set; } = from.Address(dice);

    public string? SessionId { get; private set; }

    public string? TokenId { get; private set; }

    public void BeginSession() => SessionId = ids.Session();

    public void TakeToken() => TokenId = ids.Token();

    /// <summary>The same session seen elsewhere: how theft and roaming look.</summary>
    public void Move(Network to)
    {
        _from = to;
        Ip = to.Address(dice);
    }

    /// <summary>Back to an exact address.</summary>
    public void Move(Network to, string ip)
    {
        _from = to;
        Ip = ip;
    }

    /// <summary>To exactly where another is.</summary>
    public void MoveTo(Visit other) => Move(other._from, other.Ip);

    public SimulatedEvent Event(
        DateTime at, EventType type, EventOutcome outcome = EventOutcome.Success, FailureReason reason = FailureReason.None) => new()
        {
            Id = ids.Event(),
            OccurredAt = at,
            TenantId = tenant.Id,
            Type = type,
            Outcome = outcome,
            PrincipalId = who.Id,
            SessionId = SessionId,
            TokenId = TokenId,
            DeviceId = who.DeviceId,
            SourceIp = Ip,
            UserAgent = who.UserAgent,
            Country = _from.Country,
            Asn = _from.Asn,
            Reason = reason,
        };

    /// <summary>An API call with a resource and its figures; denied ones are 403 for policy.</summary>
    /// <param name="to">Whose resource; null: the tenant's own.</param>
    public SimulatedEvent Call(DateTime at, EventOutcome outcome = EventOutcome.Success, string? to = null, Partnership? on = null) =>
        OnObject(Event(at, EventType.ApiCall, outcome, outcome == EventOutcome.Denied ? FailureReason.Policy : FailureReason.None) with
        {
            TargetTenantId = to,
            PartnerId = on?.PartnerId,
            DelegationId = on?.DelegationId,
            Scope = on?.Scope,
            TenantContextId = to,
            Resource = dice.Pick(Resources),
            Method = dice.Chance(0.8) ? "GET" : dice.Chance(0.6) ? "POST" : "PUT",
            Status = outcome switch { EventOutcome.Success => 200, EventOutcome.Denied => 403, _ => dice.Chance(0.5) ? 404 : 500 },
            DurationMs = 4 + (int)dice.Exponential(45),
            Bytes = 200 + (long)dice.Exponential(meanBytes),
        });

    /// <summary>Which object, follows from what was thrown already: with names or without, a seed gives the same traffic.</summary>
    private SimulatedEvent OnObject(SimulatedEvent call) =>
        !tenant.NamesObjects || call.Bytes % 3 != 0 ? call : call with { Resource = $"{call.Resource}/{((long)who.DeviceId[^1] * 16) + (call.Bytes % 17)}" };

    /// <summary>A partner's use of its delegation.</summary>
    public SimulatedEvent Delegated(DateTime at, Partnership on) => Event(at, EventType.DelegationUse) with
    {
        TargetTenantId = on.TargetTenantId,
        PartnerId = on.PartnerId,
        DelegationId = on.DelegationId,
        Scope = on.Scope,
        TenantContextId = on.TargetTenantId,
    };
}
