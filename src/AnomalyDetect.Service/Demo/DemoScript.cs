using AnomalyDetect.Simulation;

namespace AnomalyDetect.Service.Demo;

/// <summary>What is played: days of ordinary life with a first round of attacks and look-alikes, then the blueprint's attacks live, each within seconds.</summary>
internal sealed record DemoScript(SimulationOptions Simulation, DateTime LiveFrom, TimeSpan Live)
{
    private static readonly TimeSpan History = TimeSpan.FromDays(2);
    private static readonly TimeSpan ShortLive = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan LongLive = TimeSpan.FromHours(12);
    private static readonly TimeSpan Round = TimeSpan.FromMinutes(5);

    private static readonly ScenarioKind[] Live5 =
    [
        ScenarioKind.InvalidClaimInjection, ScenarioKind.SessionHijack, ScenarioKind.PolicyViolationBurst, ScenarioKind.DelegationScopeAbuse,
        ScenarioKind.CrossTenantApiSpike,
    ];

    private static readonly ScenarioKind[] LookAlikes =
        [ScenarioKind.RoamingTwoNetworks, ScenarioKind.ForgottenPassword, ScenarioKind.ExpiredTokenStorm, ScenarioKind.OfficeNat, ScenarioKind.ThresholdClaims, ScenarioKind.ThresholdDenials];

    /// <summary>Those that show only once a minute's window has closed are played in the history; so is one early attack, to see something at once.</summary>
    private static readonly (ScenarioKind Kind, double Hours)[] Past =
    [
        (ScenarioKind.SessionHijack, 8), (ScenarioKind.InvalidClaimWithSession, 14), (ScenarioKind.DelegationScopeAbuseByDelegator, 20),
        (ScenarioKind.InvalidClaimDistributed, 26), (ScenarioKind.LoginRateSurge, 44), (ScenarioKind.ApiCallRateSurge, 45), (ScenarioKind.DelegationRateSurge, 46),
    ];

    public static DemoScript Of(int seed, DateTime now, bool keep)
    {
        var start = new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc) - History;
        var live = keep ? LongLive : ShortLive;
        var schedule = new List<ScheduledScenario>();
        foreach (var (kind, hours) in Past) schedule.Add(new ScheduledScenario(kind, TimeSpan.FromHours(hours)));
        foreach (var (i, kind) in LookAlikes.Index()) schedule.Add(new ScheduledScenario(kind, TimeSpan.FromHours(38 + i)));
        for (var round = TimeSpan.Zero; round < live; round += Round)
            foreach (var (i, kind) in Live5.Index())
                schedule.Add(new ScheduledScenario(kind, History + round + TimeSpan.FromSeconds(1 + (6 * i)), Within: TimeSpan.FromSeconds(8)));
        var simulation = new SimulationOptions
        {
            Seed = seed, Tenants = 5, PrincipalsPerTenant = 30, Start = start, Duration = History + live + TimeSpan.FromSeconds(5), EventsPerMinute = 100, Schedule = schedule,
        };
        return new DemoScript(simulation, start + History, live);
    }
}
