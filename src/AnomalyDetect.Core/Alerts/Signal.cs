using System.Text.Json.Serialization;

namespace AnomalyDetect.Core.Alerts;

/// <summary>A named thing we watch. The names are the contract's (snake_case in JSON); the order is part of the checkpoint format: append only.</summary>
[JsonConverter(typeof(WordOf<Signal>))]
public enum Signal : byte
{
    CrossTenantApiSpike, InvalidClaimInjection, DelegationScopeAbuse, SessionHijack, PolicyViolationBurst, LoginRate, ApiCallRate, DelegationRate,
    PasswordSpraying, CredentialStuffing, MfaFatigue, ImpossibleTravel, UnfamiliarSignIn, TokenReplay, DormantPrincipal, TelemetrySilence, MlSpike,
    ResourceEnumeration, CrossTenantFanOut,
}

[JsonConverter(typeof(WordOf<Severity>))]
public enum Severity : byte
{
    Info, Low, Medium, High, Critical,
}

/// <summary>What kind of thing a signal is keyed by. The order is part of the checkpoint format: append only.</summary>
[JsonConverter(typeof(WordOf<EntityKind>))]
public enum EntityKind : byte
{
    Tenant, Principal, Session, Address, Partner,
}

/// <summary>One thing of one tenant that is watched: the tenant itself, or a principal, session, source address or partner in it.</summary>
public readonly record struct Entity(EntityKind Kind, string Id)
{
    public override string ToString() => $"{Kind} {Id}";
}
