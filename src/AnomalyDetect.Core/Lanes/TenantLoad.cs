namespace AnomalyDetect.Core.Lanes;

/// <summary>What a tenant may bring with it, for estimating the memory that takes.</summary>
/// <param name="Principals">Known: seen within 30 days, and not displaced.</param>
/// <param name="Active">Of them within the minutes a window holds.</param>
/// <param name="Sessions">Used within the hour; as many tokens.</param>
/// <param name="Counters">Addresses, principals or partners with a running count, of each signal.</param>
/// <param name="BusyCounters">Each count holds as many arrivals as it can.</param>
public sealed record TenantLoad(int Principals, int Active, int Sessions, int Counters, int OpenAlerts, bool BusyCounters = false)
{
    /// <summary>Every table full, and everybody active at once.</summary>
    public static TenantLoad Full(LimitOptions limits) => new(limits.Principals, limits.Principals, limits.Sessions, limits.Counters, limits.OpenAlerts, BusyCounters: true);

    /// <summary>A busy hour: a fifth of the principals active at once, a session of each within the hour, something failed of one in fifty, a handful of alerts.</summary>
    public static TenantLoad Typical(int principals, LimitOptions limits) => new(
        Math.Min(principals, limits.Principals), Math.Min(principals, limits.Principals) / 5, Math.Min(principals, limits.Sessions),
        Math.Min(Math.Max(16, principals / 50), limits.Counters), Math.Min(10, limits.OpenAlerts));
}

/// <summary>What one kind of state takes.</summary>
/// <param name="Limit">The option under <c>detection.limits</c> that bounds it; empty where it is fixed.</param>
/// <param name="Entries">How many of them.</param>
public sealed record StateSize(string What, string Limit, long Entries, long Bytes);
