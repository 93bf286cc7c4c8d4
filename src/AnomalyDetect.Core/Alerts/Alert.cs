using System.Text.Json.Serialization;

namespace AnomalyDetect.Core.Alerts;

/// <summary>
/// One episode of one signal at one entity of one tenant, as it stood at one revision: the contract's alert line. Properties are written in this order.
/// </summary>
public sealed record Alert
{
    /// <summary>Hash of tenant, signal, entity and the event time of the first crossing: 32 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>From 1; raised as the episode grows.</summary>
    public required int Revision { get; init; }

    public required string TenantId { get; init; }

    public required Signal Signal { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>0 to 100.</summary>
    public required double Score { get; init; }

    /// <summary>What the score was when the alert was made; <see cref="Score"/> is of the strongest finding so far.</summary>
    public double FirstScore { get; init; }

    /// <summary>The event time of the first crossing or the end of the first window; never moves.</summary>
    public required DateTime DetectedAt { get; init; }

    public required DateTime WindowStart { get; init; }

    public required DateTime WindowEnd { get; init; }

    public required double Observed { get; init; }

    public required double Expected { get; init; }

    /// <summary>In σ where it applies.</summary>
    public double? Deviation { get; init; }

    public required double Threshold { get; init; }

    /// <summary>What the alert is about: the entity its episode is keyed by.</summary>
    public required EntityKind EntityKind { get; init; }

    public string? PrincipalId { get; init; }

    public string? SessionId { get; init; }

    public string? SourceIp { get; init; }

    public string? PartnerId { get; init; }

    /// <summary>One sentence a person can act on.</summary>
    public required string Explanation { get; init; }

    /// <summary>The findings: the first, and the latest up to a bound.</summary>
    public required IReadOnlyList<Finding> Evidence { get; init; }

    /// <summary>What the expectation rests on, where there is a baseline.</summary>
    public BaselineSummary? Baseline { get; init; }

    /// <summary>Observed and expected counts up to the alert, where they are kept (a tenant's rates).</summary>
    public Series? Series { get; init; }

    /// <summary>The features that drove a multivariate score, most first.</summary>
    public IReadOnlyList<Contribution>? Contributions { get; init; }

    /// <summary>
    /// Who made most of it, where an alert is about what many do: at most <see cref="Contributor.Kept"/>, furthest above their usual first, as of
    /// when it last grew. Nothing is decided by them: that is for <see cref="Drivers"/>.
    /// </summary>
    public IReadOnlyList<Contributor>? Contributors { get; init; }

    /// <summary>MITRE ATT&amp;CK technique ids.</summary>
    public required IReadOnlyList<string> Techniques { get; init; }

    /// <summary>A sample of the events behind it.</summary>
    public required IReadOnlyList<string> EventIds { get; init; }

    /// <summary>Those that drive it (principals, partners, sessions), most first; what a playbook's decisions are aimed at.</summary>
    public required IReadOnlyList<Entity> Drivers { get; init; }

    /// <summary>Open alerts of other signals about the same entity.</summary>
    public required IReadOnlyList<string> RelatedAlertIds { get; init; }

    /// <summary>The first of the running alerts of this signal in the tenant: what belongs to one storm has one.</summary>
    public string? GroupId { get; init; }

    /// <summary>How many alerts the group had come to with this revision.</summary>
    public int? GroupSize { get; init; }

    public AlertState State { get; init; }

    /// <summary>Event time of the latest finding.</summary>
    public DateTime LastSeenAt { get; init; }

    /// <summary>Why it is over; null while it is open.</summary>
    public AlertResolution? Resolution { get; init; }

    /// <summary>Event time from which it is over.</summary>
    public DateTime? ResolvedAt { get; init; }

    /// <summary>The entity its episode is keyed by.</summary>
    [JsonIgnore]
    public Entity Entity => Evidence is [var first, ..] ? first.Entity : new(EntityKind, EntityKind switch
    {
        EntityKind.Tenant => TenantId,
        EntityKind.Principal => PrincipalId,
        EntityKind.Session => SessionId,
        EntityKind.Address => SourceIp,
        EntityKind.Partner => PartnerId,
        _ => null,
    } ?? "");

    [JsonIgnore]
    public string RevisionId => $"{Id}_{Revision}";
}
