using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Lanes;

namespace AnomalyDetect.Simulation.Definitions;

/// <summary>
/// When events first meet what a signal is defined by, counted from the events and the options alone and by nothing of the detectors, so that what a detector
/// takes longer can be told from what an attacker takes. What is usual enters only where it is given: a multiple of any other usual, or an entity's own most, is
/// taken to lie below the fixed floor beside it. Plain traffic is not among the events, so a detector may be there before.
/// </summary>
internal static class SignalDefinition
{
    /// <param name="events">Of one tenant, in time order.</param>
    /// <param name="crossTenantPerMinute">Calls into other tenants that the tenant makes anyway.</param>
    /// <returns>The time of the event that completes it; null where none does, or the signal has no threshold that could be counted.</returns>
    public static DateTime? FirstMet(Signal signal, IReadOnlyList<SimulatedEvent> events, SignalOptions options, double crossTenantPerMinute) => signal switch
    {
        Signal.CrossTenantApiSpike => CrossTenant(events, options.CrossTenantApiSpike, crossTenantPerMinute),
        Signal.InvalidClaimInjection => Claims([.. events.Where(IsForged)], options.InvalidClaimInjection),
        Signal.DelegationScopeAbuse => events
            .Where(e => e.Type == EventType.DelegationGrant && e.Outcome == EventOutcome.Denied)
            .FirstAbove(e => e.PartnerId ?? e.PrincipalId, options.DelegationScopeAbuse),
        Signal.SessionHijack => events
            .Where(e => e.Outcome != EventOutcome.Failure).FirstDistinctAbove(e => e.SessionId, Source, options.SessionHijack),
        Signal.PolicyViolationBurst => events.Where(e => e.Outcome == EventOutcome.Denied).FirstAbove(e => e.PrincipalId, options.PolicyViolationBurst),
        Signal.PasswordSpraying => events.Where(IsFailedLogin).FirstDistinctAbove(Source, e => e.PrincipalId, options.PasswordSpraying),
        Signal.CredentialStuffing => Stuffing([.. events.Where(IsFailedLogin)], options.CredentialStuffing),
        Signal.MfaFatigue => events
            .Where(e => e.Type == EventType.MfaChallenge && e.Outcome != EventOutcome.Success).FirstAbove(e => e.PrincipalId, options.MfaFatigue),
        Signal.ResourceEnumeration => events
            .Where(e => e.Type == EventType.ApiCall && e.Outcome != EventOutcome.Success && e.Status < 500)
            .FirstDistinctAbove(e => e.PrincipalId, e => e.Resource, options.ResourceEnumeration),
        Signal.CrossTenantFanOut => events.Where(IsCrossTenant).FirstDistinctAbove(e => e.PrincipalId, e => e.TargetTenantId, options.CrossTenantFanOut),
        Signal.TokenReplay => Replay(events, options.TokenReplay.Window),
        _ => null,
    };

    /// <summary>All calls count, the usual ones as many as are expected in a window; the threshold is a multiple of those, or the floor.</summary>
    private static DateTime? CrossTenant(IEnumerable<SimulatedEvent> events, CrossTenantOptions options, double perMinute)
    {
        var usual = perMinute * options.Window.TotalMinutes;
        return events.Where(IsCrossTenant).FirstAbove(e => e.TenantId, Math.Max(options.Floor, options.Factor * usual) - usual, options.Window);
    }

    /// <summary>Fast by an address or in a name, slowly by an address, or spread over many addresses, whichever comes first.</summary>
    private static DateTime? Claims(IReadOnlyList<SimulatedEvent> forged, InvalidClaimOptions options) => Earliest(
        forged.FirstAbove(Source, options),
        forged.FirstAbove(e => e.PrincipalId, options),
        forged.FirstAbove(Source, options.SlowThreshold, options.SlowWindow),
        forged.FirstWhere(options.SpreadWindow, within => within.Sum(e => e.Count) > options.SpreadThreshold && within.CountDistinct(Source) > options.SpreadSources));

    private static DateTime? Stuffing(IReadOnlyList<SimulatedEvent> failed, StuffingOptions options) => failed.FirstWhere(
        options.Window,
        within => within.Sum(e => e.Count) > options.Failures && within.CountDistinct(Source) > options.Sources && within.CountDistinct(e => e.PrincipalId) > options.Sources);

    /// <summary>A token comes back to where it was within the window, from another country or another device.</summary>
    private static DateTime? Replay(IEnumerable<SimulatedEvent> events, TimeSpan window)
    {
        var (here, last) = (new Dictionary<string, SimulatedEvent>(), new Dictionary<(string Token, NetworkAddress Place), DateTime>());
        foreach (var e in events.Where(e => e is { TokenId: not null, SourceIp: not null } && e.Outcome != EventOutcome.Failure))
        {
            var place = PlaceOf(e);
            if (here.TryGetValue(e.TokenId!, out var before) && PlaceOf(before) != place && (before.Country != e.Country || before.DeviceId != e.DeviceId)
                && last.TryGetValue((e.TokenId!, place), out var left) && left > e.OccurredAt - window) return e.OccurredAt;
            (here[e.TokenId!], last[(e.TokenId!, place)]) = (e, e.OccurredAt);
        }

        return null;
    }

    private static DateTime? Earliest(params DateTime?[] moments) => moments.Min();

    private static bool IsForged(SimulatedEvent e) =>
        e.Type == EventType.TokenValidation && e.Outcome != EventOutcome.Success && e.Reason is FailureReason.InvalidClaim or FailureReason.BadSignature;

    private static bool IsFailedLogin(SimulatedEvent e) => e.Type == EventType.Login && e.Outcome != EventOutcome.Success;

    private static bool IsCrossTenant(SimulatedEvent e) =>
        e.Type is EventType.ApiCall or EventType.DelegationUse && e.TargetTenantId is { } target && target != e.TenantId && !e.Internal;

    /// <summary>What counts as one source: an IPv4 address, an IPv6 /64.</summary>
    private static string? Source(SimulatedEvent e) => e.SourceIp is { } ip ? NetworkAddress.Parse(ip).ToNetworkString() : null;

    private static NetworkAddress PlaceOf(SimulatedEvent e) => NetworkAddress.Parse(e.SourceIp!).Neighbourhood;
}
