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

    /// <summary>Credential stuffing against one tenant.</summary>
    LoginRateSurge,

    /// <summary>One principal drains the API.</summary>
    ApiCallRateSurge,

    /// <summary>One admin hands out grants in bulk.</summary>
    DelegationRateSurge,

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
}
