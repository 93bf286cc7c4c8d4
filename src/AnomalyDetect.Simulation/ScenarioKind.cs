namespace AnomalyDetect.Simulation;

/// <summary>What can be played into the traffic, by its snake_case name in labels and on the command line. Attacks first, then benign look-alikes.</summary>
public enum ScenarioKind : byte
{
    /// <summary>A stolen partner token or admin reads many other tenants: more than 5 × the usual in 5 min.</summary>
    CrossTenantApiSpike,

    /// <summary>More than 10 forged claims in a minute from one address.</summary>
    InvalidClaimInjection,

    /// <summary>The same, from an address from which a session succeeded shortly before.</summary>
    InvalidClaimWithSession,

    /// <summary>The same, claiming one principal from many addresses.</summary>
    InvalidClaimDistributed,

    /// <summary>More than 3 denied grants in an hour by one partner.</summary>
    DelegationScopeAbuse,

    /// <summary>The same by a delegator, without a partner.</summary>
    DelegationScopeAbuseByDelegator,

    /// <summary>A stolen session used from two more networks, between its owner's calls.</summary>
    SessionHijack,

    /// <summary>More than 10 denials of one principal in a minute.</summary>
    PolicyViolationBurst,

    /// <summary>Logins of one tenant far above its busiest hour.</summary>
    LoginRateSurge,

    /// <summary>One principal drains the API.</summary>
    ApiCallRateSurge,

    /// <summary>One admin hands out grants in bulk.</summary>
    DelegationRateSurge,

    /// <summary>One address tries a password or two on dozens of people.</summary>
    PasswordSpraying,

    /// <summary>Leaked names and passwords, each pair tried once, from more than 60 addresses.</summary>
    CredentialStuffing,

    /// <summary>A stolen password, then challenge after challenge until the owner gives in or not.</summary>
    MfaFatigue,

    /// <summary>Forged claims, each from another address in another's name.</summary>
    InvalidClaimsSpread,

    /// <summary>Forged claims from one address, below 10 a minute, for half an hour.</summary>
    InvalidClaimsSlow,

    /// <summary>A person calls ten times as often as people do, at a tenant whose total hides it.</summary>
    PrincipalBeyondHabit,

    /// <summary>At work at home and, minutes later, on another continent.</summary>
    ImpossibleTravel,

    /// <summary>A stranger with a person's password, by night, on a new device from a new country.</summary>
    UnfamiliarSignIn,

    /// <summary>A token used by its owner and, in turn, by a thief elsewhere.</summary>
    TokenReplay,

    /// <summary>An admin's account, silent for 8 days and more, wakes abroad. Only in runs of 9 days or more.</summary>
    DormantPrincipal,

    /// <summary>A tenant's telemetry stops in its working hours.</summary>
    TelemetrySilence,

    /// <summary>By night, at a person's usual pace, object after object of a megabyte each.</summary>
    QuietExfiltration,

    /// <summary>Malware in a person's session tries what an administrator would see; much of it comes to nothing.</summary>
    ResourceEnumeration,

    /// <summary>A partner's client looks, at its usual pace, into a dozen tenants it never called.</summary>
    PartnerCreep,

    /// <summary>Wi-Fi, then mobile: two networks, none returning.</summary>
    RoamingTwoNetworks,

    /// <summary>Wi-Fi, mobile, office within 5 min, none returning. May be reported, never enforced.</summary>
    RoamingThreeNetworks,

    /// <summary>The nightly partner sync, as every night.</summary>
    PartnerSync,

    /// <summary>A person tries a few passwords and then succeeds.</summary>
    ForgottenPassword,

    /// <summary>A client with an expired token retries and retries.</summary>
    ExpiredTokenStorm,

    /// <summary>The nightly batch job, as every night. May be reported until learned, never enforced.</summary>
    BatchJob,

    /// <summary>Probes marked <c>internal</c> that touch every tenant.</summary>
    InternalHealthChecks,

    /// <summary>A session hopping among the addresses of one office /24.</summary>
    OfficeNat,

    /// <summary>Exactly 10 invalid claims in a minute.</summary>
    ThresholdClaims,

    /// <summary>Exactly 3 denied grants in an hour.</summary>
    ThresholdGrants,

    /// <summary>Exactly 10 denials in a minute.</summary>
    ThresholdDenials,

    /// <summary>The network is back and the whole office signs in.</summary>
    OfficeLoginWave,

    /// <summary>Everybody's password ran out: wrong ones, then the new one, each from home.</summary>
    PasswordExpiryDay,

    /// <summary>A few challenges rejected by a clumsy thumb, then one accepted.</summary>
    MfaRetry,

    /// <summary>At home, then hours later at work abroad on the same device.</summary>
    BusinessTravel,

    /// <summary>A VPN is switched on in the middle of a session. May be reported, never enforced.</summary>
    VpnHop,

    /// <summary>A new device in the usual country.</summary>
    NewPhone,

    /// <summary>One token on Wi-Fi, then on mobile.</summary>
    TokenRoaming,

    /// <summary>An admin silent for 8 days and more is back, on the usual device at home. Only in runs of 9 days or more.</summary>
    BackFromHoliday,

    /// <summary>A client in the data centre signs badly every few minutes.</summary>
    BrokenClient,

    /// <summary>A person at twice the usual pace.</summary>
    BusyDay,

    /// <summary>A few calls of some megabytes at work. May be reported, never enforced.</summary>
    ReportExport,

    /// <summary>A person works into the night.</summary>
    LateWork,

    /// <summary>A person browses the catalogue, every page another one. May be reported, never enforced.</summary>
    Onboarding,

    /// <summary>A service behind the API is down, and half of what people ask for fails. May be reported, never enforced.</summary>
    BackendOutage,

    /// <summary>A partner's client begins to work for two or three more tenants.</summary>
    PartnerRollout,
}
