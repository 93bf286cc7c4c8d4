using AnomalyDetect.Core.Alerts;

namespace AnomalyDetect.Simulation.Scenarios;

/// <summary>
/// One kind of attack or look-alike. Stateless: how strong and how long it is this time it throws with the scene's dice, within what its signal's threshold
/// in the design calls for.
/// </summary>
/// <param name="isAttack">False: a benign look-alike.</param>
/// <param name="signals">What an attack should raise, or what a look-alike resembles.</param>
internal abstract class Scenario(ScenarioKind kind, bool isAttack, params Signal[] signals)
{
    private static readonly Dictionary<ScenarioKind, Scenario> All = new Scenario[]
    {
        new CrossTenantSpike(), new InvalidClaims(ScenarioKind.InvalidClaimInjection), new InvalidClaims(ScenarioKind.InvalidClaimWithSession),
        new DistributedClaims(), new ScopeAbuse(ScenarioKind.DelegationScopeAbuse), new ScopeAbuse(ScenarioKind.DelegationScopeAbuseByDelegator),
        new SessionTheft(), new DenialBurst(), new LoginSurge(), new ApiDrain(), new BulkGrants(), new PasswordSpraying(), new CredentialStuffing(),
        new MfaFatigue(), new InvalidClaimsSpread(), new InvalidClaimsSlow(), new PrincipalBeyondHabit(), new ImpossibleTravel(), new UnfamiliarSignIn(),
        new TokenReplay(), new DormantPrincipal(), new TelemetrySilence(), new QuietExfiltration(), new ResourceEnumeration(), new PartnerCreep(),
        new Roaming(ScenarioKind.RoamingTwoNetworks), new Roaming(ScenarioKind.RoamingThreeNetworks), new PartnerSync(), new ForgottenPassword(),
        new ExpiredTokens(), new BatchJob(), new InternalHealthChecks(), new OfficeNat(), new ThresholdClaims(), new ThresholdGrants(), new ThresholdDenials(),
        new OfficeLoginWave(), new PasswordExpiryDay(), new MfaRetry(), new BusinessTravel(), new VpnHop(), new NewPhone(), new TokenRoaming(),
        new BackFromHoliday(), new BrokenClient(), new BusyDay(), new ReportExport(), new LateWork(), new Onboarding(),
        new BackendOutage(), new PartnerRollout(),
    }.ToDictionary(s => s.Kind);

    public ScenarioKind Kind => kind;

    public bool IsAttack => isAttack;

    public virtual bool MayAlert => false;

    /// <summary>It tells of days before its start, from the run's first on.</summary>
    public virtual bool HasPast => false;

    public IReadOnlyList<Signal> Signals => signals;

    public static Scenario Of(ScenarioKind kind) => All[kind];

    public static bool IsRoutine(ScenarioKind kind) => kind is ScenarioKind.PartnerSync or ScenarioKind.BatchJob;

    public abstract void Play(Scene scene);
}
