using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace AnomalyDetect.Core.Multivariate;

/// <summary>
/// What is measured of a tenant, or of one principal in it, in one window. The order is part of the model file, of stored rows and of the checkpoint: append
/// only, and raise <see cref="Features.Schema"/> with it. The first are counts of events (each weighed by its <c>count</c>).
/// </summary>
[JsonConverter(typeof(WordOf<Feature>))]
public enum Feature : byte
{
    Logins, FailedLogins, ApiCalls,

    /// <summary>API calls that did not succeed, but for the server's own errors (5xx); of a principal none while one in five of the others' fails, too.</summary>
    RefusedCalls,

    /// <summary>Tokens issued and validated.</summary>
    Tokens, FailedTokens,

    /// <summary>Second factors refused or not given.</summary>
    MissedChallenges,

    /// <summary>Granted and used.</summary>
    Delegations,

    /// <summary>Configuration changes and policy decisions; grants are delegations.</summary>
    PrivilegedActions,

    /// <summary>Events of any type that ended as denied.</summary>
    Denials,

    CrossTenantCalls,

    /// <summary>Carried by API calls.</summary>
    Kilobytes,

    /// <summary>Distinct /24s and /64s.</summary>
    Networks,

    Countries, Devices, TargetTenants, Resources, Sessions,

    /// <summary>Distinct reasons of failure.</summary>
    FailureReasons,

    /// <summary>Networks, countries and devices never seen of the principal; of a tenant, its principals' together.</summary>
    Novelties,

    /// <summary>How many times less than in an average hour the tenant usually does at this one; its logarithm, 0 in busy hours and while the night is not known.</summary>
    QuietHour,

    /// <summary>Active ones; of a tenant only.</summary>
    Principals,

    /// <summary>Active for the first time; of a tenant only.</summary>
    NewPrincipals,

    /// <summary>Of API calls and delegation uses, those that touch another tenant, in per cent; drawn towards 0 where there are few.</summary>
    CrossTenantShare,
}

/// <summary>What is fixed about the features.</summary>
public static class Features
{
    public const int Count = 24;

    /// <summary>Of the meaning and order of the features: a model of another schema does not fit. 2: the server's own failures, and those during an outage, are nobody's.</summary>
    public const int Schema = 2;

    internal const int Counted = (int)Feature.CrossTenantCalls + 1;

    /// <summary>What a person counts, of a feature's value in a vector.</summary>
    public static double Natural(Feature feature, double value) => feature == Feature.QuietHour ? Math.Exp(value) : Math.Exp(value) - 1;

    /// <summary>
    /// It may add to a multivariate alert and not carry one: another signal counts just this, against thresholds of its own; or it only says when something
    /// was done.
    /// </summary>
    internal static bool CannotCarry(int feature) => (Feature)feature is Feature.QuietHour or Feature.Logins or Feature.FailedLogins or Feature.ApiCalls or Feature.Tokens or Feature.FailedTokens
        or Feature.MissedChallenges or Feature.Delegations or Feature.Denials or Feature.CrossTenantCalls or Feature.FailureReasons
        or Feature.TargetTenants or Feature.Novelties or Feature.Countries or Feature.Devices;

    /// <summary>A principal can be said to make a share of what the tenant shows of it.</summary>
    internal static bool IsShared(Feature feature) =>
        feature is not (Feature.FailureReasons or Feature.Novelties or Feature.QuietHour or Feature.Principals or Feature.NewPrincipals or Feature.CrossTenantShare);

    /// <summary>As it reads in a sentence.</summary>
    public static string Phrase(Feature feature) => feature switch
    {
        Feature.Logins => "logins",
        Feature.FailedLogins => "failed logins",
        Feature.ApiCalls => "API calls",
        Feature.RefusedCalls => "calls refused or in vain",
        Feature.Tokens => "tokens issued or validated",
        Feature.FailedTokens => "tokens that failed",
        Feature.MissedChallenges => "second factors not given",
        Feature.Delegations => "delegations",
        Feature.PrivilegedActions => "privileged actions",
        Feature.Denials => "denials",
        Feature.CrossTenantCalls => "calls to other tenants",
        Feature.Kilobytes => "kB",
        Feature.Networks => "networks",
        Feature.Countries => "countries",
        Feature.Devices => "devices",
        Feature.TargetTenants => "target tenants",
        Feature.Resources => "different resources",
        Feature.Sessions => "sessions",
        Feature.FailureReasons => "reasons of failure",
        Feature.Novelties => "networks, countries or devices never seen before",
        Feature.QuietHour => "times quieter hour than average",
        Feature.Principals => "active principals",
        Feature.NewPrincipals => "principals never seen before",
        _ => "% of calls to other tenants",
    };
}

/// <summary>One window of one entity: log(1 + value) of each <see cref="Feature"/>, for most of them are counts with long tails. 96 bytes.</summary>
[InlineArray(Features.Count)]
public struct FeatureVector
{
    private float _first;

    public float this[Feature feature]
    {
        readonly get => this[(int)feature];
        set => this[(int)feature] = value;
    }
}
