using System.Security.Cryptography;
using System.Text.Json;
using AnomalyDetect.Core.Alerts;

namespace AnomalyDetect.Core.Playbooks;

/// <summary>Rules from alerts to decisions and notifications: data, that files, the store and the ledger keep.</summary>
public sealed record Playbook
{
    public required IReadOnlyList<PlaybookRule> Rules { get; init; }

    /// <summary>Tags rules may ask for, each with the tenants that bear it: ids or <see cref="Glob"/>s.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> TenantTags { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The blueprint's responses.</summary>
    public static Playbook Default { get; } = DefaultPlaybook.Make();

    /// <exception cref="JsonException">Not a playbook; the message says where.</exception>
    public static Playbook Parse(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<Playbook>(json, OptionsJson.WithDefaults) ?? throw new JsonException("a playbook is an object with rules");

    /// <summary>First 16 hex digits of the SHA-256 of its canonical JSON: what the ledger calls it by.</summary>
    public string Version() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this, CoreJson.Default.Playbook)))[..16];

    internal bool IsTagged(string tenant, string tag) => TenantTags.TryGetValue(tag, out var tenants) && tenants.Any(glob => Glob.IsMatch(glob, tenant));
}

/// <summary>What is done about some alerts. Everything it asks of an alert must hold; what it leaves open does not matter.</summary>
public sealed record PlaybookRule
{
    /// <summary>Unique; decisions bear it, and <c>decisions undo --rule</c> takes it.</summary>
    public required string Name { get; init; }

    /// <summary>Applies to alerts of these signals.</summary>
    public required IReadOnlyList<Signal> Signals { get; init; }

    /// <summary>Below this severity the rule decides nothing (it may still notify).</summary>
    public Severity DecideFrom { get; init; } = Severity.Medium;

    /// <summary>The least <see cref="Alert.Score"/>; 0 to 100.</summary>
    public double? MinScore { get; init; }

    /// <summary>Tenants by id or <see cref="Glob"/>; empty: all.</summary>
    public IReadOnlyList<string> Tenants { get; init; } = [];

    /// <summary>Only tenants that bear all of these <see cref="Playbook.TenantTags"/>.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What the alert is about; empty: anything.</summary>
    public IReadOnlyList<EntityKind> EntityKinds { get; init; } = [];

    /// <summary>Only from so many alerts about the same entity on; null: from the first.</summary>
    public AlertCount? Count { get; init; }

    /// <summary>What it decides is recorded and never enforced, whatever the tenant's own setting is.</summary>
    public bool DryRun { get; init; }

    public IReadOnlyList<DecisionTemplate> Decisions { get; init; } = [];

    public IReadOnlyList<NotificationTemplate> Notify { get; init; } = [];

    /// <summary>Whom to tell one after the other until somebody acknowledges; null: only <see cref="Notify"/>.</summary>
    public ContactChain? Chain { get; init; }
}

/// <param name="Alerts">2 to 16 alerts the rule would have applied to, the present one among them.</param>
/// <param name="Within">1 min to 30 days of event time.</param>
public sealed record AlertCount(int Alerts, TimeSpan Within);

/// <param name="Scopes">Aims at each of the alert's drivers of these kinds.</param>
/// <param name="ExpiresAfter">1 s to 30 days.</param>
/// <param name="Repeats">Longer for who has had it before; null: always the same.</param>
/// <param name="When">What must hold beside the rule; null: nothing more.</param>
public sealed record DecisionTemplate(
    DecisionType Type, IReadOnlyList<DecisionScope> Scopes, TimeSpan ExpiresAfter, DecisionParameters? Parameters = null, RepeatExpiry? Repeats = null, StepCondition? When = null);

/// <summary>How long a decision stands for who has had one of its type before.</summary>
/// <param name="Within">How long an earlier one is remembered; 1 min to 30 days of event time.</param>
/// <param name="ExpiresAfter">For the second, third, … time; the last goes for all that follow. 1 to 15 of 1 s to 30 days.</param>
public sealed record RepeatExpiry(TimeSpan Within, IReadOnlyList<TimeSpan> ExpiresAfter);

/// <summary>A condition on a step, beside what its rule asks for.</summary>
public sealed record StepCondition
{
    /// <summary>The lowest severity; null: the rule's.</summary>
    public Severity? From { get; init; }

    /// <summary>Only once the alert has called for a decision of this type; null: at once.</summary>
    public DecisionType? After { get; init; }

    /// <summary>Only when the alert goes on so long after the first of <see cref="After"/>; 0 to 7 days of event time.</summary>
    public TimeSpan For { get; init; }

    /// <summary>Not once the alert has called for a decision of this type; null: never mind.</summary>
    public DecisionType? Unless { get; init; }
}

/// <param name="From">The lowest severity this audience hears of.</param>
public sealed record NotificationTemplate(Audience Audience, Severity From = Severity.Info);

/// <summary>Contacts told one after the other: the first at once and of every revision, each next one when nobody has acknowledged the alert in time.</summary>
/// <param name="Contacts">1 to 5, each once, in order.</param>
/// <param name="AcknowledgeWithin">How long each has; 1 min to 24 h.</param>
/// <param name="From">The lowest severity the chain is for.</param>
public sealed record ContactChain(IReadOnlyList<Audience> Contacts, TimeSpan AcknowledgeWithin, Severity From = Severity.Info);
