using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Playbooks;

namespace AnomalyDetect.Response.Options;

/// <summary>One receiver of alerts, spoken to by Standard Webhooks 1.0. Printing it shows its name only: its URL may hold a token.</summary>
public sealed record WebhookOptions
{
    public const int SigningSecrets = 2;

    /// <summary><c>[a-z0-9_-]{1,64}</c>, unique among all targets; kept with each delivery, so renaming a target orphans what is pending for it.</summary>
    public required string Name { get; init; }

    /// <summary><c>https://…</c>; plain <c>http://</c> only reaches addresses in <see cref="AllowedRanges"/>.</summary>
    public required string Url { get; init; }

    /// <summary><c>whsec_</c> and the base64 of 24 to 64 bytes. The first two sign every message, so that a receiver can change over from one to the other.</summary>
    public required IReadOnlyList<Secret> Secrets { get; init; }

    /// <summary>Whom it stands for; empty: everyone.</summary>
    public IReadOnlyList<Audience> Audiences { get; init; } = [];

    /// <summary>Only alerts of these tenants; empty: of all.</summary>
    public IReadOnlyList<string> Tenants { get; init; } = [];

    public Severity MinimumSeverity { get; init; } = Severity.Info;

    /// <summary>For one attempt as a whole; 15 to 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>CIDR ranges of private addresses it may live in. Without, only public addresses are dialled.</summary>
    public IReadOnlyList<string> AllowedRanges { get; init; } = [];

    /// <summary>Attempts under way at one time; 1 to 16. Above 1 revisions may arrive out of order (each says its number).</summary>
    public int MaxInFlight { get; init; } = 4;

    public override string ToString() => $"webhook {Name}";
}
