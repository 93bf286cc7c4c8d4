using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Simulation.Scenarios;

namespace AnomalyDetect.Simulation;

/// <summary>What is pretended. The same options give the same bytes.</summary>
public sealed record SimulationOptions
{
    /// <summary>Any number; another seed is another cast, another traffic and another schedule.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>1 to 100,000. Sizes fall with the square root of their rank.</summary>
    public int Tenants { get; init; } = 5;

    /// <summary>People per tenant on average; 4 to 100,000.</summary>
    public int PrincipalsPerTenant { get; init; } = 40;

    /// <summary>UTC; default a Monday.</summary>
    public DateTime Start { get; init; } = new(2026, 1, 5, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>1 min to 3,650 days.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromDays(2);

    /// <summary>Of all tenants together without scenarios, averaged over a week; working hours have about three times this. 0.1 to 10,000,000.</summary>
    public double EventsPerMinute { get; init; } = 200;

    /// <summary>How long before the first scheduled scenario; null: 24 h, or half the duration where that is less.</summary>
    public TimeSpan? WarmUp { get; init; }

    /// <summary>
    /// Which scenarios are scheduled, each <see cref="Repeats"/> times; default all. Empty: plain traffic. One that does not fit into the run (a trip of 16 h, a sleep of
    /// 8 days, a night's routine, a silence beside nothing else) is left out.
    /// </summary>
    public IReadOnlyList<ScenarioKind> Scenarios { get; init; } = Enum.GetValues<ScenarioKind>();

    /// <summary>Calls name single objects, as in <c>/v1/orders/17</c>, of a person's own few dozen.</summary>
    public bool NamesObjects { get; init; } = true;

    /// <summary>How often each scenario is played; 1 to 1,000.</summary>
    public int Repeats { get; init; } = 1;

    /// <summary>Exactly these, in place of <see cref="Scenarios"/> spread by the seed.</summary>
    public IReadOnlyList<ScheduledScenario>? Schedule { get; init; }

    /// <summary>Tenants that become others meanwhile; null: they stay as they are.</summary>
    public DriftOptions? Drift { get; init; }

    /// <summary>What the labels' <see cref="AttackLabel.MetAt"/> goes by; changes no event.</summary>
    public SignalOptions Signals { get; init; } = new();

    /// <summary>What only looks like an attack: with these alone, traffic is lively and harmless.</summary>
    public static IReadOnlyList<ScenarioKind> LookAlikes { get; } = [.. Enum.GetValues<ScenarioKind>().Where(kind => !Scenario.Of(kind).IsAttack)];

    /// <summary>The sample in <c>data/</c>: three small tenants and, in a day, each of the scenarios that show within minutes.</summary>
    public static SimulationOptions Sample { get; } = new()
    {
        Seed = 7,
        Tenants = 3,
        PrincipalsPerTenant = 20,
        EventsPerMinute = 3.5,
        NamesObjects = false,
        Duration = TimeSpan.FromHours(24),
        Scenarios =
        [
            ScenarioKind.CrossTenantApiSpike, ScenarioKind.InvalidClaimInjection, ScenarioKind.InvalidClaimWithSession, ScenarioKind.InvalidClaimDistributed,
            ScenarioKind.DelegationScopeAbuse, ScenarioKind.DelegationScopeAbuseByDelegator, ScenarioKind.SessionHijack, ScenarioKind.PolicyViolationBurst,
            ScenarioKind.LoginRateSurge, ScenarioKind.ApiCallRateSurge, ScenarioKind.DelegationRateSurge,
            ScenarioKind.RoamingTwoNetworks, ScenarioKind.RoamingThreeNetworks, ScenarioKind.PartnerSync, ScenarioKind.ForgottenPassword,
            ScenarioKind.ExpiredTokenStorm, ScenarioKind.BatchJob, ScenarioKind.InternalHealthChecks, ScenarioKind.OfficeNat, ScenarioKind.ThresholdClaims,
            ScenarioKind.ThresholdGrants, ScenarioKind.ThresholdDenials,
        ],
    };

    internal TimeSpan WarmUpOrDefault => WarmUp ?? (Duration / 2 < TimeSpan.FromHours(24) ? Duration / 2 : TimeSpan.FromHours(24));

    /// <summary>Every problem, one sentence each; empty when all is well.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        Check(Tenants is >= 1 and <= 100_000, "tenants must be 1 to 100,000");
        Check(PrincipalsPerTenant is >= 4 and <= 100_000, "principals per tenant must be 4 to 100,000");
        Check(Start.Kind == DateTimeKind.Utc && Start.Year is >= 2000 and <= 2200, "start must be a UTC time from 2000 to 2200");
        Check(Start.Ticks % TimeSpan.TicksPerMillisecond == 0, "start must be a whole millisecond");
        Check(Duration >= TimeSpan.FromMinutes(1) && Duration <= TimeSpan.FromDays(3650), "duration must be 1 minute to 3,650 days");
        Check(EventsPerMinute is >= 0.1 and <= 10_000_000, "events per minute must be 0.1 to 10,000,000");
        Check(Repeats is >= 1 and <= 1000, "repeats must be 1 to 1,000");
        Check(WarmUp is null || (WarmUp >= TimeSpan.Zero && WarmUp < Duration), "warm-up must be shorter than the duration");
        problems.AddRange(Drift?.Problems() ?? []);
        foreach (var s in Schedule ?? [])
            Check(s.At >= TimeSpan.Zero && s.At < Duration && s.Tenant is null or >= 0 && !(s.Tenant >= Tenants) && !(s.Within <= TimeSpan.Zero),
                $"scheduled {s.Kind} must lie inside the run and name one of its tenants (0 to {Tenants - 1})");
        foreach (var s in Schedule ?? [])
            Check(s.Kind is not (ScenarioKind.DormantPrincipal or ScenarioKind.BackFromHoliday) || s.At >= Sleeper.Earliest,
                $"scheduled {s.Kind} must begin {Sleeper.Earliest.TotalDays:F1} days after the run or later, for it has slept until then");
        return problems;

        void Check(bool ok, string problem)
        {
            if (!ok) problems.Add(problem);
        }
    }
}

/// <summary>
/// One scenario at a chosen time. A routine (<see cref="ScenarioKind.PartnerSync"/>, <see cref="ScenarioKind.BatchJob"/>) then happens every day at that
/// time of day, and this day's occurrence is labelled. A <see cref="ScenarioKind.TelemetrySilence"/> withholds plain traffic only: what else is scheduled at
/// its tenant is for the caller to keep out of its way.
/// </summary>
/// <param name="At">From the run's start.</param>
/// <param name="Tenant">Its rank by size, 0 the largest; null lets the seed choose.</param>
/// <param name="Within">A scenario that would take longer is played faster, so that a demonstration need not wait; not for routines.</param>
public sealed record ScheduledScenario(ScenarioKind Kind, TimeSpan At, int? Tenant = null, TimeSpan? Within = null);
