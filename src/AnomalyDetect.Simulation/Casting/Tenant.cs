namespace AnomalyDetect.Simulation.Casting;

/// <summary>Someone or something that acts.</summary>
internal sealed record Persona(string Id, string DeviceId, string UserAgent, Network Home, Network Mobile, bool IsAdmin = false)
{
    /// <summary>Sessions open right now, in plain traffic.</summary>
    public int Sessions { get; set; }
}

/// <summary>A partner's standing access from this tenant to another one's resources.</summary>
internal sealed record Partnership(string PartnerId, Persona Client, string TargetTenantId, string DelegationId, string Scope);

/// <summary>A tenant and everyone in it. Rates are a week's averages.</summary>
internal sealed class Tenant
{
    public required string Id { get; init; }

    /// <summary>By size, 0 the largest.</summary>
    public required int Rank { get; init; }

    /// <summary>Fixed, without summer time: a run must not depend on a machine's time zone tables.</summary>
    public required TimeSpan UtcOffset { get; init; }

    public required string Country { get; init; }

    public required Network Office { get; init; }

    /// <summary>People of the plain traffic; the first, and every fifteenth after, an admin.</summary>
    public required IReadOnlyList<Persona> People { get; init; }

    /// <summary>People who come as the tenant grows, in this order; scenarios are about none of them.</summary>
    public List<Persona> Hired { get; } = [];

    /// <summary>People who appear in scenarios only, so that a count meant to be exact is exact.</summary>
    public required IReadOnlyList<Persona> Extras { get; init; }

    public required IReadOnlyList<Persona> Services { get; init; }

    public required Persona Batch { get; init; }

    public required Persona Health { get; init; }

    public required IReadOnlyList<Partnership> Partnerships { get; init; }

    public required double EventsPerMinute { get; init; }

    public double SessionsPerMinute => EventsPerMinute * Share.People / Traffic.InteractiveSession.EventsExpected;

    public double ServiceCallsPerMinute => EventsPerMinute * Share.Services;

    /// <summary>Of all partnerships together.</summary>
    public double CrossTenantPerMinute => EventsPerMinute * Share.Partners;

    public double BatchCallsPerMinute => Math.Max(12, EventsPerMinute * Share.Batch * 24 * 60 / Traffic.Routine.BatchMinutes);

    /// <summary>Probes marked internal; at most two a minute.</summary>
    public double HealthChecksPerMinute => Math.Min(2, EventsPerMinute * Share.Health);

    /// <summary>When the batch job starts, UTC time of day.</summary>
    public TimeSpan BatchAt { get; set; }

    /// <summary>When the partner sync starts, UTC time of day.</summary>
    public TimeSpan SyncAt { get; set; }

    /// <summary>Calls name single objects, as in <c>/v1/orders/17</c>.</summary>
    public bool NamesObjects { get; init; }

    public DateTime Local(DateTime utc) => utc + UtcOffset;

    private static class Share
    {
        public const double People = 0.68, Services = 0.18, Partners = 0.10, Batch = 0.03, Health = 0.01;
    }
}
