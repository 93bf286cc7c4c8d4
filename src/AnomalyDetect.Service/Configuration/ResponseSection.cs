using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Guards;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Response.Options;

namespace AnomalyDetect.Service.Configuration;

/// <summary>What is done about alerts.</summary>
public sealed record ResponseSection
{
    /// <summary>False (default) is dry run: everything is decided and recorded, nothing is enforced.</summary>
    public bool Enforce { get; init; }

    /// <summary>Per tenant, in place of <see cref="Enforce"/>.</summary>
    public IReadOnlyDictionary<string, bool> Tenants { get; init; } = new Dictionary<string, bool>();

    /// <summary>Types of decision that are a dry run everywhere, whatever else is set.</summary>
    public IReadOnlyList<DecisionType> DryRun { get; init; } = [];

    /// <summary>CIDR ranges nothing is aimed at, beside loopback and private ones and every tenant's <c>egress_ranges</c>: own egress, partners' offices.</summary>
    public IReadOnlyList<string> NeverTarget { get; init; } = [];

    /// <summary>As <see cref="NeverTarget"/>: proxies and delivery networks requests come through, which were verified to be what they say.</summary>
    public IReadOnlyList<string> VerifiedProxies { get; init; } = [];

    /// <summary>A YAML file with the rules, relative to this one; null: those built in. A running service takes changes of it.</summary>
    public string? Playbook { get; init; }

    /// <summary>How often the playbook's file is looked at for changes; 1 s to 1 h.</summary>
    public TimeSpan PlaybookPoll { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>What stands between a decision and its enforcement.</summary>
    public GuardsSection Guards { get; init; } = new();

    public IReadOnlyList<WebhookSection> Webhooks { get; init; } = [];

    /// <summary>Null: decisions live in the store and the API.</summary>
    public RedisSection? Redis { get; init; }

    public RetryOptions Retry { get; init; } = new();

    public TimeSpan ExpirySweep { get; init; } = new ResponseOptions().ExpirySweep;

    public TimeSpan DrainTimeout { get; init; } = new ResponseOptions().DrainTimeout;
}

/// <summary>As <see cref="GuardOptions"/>, where the rest of it stands beside this.</summary>
public sealed record GuardsSection
{
    public ApprovalOptions Approval { get; init; } = new();

    public BlastRadiusOptions BlastRadius { get; init; } = new();

    /// <summary>After an undo by hand no new decision of the type against the same for so long; 0 (none) to 30 days.</summary>
    public TimeSpan CoolOff { get; init; } = new GuardOptions().CoolOff;
}

/// <summary>As <see cref="WebhookOptions"/>, with its secrets by reference.</summary>
public sealed record WebhookSection
{
    public required string Name { get; init; }

    /// <summary>By reference where the URL holds a token.</summary>
    public required SettingValue Url { get; init; }

    /// <summary>The first two sign: a new one goes first, the old one second, until the receiver knows the new one.</summary>
    public required IReadOnlyList<SecretReference> Secrets { get; init; }

    public IReadOnlyList<Audience> Audiences { get; init; } = [];

    public IReadOnlyList<string> Tenants { get; init; } = [];

    public Severity MinimumSeverity { get; init; } = Severity.Info;

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    public IReadOnlyList<string> AllowedRanges { get; init; } = [];

    public int MaxInFlight { get; init; } = 4;
}

/// <summary>As <see cref="RedisOptions"/>.</summary>
public sealed record RedisSection
{
    public string Name { get; init; } = "redis";

    /// <summary>A StackExchange.Redis configuration such as <c>redis.example.com:6380,ssl=true</c>; by reference where it holds a password.</summary>
    public required SettingValue Configuration { get; init; }

    public string KeyPrefix { get; init; } = "";

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Null: as Response has it.</summary>
    public RetryOptions? Retry { get; init; }
}
