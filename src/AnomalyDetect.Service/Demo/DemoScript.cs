using AnomalyDetect.Simulation;

namespace AnomalyDetect.Service.Demo;

/// <summary>What is played: days of ordinary life with a first round of attacks and look-alikes, then the blueprint's attacks live, each within seconds.</summary>
internal sealed record DemoScript(SimulationOptions Simulation, DateTime LiveFrom)
{
    private static readonly ScenarioKind[] LiveAttacks =
    [
        ScenarioKind.InvalidClaimInjection, ScenarioKind.SessionHijack, ScenarioKind.PolicyViolationBurst, ScenarioKind.DelegationScopeAbuse,
        ScenarioKind.CrossTenantApiSpike,
    ];

    private static readonly ScenarioKind[] LookAlikes =
        [ScenarioKind.RoamingTwoNetworks, ScenarioKind.ForgottenPassword, ScenarioKind.ExpiredTokenStorm, ScenarioKind.OfficeNat, ScenarioKind.ThresholdClaims, ScenarioKind.ThresholdDenials];

    /// <summary>
    /// By when in the history, as a part of it. Those that show only once a minute's window has closed are played here; so is one early attack, to see
    /// something at once.
    /// </summary>
    private static readonly (ScenarioKind Kind, double Part)[] Past =
    [
        (ScenarioKind.SessionHijack, 0.17), (ScenarioKind.InvalidClaimWithSession, 0.29), (ScenarioKind.DelegationScopeAbuseByDelegator, 0.42),
        (ScenarioKind.InvalidClaimDistributed, 0.54), (ScenarioKind.LoginRateSurge, 0.88), (ScenarioKind.ApiCallRateSurge, 0.91), (ScenarioKind.DelegationRateSurge, 0.94),
    ];

    public static DemoScript Of(int seed, DateTime now, DemoPace pace)
    {
        var start = new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc) - pace.History;
        var schedule = new List<ScheduledScenario>();
        foreach (var (kind, part) in Past) schedule.Add(new ScheduledScenario(kind, pace.History * part));
        foreach (var (i, kind) in LookAlikes.Index()) schedule.Add(new ScheduledScenario(kind, pace.History * (0.6 + (0.04 * i))));
        for (var round = TimeSpan.Zero; round < pace.Live; round += pace.Round)
            foreach (var (i, kind) in LiveAttacks.Index())
                schedule.Add(new ScheduledScenario(kind, pace.History + round + TimeSpan.FromSeconds(1) + (i * pace.Apart), Within: pace.Within));
        var simulation = new SimulationOptions
        {
            Seed = seed, Tenants = 5, PrincipalsPerTenant = 30, Start = start, Duration = pace.History + pace.Live, EventsPerMinute = 60, Schedule = schedule,
        };
        return new DemoScript(simulation, start + pace.History);
    }
}

/// <summary>How long things take.</summary>
/// <param name="History">Event time played at speed.</param>
/// <param name="Live">Played in real time after it.</param>
/// <param name="Apart">Between the starts of two live attacks.</param>
/// <param name="Within">What a live attack may take.</param>
/// <param name="Round">After this the live attacks begin again.</param>
internal sealed record DemoPace(TimeSpan History, TimeSpan Live, TimeSpan Apart, TimeSpan Within, TimeSpan Round)
{
    public static DemoPace Minute { get; } =
        new(TimeSpan.FromDays(2), TimeSpan.FromSeconds(36), TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(8), TimeSpan.FromMinutes(5));

    /// <summary>For <c>--keep</c>.</summary>
    public static DemoPace HalfDay { get; } = Minute with { Live = TimeSpan.FromHours(12) };
}
